using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Coterie.Cryptography.Curves;

/// <summary>Multiples of points of P-256 by secret scalars: tables are read whole, and no branch depends on a scalar.</summary>
internal static class P256Multiples
{
    private const int Entries = 1 << P256Scalar.DigitBits;

    /// <summary>The same multiple of every lane's point.</summary>
    public static P256Points Of(in P256Points points, ReadOnlySpan<ulong> scalar)
    {
        Span<ulong> scalars = stackalloc ulong[P256Numbers.Lanes * P256Scalar.Words];
        for (var lane = 0; lane < P256Numbers.Lanes; lane++) scalar[..P256Scalar.Words].CopyTo(scalars[(lane * P256Scalar.Words)..]);
        var multiples = OfEach(in points, scalars);
        scalars.Clear();
        return multiples;
    }

    /// <summary>Every lane's point times its scalar, of four words each; digits from the highest down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static P256Points OfEach(in P256Points points, ReadOnlySpan<ulong> scalars)
    {
        var table = new P256Points[Entries];
        table[0] = P256Points.Infinity;
        for (var e = 1; e < Entries; e++) P256Points.Add(in table[e - 1], in points, out table[e]);
        var (multiple, chosen) = (P256Points.Infinity, P256Points.Infinity);
        Span<long> digits = stackalloc long[P256Numbers.Lanes];
        for (var i = P256Scalar.Digits - 1; i >= 0; i--)
        {
            for (var s = 0; s < P256Scalar.DigitBits; s++) P256Points.Double(in multiple, out multiple);
            for (var lane = 0; lane < digits.Length; lane++) digits[lane] = P256Scalar.Digit(scalars.Slice(lane * P256Scalar.Words, P256Scalar.Words), i);
            var digit = Vector512.Create<long>(digits);
            for (var e = 0; e < Entries; e++) P256Points.Choose(Vector512.Equals(digit, Vector512.Create((long)e)), in chosen, in table[e], out chosen);
            P256Points.Add(in multiple, in chosen, out multiple);
        }
        foreach (ref var entry in table.AsSpan()) entry.Clear();
        chosen.Clear();
        digits.Clear();
        return multiple;
    }
}
