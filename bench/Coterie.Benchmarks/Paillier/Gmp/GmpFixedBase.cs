using System.Numerics;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>Powers of one base by a table with windows of 8 bits: one product per byte of the exponent. Looked up directly: visible in the cache.</summary>
internal sealed unsafe class GmpFixedBase : IDisposable
{
    /// <summary>Entries of a window; a digit of zero costs nothing.</summary>
    private const int Digits = byte.MaxValue;

    private readonly GmpRing _ring;
    private readonly Limbs _table;

    public GmpFixedBase(GmpRing ring, BigInteger value, int exponentBytes)
    {
        _ring = ring;
        _table = new Limbs(ring.Width, Digits * exponentBytes);
        ring.Enter(_table[0], value % ring.Modulus);
        for (var window = 0; window < exponentBytes; window++)
        {
            var first = _table[window * Digits];
            for (var digit = 1; digit < Digits; digit++) ring.Multiply(first + ((long)digit * ring.Width), first + ((long)(digit - 1) * ring.Width), first);
            if (window + 1 < exponentBytes) ring.Multiply(_table[(window + 1) * Digits], _table[((window + 1) * Digits) - 1], first);
        }
    }

    public long Bytes => _table.Bytes;

    /// <summary>Multiplies <paramref name="accumulator"/> by the base to the power of a little-endian number.</summary>
    public void MultiplyPower(ulong* accumulator, ReadOnlySpan<byte> exponent)
    {
        for (var i = 0; i < exponent.Length; i++)
            if (exponent[i] != 0) _ring.Multiply(accumulator, accumulator, Entry(i, exponent[i]));
    }

    /// <summary>The power itself; not all bytes zero.</summary>
    public void Power(ulong* result, ReadOnlySpan<byte> exponent)
    {
        exponent = exponent.TrimEnd((byte)0);
        var last = exponent.Length - 1;
        Limbs.Copy(result, Entry(last, exponent[last]), _ring.Width);
        MultiplyPower(result, exponent[..last]);
    }

    public void Dispose() => _table.Dispose();

    private ulong* Entry(int window, byte digit) => _table[(window * Digits) + digit - 1];
}
