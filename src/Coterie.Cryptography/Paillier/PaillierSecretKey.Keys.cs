using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <content>Generation, bytes, and n-th roots.</content>
public sealed partial class PaillierSecretKey
{
    internal const string SafeSizes = "2048 and 3072";

    /// <summary>A new key, with the proof of its modulus.</summary>
    /// <param name="bits">2048 or 3072; smaller ones are for tests and come from <see cref="InsecurePaillierKeys"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another size.</exception>
    public static PaillierSecretKey Generate(int bits = 3072)
    {
        if (!IsSafeSize(bits)) throw new ArgumentOutOfRangeException(nameof(bits), bits, $"A Paillier key has {SafeSizes} bits.");
        return Generate(bits, isInsecure: false);
    }

    /// <summary>Reads what <see cref="ExportPrivateKey"/> wrote, and checks all of it.</summary>
    /// <exception cref="CryptographicException">What is wrong with it; never what is in it.</exception>
    public static PaillierSecretKey ImportPrivateKey(ReadOnlySpan<byte> bytes) => KeyFormat.ReadSecret(bytes, allowInsecure: false);

    /// <summary>The factors and the public key, for a file that only its owner can read. The caller zeroes the bytes.</summary>
    public byte[] ExportPrivateKey()
    {
        ThrowIfDisposed();
        return KeyFormat.Write(this);
    }

    internal static bool IsSafeSize(int bits) => bits is 2048 or 3072;

    internal static PaillierSecretKey Generate(int bits, bool isInsecure)
    {
        var (p, q) = PaillierPrimes.Draw(bits);
        return FromFactors(p, q, isInsecure);
    }

    /// <summary>The key of two primes, which are zeroed: a base -y^2 modulo n for a random y, and the proof where the modulus can have one.</summary>
    internal static PaillierSecretKey FromFactors(ulong[] p, ulong[] q, bool isInsecure)
    {
        var product = new ulong[2 * p.Length];
        try
        {
            LittleWords.MultiplyAdd(p, q, [], product);
            var words = product.Length;
            while (product[words - 1] == 0) words--;
            var n = product.AsSpan(0, words);
            var open = new PaillierPublicKey(n, DrawBase(n)) { IsInsecure = isInsecure };
            var key = new PaillierSecretKey(open, p, q);
            if (open.Bits >= 512 && open.Bits % 128 == 0 && KeyProof.SmallestFactor(n) is null)
            {
                var proof = KeyProof.Prove(key);
                KeyProof.Verify(open, proof);
                open.Proof = proof;
            }
            return key;
        }
        finally
        {
            LittleWords.Zero(p);
            LittleWords.Zero(q);
        }
    }

    /// <summary>The n-th roots modulo n of so many numbers, of so many words each: modulo either factor, then put together. They are not checked: whoever gives them away has to, see <see cref="Open"/>.</summary>
    internal void TakeRoots(ReadOnlySpan<ulong> numbers, int words, int count, Span<ulong> roots)
    {
        ThrowIfDisposed();
        var (lanes, half) = (PublicKey.Engine.Lanes, _p.Engine.Words);
        var (padded, modP, modQ, product) = (new ulong[words * lanes], new ulong[half * lanes], new ulong[half * lanes], new ulong[2 * half]);
        for (var first = 0; first < count; first += lanes)
        {
            var taken = Math.Min(lanes, count - first);
            numbers.Slice(first * words, taken * words).CopyTo(padded);
            _p.TakeRoots(padded, words, modP);
            _q.TakeRoots(padded, words, modQ);
            _p.Difference(modP, modQ, half, _inverseOfQ, isSquared: false, modP);
            for (var lane = 0; lane < taken; lane++)
            {
                LittleWords.MultiplyAdd(modP.AsSpan(lane * half, half), Q, modQ.AsSpan(lane * half, half), product);
                product.AsSpan(0, PublicKey.Words).CopyTo(roots[((first + lane) * PublicKey.Words)..]);
            }
        }
        foreach (var secret in new[] { padded, modP, modQ, product }) LittleWords.Zero(secret);
    }

    /// <summary>Whether both factors pass Euler's criterion with random bases, one a lane: for factors that are 3 modulo 4 that is Miller's and Rabin's test.</summary>
    internal bool FactorsAreProbablyPrime() => _p.IsProbablyPrime() && _q.IsProbablyPrime();

    private static ulong[] DrawBase(ReadOnlySpan<ulong> n)
    {
        using var engine = ModularEngines.Create(n);
        var (words, lanes) = (n.Length, engine.Lanes);
        var (roots, block, bases) = (new ulong[(words + 2) * lanes], new ulong[engine.SingleLength], new ulong[words * lanes]);
        while (true)
        {
            // 128 bits more than n has, so that y is uniform modulo n.
            CryptographicRandom.Instance.Fill(MemoryMarshal.AsBytes(roots.AsSpan()));
            engine.LoadSingles(roots, words + 2, block);
            engine.SquareSingles(block, block);
            engine.StoreSingles(block, bases);
            LittleWords.Zero(roots);
            LittleWords.Zero(block);
            var result = bases.AsSpan(0, words);
            LittleWords.Negate(result, n);
            if (KeyFormat.BaseFault(n, result) is null) return result.ToArray();
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed, this);
}
