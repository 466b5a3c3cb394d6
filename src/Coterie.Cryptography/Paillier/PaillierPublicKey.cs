using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>
/// A Paillier public key with generator n + 1 (Paillier, EUROCRYPT 1999, scheme 1) and a base h for short randomness (Damgard, Jurik, Nielsen,
/// "A generalization of Paillier's public-key system with applications to electronic voting", IJIS 2010, section 4.2): a ciphertext of m is
/// (1 + m n) h^(n x) modulo n^2 for a random x of half the bits of n. Thread-safe.
/// </summary>
public sealed partial class PaillierPublicKey : IDisposable
{
    /// <summary>Bits of a digit of an encryption's exponent when tables are read whole, and when they are not: where the products saved and the reading balance.</summary>
    internal const int HardenedWindow = 7, OpenWindow = 8;

    private readonly ulong[] _base;
    private readonly ulong[] _square;               // n^2
    private readonly Lazy<ulong[]> _noise;          // h^n, a block of pairs with it in all lanes
    private readonly Lazy<FixedBase> _hardened;
    private readonly Lazy<FixedBase> _open;

    internal PaillierPublicKey(ReadOnlySpan<ulong> modulus, ReadOnlySpan<ulong> @base, EngineKind kind = EngineKind.Best)
    {
        (Engine, Kind) = (ModularEngines.Create(modulus, kind), kind);
        _base = @base.ToArray();
        _square = new ulong[2 * modulus.Length];
        LittleWords.MultiplyAdd(modulus, modulus, [], _square);
        Bits = (64 * modulus.Length) - BitOperations.LeadingZeroCount(modulus[^1]);
        _noise = new Lazy<ulong[]>(PowerOfBase);
        _hardened = new Lazy<FixedBase>(() => new FixedBase(Engine, _noise.Value, ExponentBits, HardenedWindow, 1, hardened: true));
        _open = new Lazy<FixedBase>(() => new FixedBase(Engine, _noise.Value, ExponentBits, OpenWindow, 1, hardened: false));
    }

    /// <summary>Bits of n.</summary>
    public int Bits { get; }

    /// <summary>64-bit words of n, and of a plaintext.</summary>
    public int Words => Engine.Words;

    /// <summary>Bytes of one ciphertext: twice those of n.</summary>
    public int CiphertextBytes => 2 * sizeof(ulong) * Words;

    /// <summary>n, little-endian.</summary>
    public ReadOnlySpan<ulong> Modulus => Engine.Modulus;

    /// <summary>h, little-endian.</summary>
    internal ReadOnlySpan<ulong> Base => _base;

    /// <summary>Bits of an encryption's exponent: half of those of n.</summary>
    internal int ExponentBits => (Bits + 1) / 2;

    internal ModularEngine Engine { get; }

    /// <summary>Which engine was asked for.</summary>
    internal EngineKind Kind { get; }

    /// <summary>Bytes of the table that encryption looks up.</summary>
    public long TableBytes(PaillierOptions? options = null) => ((options ?? PaillierOptions.Default).Hardened ? _hardened : _open).Value.TableBytes;

    /// <summary>Encrypts numbers below n, with fresh randomness each.</summary>
    /// <exception cref="ArgumentException">Plaintexts of another length, or one that is not below n.</exception>
    public Ciphertexts Encrypt(Plaintexts plaintexts, CryptographicRandom random, PaillierOptions? options = null)
    {
        Check(plaintexts);
        var noise = Noise(plaintexts.Count, random, options);
        return AddPlain(noise, plaintexts, options);
    }

    /// <summary>So many encryptions of zero: what encrypting costs, ready to be multiplied with.</summary>
    public Ciphertexts Noise(int count, CryptographicRandom random, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(random);
        options ??= PaillierOptions.Default;
        var table = (options.Hardened ? _hardened : _open).Value;
        return Raise(table, count, random, options);
    }

    /// <summary>Sums entry by entry: encryptions of x + y.</summary>
    /// <exception cref="ArgumentException">Other keys, or other numbers of ciphertexts.</exception>
    public Ciphertexts Add(Ciphertexts x, Ciphertexts y, PaillierOptions? options = null)
    {
        Check(x);
        Check(y);
        if (x.Count != y.Count) throw new ArgumentException($"{x.Count} ciphertexts and {y.Count} cannot be added entry by entry.", nameof(y));
        var (length, blocks) = (Engine.PairLength, new ulong[x.Blocks.Length]);
        Batches.Run(x.Blocks.Length / length, (options ?? PaillierOptions.Default).Threads, (from, to) =>
        {
            for (var i = from; i < to; i++) Engine.MultiplyPairs(Block(x.Blocks, i), Block(y.Blocks, i), Block(blocks, i));
        });
        return new Ciphertexts(this, x.Count, blocks);
    }

    /// <summary>Adds plaintexts entry by entry. The randomness stays what it was.</summary>
    public Ciphertexts AddPlain(Ciphertexts x, Plaintexts plaintexts, PaillierOptions? options = null)
    {
        Check(x);
        Check(plaintexts);
        if (x.Count != plaintexts.Count) throw new ArgumentException($"{x.Count} ciphertexts and {plaintexts.Count} plaintexts cannot be added entry by entry.", nameof(plaintexts));
        var (length, blocks, lanes) = (Engine.PairLength, x.Blocks.AsSpan().ToArray(), Engine.Lanes);
        Batches.Run(blocks.Length / length, (options ?? PaillierOptions.Default).Threads, (from, to) =>
        {
            var (numbers, message) = (new ulong[Words * lanes], new ulong[Engine.SingleLength]);
            for (var i = from; i < to; i++)
            {
                numbers.AsSpan().Clear();
                plaintexts.Words.Slice(i * lanes * Words, Math.Min(lanes, x.Count - (i * lanes)) * Words).CopyTo(numbers);
                Engine.LoadSingles(numbers, Words, message);
                // (1 + m n)(u + n v) = u + n (v + m u)
                var block = Block(blocks, i);
                Engine.MultiplySingles(message, block[..Engine.SingleLength], message);
                Engine.AddSingles(block[Engine.SingleLength..], message, block[Engine.SingleLength..]);
                // Back below 2n: sums of sums would run out of the room above n.
                Engine.MultiplyPairs(block, Engine.One, block);
            }
            LittleWords.Zero(numbers);
            LittleWords.Zero(message);
        });
        return new Ciphertexts(this, x.Count, blocks);
    }

    /// <summary>Multiplies each plaintext by a factor of its own, of at most so many bits. The randomness is multiplied too, so that the result has to be re-randomised before it leaves.</summary>
    /// <param name="x">The ciphertexts.</param>
    /// <param name="factors">One each, in (-2^bits, 2^bits).</param>
    /// <param name="bits">0 to 63; the time taken depends on it and not on the factors.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentOutOfRangeException">A factor of more bits.</exception>
    public Ciphertexts Scale(Ciphertexts x, ReadOnlySpan<long> factors, int bits = 53, PaillierOptions? options = null)
    {
        Check(x);
        if (factors.Length != x.Count) throw new ArgumentException($"{factors.Length} factors for {x.Count} ciphertexts.", nameof(factors));
        ArgumentOutOfRangeException.ThrowIfNegative(bits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 63);
        options ??= PaillierOptions.Default;
        var (lanes, length) = (Engine.Lanes, Engine.PairLength);
        var (exponents, signs) = (new ulong[x.Blocks.Length / length * lanes], new long[x.Blocks.Length / length * lanes]);
        for (var i = 0; i < factors.Length; i++)
        {
            signs[i] = factors[i] >>> 63;
            exponents[i] = unchecked((ulong)((factors[i] ^ -signs[i]) + signs[i]));
            if (exponents[i] >> bits != 0) throw new ArgumentOutOfRangeException(nameof(factors), $"Factor {i} has more than {bits} bits.");
        }
        var inverses = x.Blocks.AsSpan().ToArray();
        Inverses.Invert(Engine, inverses);
        var results = new ulong[x.Blocks.Length];
        Batches.Run(results.Length / length, options.Threads, (from, to) =>
        {
            var bases = new ulong[2 * length];
            for (var i = from; i < to; i++)
            {
                Block(x.Blocks, i).CopyTo(bases);
                Block(inverses, i).CopyTo(bases.AsSpan(length));
                var result = Block(results, i);
                Engine.Select(bases, shared: false, signs.AsSpan(i * lanes, lanes), options.Hardened, result);
                Powers.Raise(Engine, result, exponents.AsSpan(i * lanes, lanes), 1, bits, options.Hardened, result);
            }
        });
        LittleWords.Zero(exponents);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(signs.AsSpan()));
        return new Ciphertexts(this, x.Count, results);
    }

    /// <summary>Writes ciphertexts as numbers below n^2, little-endian, <see cref="CiphertextBytes"/> each.</summary>
    public byte[] ToBytes(Ciphertexts x)
    {
        Check(x);
        var (lanes, words) = (Engine.Lanes, 2 * Words);
        var numbers = new ulong[x.Count * words];
        for (var i = 0; i * lanes < x.Count; i++) Engine.StorePairs(Block(x.Blocks, i), numbers.AsSpan(i * lanes * words, Math.Min(lanes, x.Count - (i * lanes)) * words));
        var bytes = new byte[(long)x.Count * CiphertextBytes];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), numbers[i]);
        return bytes;
    }

    /// <summary>Reads so many ciphertexts.</summary>
    /// <exception cref="CryptographicException">Bytes of another number, or what is no ciphertext under this key: not below n^2, or not invertible.</exception>
    public Ciphertexts FromBytes(ReadOnlySpan<byte> bytes, int count)
    {
        if (bytes.Length != (long)count * CiphertextBytes) throw new CryptographicException($"{count} ciphertexts of {Bits} bits take {(long)count * CiphertextBytes} bytes, not {bytes.Length}.");
        var (lanes, words) = (Engine.Lanes, 2 * Words);
        var blocks = Blocks(count);
        var numbers = new ulong[blocks * lanes * words];
        for (var i = 0; i < count * words; i++) numbers[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * sizeof(ulong))..]);
        for (var i = 0; i < count; i++)
            if (!LittleWords.IsBelow(numbers.AsSpan(i * words, words), _square)) throw new CryptographicException($"Ciphertext {i} is not below the square of the modulus.");
        for (var i = count; i < blocks * lanes; i++) numbers[i * words] = 1;
        var pairs = new ulong[blocks * Engine.PairLength];
        for (var i = 0; i < blocks; i++) Engine.LoadPairs(numbers.AsSpan(i * lanes * words, lanes * words), words, Block(pairs, i));
        if (!Inverses.AreInvertible(Engine, pairs)) throw new CryptographicException($"Ciphertext {FirstNonUnit(numbers)} is zero or shares a factor with the modulus.");
        return new Ciphertexts(this, count, pairs);
    }

    /// <summary>Zeroes what was computed from the key; nothing of it is secret except that whose key it is may be.</summary>
    public void Dispose() => Engine.Dispose();

    internal Ciphertexts Raise(FixedBase table, int count, CryptographicRandom random, PaillierOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var (lanes, words, blocks) = (Engine.Lanes, (table.Bits + 63) / 64, Blocks(count));
        var exponents = new ulong[blocks * lanes * words];
        random.Fill(MemoryMarshal.AsBytes(exponents.AsSpan(0, count * words)));
        var results = new ulong[blocks * Engine.PairLength];
        Batches.Run(blocks, options.Threads, (from, to) =>
            table.Raise(exponents.AsSpan(from * lanes * words), words, results.AsSpan(from * Engine.PairLength, (to - from) * Engine.PairLength)));
        LittleWords.Zero(exponents);
        return new Ciphertexts(this, count, results);
    }

    internal Span<ulong> Block(ulong[] blocks, int index) => blocks.AsSpan(index * Engine.PairLength, Engine.PairLength);

    internal int Blocks(int count) => (count + Engine.Lanes - 1) / Engine.Lanes;

    internal void Check(Ciphertexts x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!x.Key.Modulus.SequenceEqual(Modulus)) throw new ArgumentException("The ciphertexts are under another key.", nameof(x));
    }

    internal void Check(Plaintexts plaintexts)
    {
        ArgumentNullException.ThrowIfNull(plaintexts);
        if (plaintexts.WordsEach != Words) throw new ArgumentException($"Plaintexts of {plaintexts.WordsEach} words; this key's have {Words}.", nameof(plaintexts));
        for (var i = 0; i < plaintexts.Count; i++)
            if (!LittleWords.IsBelow(plaintexts[i], Modulus)) throw new ArgumentException($"Plaintext {i} is not below the modulus.", nameof(plaintexts));
    }

    private int FirstNonUnit(ReadOnlySpan<ulong> numbers)
    {
        var (n, index) = (LittleWords.ToBigInteger(Modulus), 0);
        while (BigInteger.GreatestCommonDivisor(LittleWords.ToBigInteger(numbers.Slice(2 * Words * index, 2 * Words)), n).IsOne) index++;
        return index;
    }

    private ulong[] PowerOfBase()
    {
        var (numbers, noise) = (new ulong[Words * Engine.Lanes], new ulong[Engine.PairLength]);
        for (var lane = 0; lane < Engine.Lanes; lane++) _base.CopyTo(numbers, lane * Words);
        Engine.LoadPairs(numbers, Words, noise);
        Powers.RaiseAll(Engine, noise, Modulus, Bits, hardened: false, noise);
        return noise;
    }
}
