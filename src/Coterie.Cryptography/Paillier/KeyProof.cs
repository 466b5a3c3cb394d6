using System.Buffers.Binary;
using System.Security.Cryptography;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>
/// The proof that gcd(n, phi(n)) = 1, without which a ciphertext may have two openings (Goldberg, Reyzin, Sagga, Baldimtsi, "Efficient
/// noninteractive certification of RSA moduli and beyond", ASIACRYPT 2019, section 3.2): the n-th roots of numbers that nobody chose.
/// </summary>
/// <remarks>
/// If a prime divides both, then it divides n, so that it is above <see cref="Alpha"/> once smaller ones were tried; n-th powers then are at most one
/// unit in that many. Each of the numbers, uniform modulo n and insisted on being a unit, has a root with a probability below 1/Alpha = 2^-16,
/// all eight below 2^-128; who tries many moduli has as many chances. The proof says nothing about the number of factors or their sizes: n may be a prime, or have a factor that is easily
/// found. Then everybody can decrypt, as if the owner had published the key; openings bind nevertheless. So
/// it is with the base h, of which only trivial values are refused: one of small order hides nothing from others, and nothing is hidden from the owner.
/// </remarks>
internal static class KeyProof
{
    /// <summary>Roots of a proof.</summary>
    public const int Roots = 8;

    /// <summary>No prime below divides a modulus.</summary>
    public const int Alpha = 1 << 16;

    private static readonly Lazy<uint[]> SmallPrimes = new(Sieve);

    /// <summary>The roots, <see cref="Roots"/> numbers below n.</summary>
    public static ulong[] Prove(PaillierSecretKey key)
    {
        var words = key.PublicKey.Words;
        var roots = new ulong[Roots * words];
        key.TakeRoots(Challenges(key.PublicKey), words, Roots, roots);
        return roots;
    }

    /// <summary>Verifies that no small prime divides n and that the roots are ones.</summary>
    /// <exception cref="CryptographicException">Which of the two does not hold.</exception>
    public static void Verify(PaillierPublicKey key, ReadOnlySpan<ulong> roots)
    {
        if (SmallestFactor(key.Modulus) is { } prime) throw new CryptographicException($"The modulus is divisible by {prime}; a Paillier modulus has no factor below {Alpha}.");
        var (engine, words, lanes) = (key.Engine, key.Words, key.Engine.Lanes);
        if (roots.Length != Roots * words) throw new CryptographicException($"A proof of a key of {key.Bits} bits has {Roots * words} words, not {roots.Length}.");
        for (var i = 0; i < Roots; i++)
            if (!LittleWords.IsBelow(roots.Slice(i * words, words), key.Modulus)) throw new CryptographicException($"Root {i} of the key's proof is not below the modulus.");
        var challenges = Challenges(key);
        var (expected, raised, numbers) = (new ulong[engine.PairLength], new ulong[engine.SingleLength], new ulong[words * lanes]);
        for (var first = 0; first < Roots; first += lanes)
        {
            var count = Math.Min(lanes, Roots - first);
            LoadUnits(key, challenges.AsSpan(first * words, count * words), expected);
            if (!Inverses.AreInvertible(engine, expected)) throw new CryptographicException("A number to take a root of shares a factor with the modulus, which a valid modulus never meets.");
            LoadUnits(key, roots.Slice(first * words, count * words), expected);
            SinglePowers.RaiseAll(engine, expected.AsSpan(0, engine.SingleLength), key.Modulus, hardened: false, raised);
            engine.StoreSingles(raised, numbers);
            if (!numbers.AsSpan(0, count * words).SequenceEqual(challenges.AsSpan(first * words, count * words)))
                throw new CryptographicException("The key's proof does not hold: openings under this modulus would not bind.");
        }
    }

    /// <summary>The smallest prime below <see cref="Alpha"/> that divides n, if any does.</summary>
    public static uint? SmallestFactor(ReadOnlySpan<ulong> n)
    {
        foreach (var prime in SmallPrimes.Value)
        {
            var rest = 0UL;
            for (var i = n.Length - 1; i >= 0; i--)
            {
                rest = ((rest << 32) | (n[i] >> 32)) % prime;
                rest = ((rest << 32) | (n[i] & uint.MaxValue)) % prime;
            }
            if (rest == 0) return prime;
        }
        return null;
    }

    /// <summary>Numbers below n that are settled by n: SHA-256 in counter mode of a hash of n, with 256 bits more than n has, modulo n.</summary>
    internal static ulong[] Challenges(PaillierPublicKey key)
    {
        var (engine, words, lanes) = (key.Engine, key.Words, key.Engine.Lanes);
        var wide = words + 4;
        var material = new byte[Roots * wide * sizeof(ulong)];
        Span<byte> block = stackalloc byte[SHA256.HashSizeInBytes + sizeof(int)];
        using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            hash.AppendData("coterie paillier key proof v1"u8);
            hash.AppendData(KeyFormat.Bytes(key.Modulus));
            hash.GetHashAndReset(block);
        }
        for (var at = 0; at < material.Length; at += SHA256.HashSizeInBytes)
        {
            BinaryPrimitives.WriteInt32LittleEndian(block[SHA256.HashSizeInBytes..], at / SHA256.HashSizeInBytes);
            SHA256.HashData(block).AsSpan(0, Math.Min(SHA256.HashSizeInBytes, material.Length - at)).CopyTo(material.AsSpan(at));
        }
        var drawn = KeyFormat.Words(material);
        var (numbers, singles, reduced, result) = (new ulong[wide * lanes], new ulong[engine.SingleLength], new ulong[words * lanes], new ulong[Roots * words]);
        for (var first = 0; first < Roots; first += lanes)
        {
            var count = Math.Min(lanes, Roots - first);
            drawn.AsSpan(first * wide, count * wide).CopyTo(numbers);
            engine.LoadSingles(numbers, wide, singles);
            engine.StoreSingles(singles, reduced);
            reduced.AsSpan(0, count * words).CopyTo(result.AsSpan(first * words));
        }
        return result;
    }

    /// <summary>A block of numbers, ones where there are too few.</summary>
    private static void LoadUnits(PaillierPublicKey key, ReadOnlySpan<ulong> numbers, Span<ulong> pairs)
    {
        var padded = new ulong[key.Words * key.Engine.Lanes];
        for (var lane = 0; lane < key.Engine.Lanes; lane++) padded[lane * key.Words] = 1;
        numbers.CopyTo(padded);
        key.Engine.LoadPairs(padded, key.Words, pairs);
    }

    private static uint[] Sieve()
    {
        var composite = new bool[Alpha];
        var primes = new List<uint>();
        for (var i = 2; i < Alpha; i++)
        {
            if (composite[i]) continue;
            primes.Add((uint)i);
            for (var j = 2 * i; j < Alpha; j += i) composite[j] = true;
        }
        return [.. primes];
    }
}
