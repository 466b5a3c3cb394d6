using System.Numerics;
using System.Runtime.InteropServices;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

/// <summary>An engine with BigInteger in and out. What comes in is repeated over the lanes, or is as many numbers as there are.</summary>
internal sealed class EngineCalculator : IDisposable
{
    private readonly int _limbBits;

    public EngineCalculator(BigInteger modulus, EngineKind kind, int limbBits)
    {
        (Modulus, Squared, _limbBits) = (modulus, modulus * modulus, limbBits);
        Engine = ModularEngines.Create(Words(modulus, (int)((modulus.GetBitLength() + 63) / 64)), kind);
    }

    public ModularEngine Engine { get; }

    public BigInteger Modulus { get; }

    public BigInteger Squared { get; }

    public int Lanes => Engine.Lanes;

    /// <summary>The logarithm of R.</summary>
    public int RadixBits => Engine.SingleLength / Lanes * _limbBits;

    /// <summary>1/R modulo n^2.</summary>
    public BigInteger InverseRadix
    {
        get
        {
            // R divides 1 + n^2 t for t = -1/n^2 modulo R, which Newton's step finds, twice as many bits at a time.
            var radix = BigInteger.One << RadixBits;
            var inverse = BigInteger.One;
            for (var bits = 1; bits < RadixBits; bits *= 2) inverse = Mod(inverse * (2 - (Squared * inverse)), radix);
            return Mod((1 + (Squared * Mod(-inverse, radix))) >> RadixBits, Squared);
        }
    }

    public static BigInteger Mod(BigInteger x, BigInteger modulus)
    {
        var remainder = BigInteger.Remainder(x, modulus);
        return remainder.Sign < 0 ? remainder + modulus : remainder;
    }

    public static ulong[] Words(BigInteger x, int words)
    {
        var bytes = new byte[8 * words];
        Assert.True(x.TryWriteBytes(bytes, out _, isUnsigned: true));
        return MemoryMarshal.Cast<byte, ulong>(bytes).ToArray();
    }

    public static BigInteger Number(ReadOnlySpan<ulong> words) => new(MemoryMarshal.AsBytes(words), isUnsigned: true);

    public ulong[] LoadPairs(params ReadOnlySpan<BigInteger> values) => LoadPairs(2 * Engine.Words, values);

    public ulong[] LoadPairs(int words, ReadOnlySpan<BigInteger> values)
    {
        var block = new ulong[Engine.PairLength];
        Engine.LoadPairs(Spread(words, values), words, block);
        return block;
    }

    public ulong[] LoadSingles(params ReadOnlySpan<BigInteger> values) => LoadSingles(2 * Engine.Words, values);

    public ulong[] LoadSingles(int words, ReadOnlySpan<BigInteger> values)
    {
        var block = new ulong[Engine.SingleLength];
        Engine.LoadSingles(Spread(words, values), words, block);
        return block;
    }

    public BigInteger[] StorePairs(ReadOnlySpan<ulong> block)
    {
        var numbers = new ulong[2 * Engine.Words * Lanes];
        Engine.StorePairs(block, numbers);
        return Split(numbers, 2 * Engine.Words);
    }

    public BigInteger[] StoreSingles(ReadOnlySpan<ulong> block)
    {
        var numbers = new ulong[Engine.Words * Lanes];
        Engine.StoreSingles(block, numbers);
        return Split(numbers, Engine.Words);
    }

    /// <summary>u and v of every lane.</summary>
    public (BigInteger U, BigInteger V)[] StoreHalves(ReadOnlySpan<ulong> block)
    {
        var numbers = new ulong[2 * Engine.Words * Lanes];
        Engine.StoreHalves(block, numbers);
        var halves = Split(numbers, Engine.Words);
        return [.. Enumerable.Range(0, Lanes).Select(lane => (halves[2 * lane], halves[(2 * lane) + 1]))];
    }

    /// <summary>Every lane's number in Montgomery form as the block holds it, not reduced.</summary>
    public BigInteger[] Raw(ReadOnlySpan<ulong> singles)
    {
        var numbers = new BigInteger[Lanes];
        for (var i = Engine.SingleLength - 1; i >= 0; i--)
        {
            var limb = Lanes == 1 ? singles[i] : (ulong)BitConverter.UInt64BitsToDouble(singles[i]);
            Assert.Equal(0UL, limb >> _limbBits);
            numbers[i % Lanes] = (numbers[i % Lanes] << _limbBits) + limb;
        }
        return numbers;
    }

    /// <summary>A block of pairs that holds just these halves in every lane, in Montgomery form and not reduced.</summary>
    public ulong[] Block(BigInteger u, BigInteger v)
    {
        var block = new ulong[Engine.PairLength];
        for (var i = 0; i < block.Length; i++)
        {
            var half = i < Engine.SingleLength ? u : v;
            var limb = (ulong)((half >> (i % Engine.SingleLength / Lanes * _limbBits)) & ((1UL << _limbBits) - 1));
            block[i] = Lanes == 1 ? limb : BitConverter.DoubleToUInt64Bits(limb);
        }
        return block;
    }

    /// <summary>Both halves added.</summary>
    public void AddPairs(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z)
    {
        var half = Engine.SingleLength;
        Engine.AddSingles(x[..half], y[..half], z[..half]);
        Engine.AddSingles(x[half..], y[half..], z[half..]);
    }

    public void Dispose() => Engine.Dispose();

    private static BigInteger[] Split(ReadOnlySpan<ulong> numbers, int words)
    {
        var values = new BigInteger[numbers.Length / words];
        for (var i = 0; i < values.Length; i++) values[i] = Number(numbers.Slice(i * words, words));
        return values;
    }

    private ulong[] Spread(int words, ReadOnlySpan<BigInteger> values)
    {
        var numbers = new List<ulong>();
        for (var lane = 0; lane < Lanes; lane++) numbers.AddRange(Words(values[lane % values.Length], words));
        return [.. numbers];
    }
}
