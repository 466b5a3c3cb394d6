using System.Numerics;
using System.Runtime.CompilerServices;

namespace Coterie.Learning.Boosting;

/// <summary>
/// How derivatives become whole numbers, the same at every participant: steps of a power of two, so that sums of them are exact in whatever order they are taken, and the trees of many participants are those of all rows in one
/// place, bit by bit. A first and a second derivative share a word of 64 bits, 32 each, while no more rows are added than it has room for.
/// </summary>
/// <param name="BlockRows">Rows that are added in words.</param>
/// <param name="Gradient">A first derivative g becomes round(g 2^this).</param>
/// <param name="Hessian">Likewise a second derivative, which is not negative.</param>
internal readonly record struct GradientScale(int BlockRows, int Gradient, int Hessian)
{
    /// <summary>More rows at a time would leave fewer bits for each: 19 and 20 bits of the range.</summary>
    private const int MostBlockRows = 4096;

    private const int LeastBlockRows = 16;

    /// <summary>For so many rows of all participants and these bounds of derivatives.</summary>
    public static GradientScale Of(long totalRows, double gradientBound, double hessianBound)
    {
        var rows = totalRows is <= 0 or > MostBlockRows ? MostBlockRows : Math.Max(LeastBlockRows, (int)BitOperations.RoundUpToPowerOf2((uint)totalRows));
        var bits = 31 - BitOperations.Log2((uint)rows);
        return new(rows, ExponentOf(bits, gradientBound), ExponentOf(bits + 1, hessianBound));
    }

    /// <summary>Both derivatives of a row in one word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Pack(double gradient, double hessian, double gradientStep, double hessianStep) =>
        unchecked(((long)Math.Round(gradient * gradientStep) << 32) + (long)Math.Round(hessian * hessianStep));

    /// <summary>2^<see cref="Gradient"/>.</summary>
    public double GradientStep => Math.ScaleB(1, Gradient);

    /// <summary>2^<see cref="Hessian"/>.</summary>
    public double HessianStep => Math.ScaleB(1, Hessian);

    /// <summary>The largest exponent with which the bound stays below 2^bits.</summary>
    private static int ExponentOf(int bits, double bound) => bits - 1 - Math.ILogB(bound);
}
