using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Coterie.Cryptography.Curves;

/// <summary>
/// Multiples of one public point of P-256 by secret scalars out of tables of its multiples, a table for each digit: a sum a digit, and no doubling (Brickell, Gordon, McCurley, Wilson, EUROCRYPT '92). Tables are
/// read whole.
/// </summary>
internal sealed class P256FixedBase
{
    private const int Entries = 1 << P256Scalar.DigitBits;
    private const int Limbs = 3 * P256Numbers.Limbs;

    // Point e of digit i: its limbs, the same for all lanes.
    private readonly long[] _limbs = new long[P256Scalar.Digits * Entries * Limbs];

    /// <summary>Builds the tables.</summary>
    /// <param name="point">The point in all lanes.</param>
    public P256FixedBase(in P256Points point)
    {
        const int Lanes = P256Numbers.Lanes;
        var power = point;
        for (var first = 0; first < P256Scalar.Digits; first += Lanes)
        {
            // Lane l has the point times 2^(4 (first + l)).
            var roots = power;
            for (var lane = 0; lane < Lanes; lane++)
            {
                P256Points.Choose(Vector512.Equals(Vector512.Create((long)lane), Vector512<long>.Indices), in roots, in power, out roots);
                for (var s = 0; s < P256Scalar.DigitBits; s++) P256Points.Double(in power, out power);
            }
            var multiple = P256Points.Infinity;
            for (var e = 0; e < Entries; e++)
            {
                for (var lane = 0; lane < Lanes; lane++) Put(in multiple, lane, _limbs.AsSpan((((first + lane) * Entries) + e) * Limbs, Limbs));
                P256Points.Add(in multiple, in roots, out multiple);
            }
        }
    }

    /// <summary>The generator's, built once.</summary>
    public static P256FixedBase Generator => OfGenerator.Value;

    private static Lazy<P256FixedBase> OfGenerator { get; } = new(() => new P256FixedBase(in P256Points.Generator));

    /// <summary>The multiple of a lane's scalar in every lane.</summary>
    /// <param name="scalars">Of <see cref="P256Scalar.Words"/> words each.</param>
    public P256Points Multiply(ReadOnlySpan<ulong> scalars)
    {
        var (multiple, chosen) = (P256Points.Infinity, P256Points.Infinity);
        Span<long> digits = stackalloc long[P256Numbers.Lanes];
        for (var i = 0; i < P256Scalar.Digits; i++)
        {
            for (var lane = 0; lane < digits.Length; lane++) digits[lane] = P256Scalar.Digit(scalars.Slice(lane * P256Scalar.Words, P256Scalar.Words), i);
            Select(_limbs.AsSpan(i * Entries * Limbs, Entries * Limbs), Vector512.Create<long>(digits), ref chosen);
            P256Points.Add(in multiple, in chosen, out multiple);
        }
        digits.Clear();
        chosen.Clear();
        return multiple;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Select(ReadOnlySpan<long> table, Vector512<long> digits, ref P256Points chosen)
    {
        chosen.X = chosen.Y = chosen.Z = default;
        for (var e = 0; e < Entries; e++)
        {
            var mask = Vector512.Equals(digits, Vector512.Create((long)e));
            var entry = table.Slice(e * Limbs, Limbs);
            P256Numbers.Merge(mask, entry[..P256Numbers.Limbs], ref chosen.X);
            P256Numbers.Merge(mask, entry.Slice(P256Numbers.Limbs, P256Numbers.Limbs), ref chosen.Y);
            P256Numbers.Merge(mask, entry[(2 * P256Numbers.Limbs)..], ref chosen.Z);
        }
    }

    private static void Put(in P256Points points, int lane, Span<long> entry)
    {
        for (var i = 0; i < P256Numbers.Limbs; i++)
        {
            entry[i] = points.X[i][lane];
            entry[P256Numbers.Limbs + i] = points.Y[i][lane];
            entry[(2 * P256Numbers.Limbs) + i] = points.Z[i][lane];
        }
    }
}
