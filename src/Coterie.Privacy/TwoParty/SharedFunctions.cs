using System.Collections.Concurrent;
using Coterie.Cryptography.GarbledCircuits;

namespace Coterie.Privacy.TwoParty;

/// <summary>The functions of shares that <see cref="TwoPartyArithmetic"/> computes, each built once.</summary>
internal static class SharedFunctions
{
    /// <summary>Bits after the point of reciprocals, and of what they are taken of.</summary>
    public const int ReciprocalFractionBits = 30;

    private static readonly ConcurrentDictionary<(string Name, int First, int Second), GarbledFunction> Known = new();

    /// <summary>Divides by 2^bits, rounding down; rounding to the nearest is half a unit added to one share.</summary>
    public static GarbledFunction Truncate(int bits) => Of("truncate", bits, 0, () => GarbledFunction.Of(1, 1, (_, x) => [x[0].ShiftRightSigned(bits)]));

    /// <summary>1 where negative, else 0, with so many bits after the point.</summary>
    public static GarbledFunction IsNegative(int fractionBits) => Of("negative", fractionBits, 0, () => GarbledFunction.Of(1, 1, (_, x) => [Mark(x[0].Sign, fractionBits)]));

    /// <summary>The logistic function, of numbers with <paramref name="from"/> bits after the point to numbers with <paramref name="to"/>.</summary>
    public static GarbledFunction Sigmoid(int from, int to) => Of("sigmoid", from, to, () => GarbledFunction.Of(1, 1, (b, x) => [b.Sigmoid(x[0].ShiftRightSigned(from - to), to)]));

    /// <summary>1 / x of positive numbers with <paramref name="from"/> bits after the point, at least <see cref="ReciprocalFractionBits"/>; the result has those.</summary>
    public static GarbledFunction Reciprocal(int from) => Of(
        "reciprocal", from, 0, () => GarbledFunction.Of(1, 1, (b, x) => [b.Reciprocal(x[0].ShiftRightSigned(from - ReciprocalFractionBits), ReciprocalFractionBits)]));

    /// <summary>Per row of so many numbers, 1 at the smallest, the first of equals, else 0.</summary>
    public static GarbledFunction ArgMin(int columns, int fractionBits) => Of(
        "argmin", columns, fractionBits, () => GarbledFunction.Of(columns, columns, (b, x) => [.. b.ArgMin(x).Select(mark => Mark(mark, fractionBits))]));

    private static Word Mark(Bit bit, int position) => new([.. Enumerable.Range(0, 64).Select(i => i == position ? bit : Bit.Zero)]);

    private static GarbledFunction Of(string name, int first, int second, Func<GarbledFunction> build) => Known.GetOrAdd((name, first, second), _ => build());
}
