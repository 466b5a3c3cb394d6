using System.Numerics;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>Products modulo a fixed odd number, in a form of residues of its own. Not thread-safe: scratch space belongs to the ring.</summary>
internal abstract unsafe class GmpRing(BigInteger modulus, int limbs) : IDisposable
{
    /// <summary>Odd powers kept for a long exponent: windows of up to 6 bits.</summary>
    private const int LongWindow = 6;

    /// <summary>Windows for exponents of up to 64 bits.</summary>
    private const int ShortWindow = 3;

    private readonly Limbs _powers = new(limbs, 1 << (LongWindow - 1));
    private readonly Limbs _square = new(limbs);

    public BigInteger Modulus => modulus;

    /// <summary>Limbs of a residue, in its form and in the ordinary one alike.</summary>
    public int Width => limbs;

    /// <summary>Products of residues; the result may be an operand.</summary>
    public abstract void Multiply(ulong* product, ulong* left, ulong* right);

    /// <summary>Squares of residues.</summary>
    public abstract void Square(ulong* product, ulong* value);

    /// <summary>Into the form; not for use in loops that are timed.</summary>
    public abstract void Enter(ulong* residue, BigInteger value);

    /// <summary>From the form to an ordinary number below the modulus.</summary>
    public abstract void Leave(ulong* number, ulong* residue);

    /// <summary>The ordinary number.</summary>
    public BigInteger Read(ulong* residue)
    {
        using var number = new Limbs(Width);
        Leave(number.Pointer, residue);
        return Limbs.Read(number.Pointer, Width);
    }

    /// <summary>Sliding windows from the top bit; <paramref name="exponent"/> positive, result not an operand.</summary>
    public void Power(ulong* result, ulong* value, ReadOnlySpan<ulong> exponent)
    {
        while (exponent[^1] == 0) exponent = exponent[..^1];
        var bits = (64 * exponent.Length) - BitOperations.LeadingZeroCount(exponent[^1]);
        var window = bits > 64 ? LongWindow : ShortWindow;
        Square(_square.Pointer, value);
        Limbs.Copy(_powers[0], value, Width);
        for (var i = 1; i < 1 << (window - 1); i++) Multiply(_powers[i], _powers[i - 1], _square.Pointer);

        var started = false;
        for (var top = bits - 1; top >= 0;)
        {
            if (!Bit(exponent, top))
            {
                Square(result, result);
                top--;
                continue;
            }
            var low = Math.Max(0, top - window + 1);
            while (!Bit(exponent, low)) low++;
            var digit = 0;
            for (var i = top; i >= low; i--)
            {
                digit = (digit << 1) | (Bit(exponent, i) ? 1 : 0);
                if (started) Square(result, result);
            }
            if (started) Multiply(result, result, _powers[digit >> 1]);
            else Limbs.Copy(result, _powers[digit >> 1], Width);
            started = true;
            top = low - 1;
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        _powers.Dispose();
        _square.Dispose();
    }

    /// <summary>Limbs of an odd modulus.</summary>
    protected static int WidthOf(BigInteger modulus) => (int)((modulus.GetBitLength() + 63) / 64);

    private static bool Bit(ReadOnlySpan<ulong> exponent, int index) => ((exponent[index >> 6] >> (index & 63)) & 1) != 0;
}
