using System.Numerics;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>Montgomery reduction modulo N of k limbs with R = 2^(64 k), by the quicker of GMP's two functions.</summary>
internal sealed unsafe class Redc : IDisposable
{
    /// <summary>Below it GMP's quadratic reduction wins on every processor tried.</summary>
    private const int ManyLimbs = 40;

    private const int Trials = 200;

    private readonly Limbs _modulus;
    private readonly Limbs _inverse;
    private readonly bool _many;

    public Redc(BigInteger modulus, int limbs)
    {
        Width = limbs;
        R = BigInteger.One << (64 * limbs);
        _modulus = new Limbs(modulus, limbs);
        _inverse = new Limbs(InverseModuloPowerOfTwo(modulus, 64 * limbs), limbs);
        _many = limbs >= ManyLimbs && Time(many: true) < Time(many: false);
    }

    public int Width { get; }

    public BigInteger R { get; }

    public ulong* Modulus => _modulus.Pointer;

    /// <summary>1/N mod R.</summary>
    public ulong* Inverse => _inverse.Pointer;

    /// <summary>The 2k limbs of <paramref name="value"/> below N R, divided by R, below N; destroys its input.</summary>
    public void Reduce(ulong* result, ulong* value) => Reduce(result, value, _many);

    /// <summary>1/value mod 2^bits by Newton's iteration; odd values.</summary>
    private static BigInteger InverseModuloPowerOfTwo(BigInteger value, int bits)
    {
        var inverse = BigInteger.One;
        for (var known = 1; known < bits; known *= 2)
        {
            var mask = (BigInteger.One << Math.Min(2 * known, bits)) - 1;
            inverse = (inverse * (2 - (value * inverse & mask)) & mask) & mask;
        }
        return inverse;
    }

    private void Reduce(ulong* result, ulong* value, bool many)
    {
        var carry = 0UL;
        if (many) Mpn.RedcN(result, value, Modulus, Width, Inverse);
        else carry = Mpn.Redc1(result, value, Modulus, Width, unchecked(0 - *Inverse));
        if (carry != 0 || Mpn.AtLeast(result, Modulus, Width)) Mpn.Subtract(result, result, Modulus, Width);
    }

    private TimeSpan Time(bool many)
    {
        using var value = new Limbs(2 * Width);
        using var result = new Limbs(Width);
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var start = Measuring.CpuClock.Thread;
            for (var i = 0; i < Trials; i++)
            {
                Limbs.Copy(value[0], Modulus, Width);
                value.Pointer[0] ^= (ulong)i;
                Reduce(result.Pointer, value.Pointer, many);
            }
            var time = Measuring.CpuClock.Thread - start;
            if (time < best) best = time;
        }
        return best;
    }

    public void Dispose()
    {
        _modulus.Dispose();
        _inverse.Dispose();
    }
}
