using System.Collections.Concurrent;
using Coterie.Cryptography.GarbledCircuits;

namespace Coterie.Privacy.TwoParty;

/// <summary>The functions of shares that <see cref="TwoPartyArithmetic"/> computes, each built once.</summary>
internal static class SharedFunctions
{
    /// <summary>Bits after the point of reciprocals, and of what they are taken of.</summary>
    public const int ReciprocalFractionBits = 30;

    /// <summary>Bits after the point that functions look at which give one bit: numbers nearer to the edge may fall to either side.</summary>
    public const int ComparedFractionBits = 20;

    /// <summary>Bits below the last place of a truncated number that still go in: its error is half a place and a sixteenth.</summary>
    private const int GuardBits = 4;

    private static readonly ConcurrentDictionary<(string Name, int First, int Second), GarbledFunction> Known = new();

    /// <summary>Divides by 2^bits, rounding down; rounding to the nearest is half a unit added to one share.</summary>
    public static GarbledFunction Truncate(int bits) => Of("truncate", bits, 0, () =>
    {
        var dropped = Math.Max(0, bits - GuardBits);
        return GarbledFunction.Of(1, dropped, (_, x) => [x[0].ShiftRightSigned(bits - dropped).ToSigned(64)]);
    });

    /// <summary>1 where negative, else 0, with so many bits after the point, of numbers with <paramref name="from"/>. Numbers of -2^-20 to 0 may count as either; 0 is not negative.</summary>
    public static GarbledFunction IsNegative(int from, int to) => Of("negative", from, to, () => GarbledFunction.Of(1, Dropped(from), (_, x) => [Mark(x[0].Sign, to)]));

    /// <summary>
    /// max(0, x), with <paramref name="to"/> bits after the point, and 1 or 0 with none, of numbers with <paramref name="from"/>, at least as many: two numbers a row. Numbers within 2^-<paramref name="to"/> of 0 may count as either.
    /// </summary>
    public static GarbledFunction Relu(int from, int to) => Of("relu", from, to, () => GarbledFunction.Of(1, from - to, (b, x) => [b.Relu(x[0]).ToUnsigned(64), Mark(!x[0].Sign, 0)]));

    /// <summary>The logistic function, of numbers with <paramref name="from"/> bits after the point to numbers with <paramref name="to"/>.</summary>
    public static GarbledFunction Sigmoid(int from, int to) => Of("sigmoid", from, to, () => GarbledFunction.Of(1, from - to, (b, x) => [b.Sigmoid(x[0], to).ToUnsigned(64)]));

    /// <summary>1 / x of positive numbers with <paramref name="from"/> bits after the point, at least <see cref="ReciprocalFractionBits"/>; the result has those.</summary>
    public static GarbledFunction Reciprocal(int from) => Of(
        "reciprocal", from, 0, () => GarbledFunction.Of(1, from - ReciprocalFractionBits, (b, x) => [b.Reciprocal(x[0].ToSigned(64), ReciprocalFractionBits)]));

    /// <summary>
    /// Per row of so many numbers with <paramref name="from"/> bits after the point, 1 with <paramref name="to"/> at the smallest, else 0. Of numbers nearer to each other than 2^-20 any may be taken.
    /// </summary>
    public static GarbledFunction ArgMin(int columns, int from, int to) => Known.GetOrAdd(
        ($"argmin to {to}", columns, from), _ => GarbledFunction.Of(columns, Dropped(from), (b, x) => [.. b.ArgMin(x).Select(mark => Mark(mark, to))]));

    private static int Dropped(int fractionBits) => Math.Max(0, fractionBits - ComparedFractionBits);

    private static Word Mark(Bit bit, int position) => new([.. Enumerable.Range(0, 64).Select(i => i == position ? bit : Bit.Zero)]);

    private static GarbledFunction Of(string name, int first, int second, Func<GarbledFunction> build) => Known.GetOrAdd((name, first, second), _ => build());
}
