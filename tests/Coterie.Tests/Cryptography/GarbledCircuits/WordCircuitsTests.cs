using System.Numerics;
using Coterie.Cryptography.GarbledCircuits;

namespace Coterie.Tests.Cryptography.GarbledCircuits;

/// <summary>Operations on words: every input at small widths, random and edges at 64.</summary>
public sealed class WordCircuitsTests
{
    private delegate Int128 Expected(ulong[] words, long[] signed, int width);

    private static void Check(Func<CircuitBuilder, Word[], Word> function, Expected expected, int words = 2, int[]? widths = null, int output = 0, bool wide = true)
    {
        foreach (var width in widths ?? (words == 1 ? [4, 5, 8] : [4, 5, 7]))
            Compare(width, Circuits.All(width, words));
        if (wide) Compare(64, Circuits.Edges(words, 640, 7));

        void Compare(int width, ulong[] rows)
        {
            var circuit = Circuits.Of(width, words, function);
            var results = Circuits.Run(circuit, width, words, rows);
            var bits = output == 0 ? width : output;
            for (var i = 0; i < results.Length; i++)
            {
                var row = rows[(i * words)..((i + 1) * words)];
                var want = Circuits.Low(expected(row, [.. row.Select(w => Circuits.Signed(w, width))], width), bits);
                Assert.True(want == results[i], $"width {width}, inputs {string.Join(", ", row)}: {results[i]} instead of {want}");
            }
        }
    }

    private static Func<CircuitBuilder, Word[], Word> One(Func<CircuitBuilder, Word[], Bit> bit) => (b, w) => new Word([bit(b, w)]);

    [Fact]
    public void Add_AllInputs_IsTheSum() => Check((b, w) => b.Add(w[0], w[1]), (u, _, _) => (Int128)u[0] + u[1]);

    [Fact]
    public void AddWithCarry_AllInputs_IsTheSum() => Check((b, w) => b.Add(w[0], w[1], w[0][0]), (u, _, _) => (Int128)u[0] + u[1] + (u[0] & 1));

    [Fact]
    public void Subtract_AllInputs_IsTheDifference() => Check((b, w) => b.Subtract(w[0], w[1]), (u, _, _) => (Int128)u[0] - u[1]);

    [Fact]
    public void Negate_AllInputs_IsTheOpposite() => Check((b, w) => b.Negate(w[0]), (_, s, _) => -(Int128)s[0], 1);

    [Fact]
    public void Abs_AllInputs_IsTheMagnitude() => Check((b, w) => b.Abs(w[0]), (_, s, _) => Int128.Abs(s[0]), 1);

    [Fact]
    public void LessUnsigned_AllInputs_Compares() => Check(One((b, w) => b.LessUnsigned(w[0], w[1])), (u, _, _) => u[0] < u[1] ? 1 : 0, output: 1);

    [Fact]
    public void LessSigned_AllInputs_Compares() => Check(One((b, w) => b.LessSigned(w[0], w[1])), (_, s, _) => s[0] < s[1] ? 1 : 0, output: 1);

    [Fact]
    public void AreEqual_AllInputs_Compares() => Check(One((b, w) => b.AreEqual(w[0], w[1])), (u, _, _) => u[0] == u[1] ? 1 : 0, output: 1);

    [Fact]
    public void IsNegative_AllInputs_IsTheSign() => Check(One((b, w) => b.IsNegative(w[0])), (_, s, _) => s[0] < 0 ? 1 : 0, 1, output: 1);

    [Fact]
    public void Select_AllInputs_Chooses() => Check((b, w) => b.Select(w[2][0], w[0], w[1]), (u, _, _) => (u[2] & 1) != 0 ? u[0] : u[1], 3, [3, 4]);

    [Fact]
    public void Min_AllInputs_IsTheSmaller() => Check((b, w) => b.Min(w[0], w[1]), (_, s, _) => Math.Min(s[0], s[1]));

    [Fact]
    public void Max_AllInputs_IsTheLarger() => Check((b, w) => b.Max(w[0], w[1]), (_, s, _) => Math.Max(s[0], s[1]));

    [Fact]
    public void Relu_AllInputs_IsThePositivePart() => Check((b, w) => b.Relu(w[0]), (_, s, _) => Math.Max(s[0], 0), 1);

    [Theory]
    [InlineData(-3, 5)]
    [InlineData(0, 4)]
    [InlineData(-8, 7)]
    [InlineData(2, 2)]
    [InlineData(-6, -1)]
    public void Clip_AllInputs_StaysInTheBounds(int lower, int upper) => Check((b, w) => b.Clip(w[0], lower, upper), (_, s, _) => Math.Clamp(s[0], lower, upper), 1);

    [Fact]
    public void MultiplyLow_AllInputs_IsTheProduct() => Check((b, w) => b.MultiplyLow(w[0], w[1]), (u, _, _) => (Int128)(ulong)unchecked(u[0] * u[1]));

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    public void MultiplyUnsigned_AllInputs_IsTheWholeProduct(int width) =>
        Check((b, w) => b.MultiplyUnsigned(w[0], w[1]), (u, _, _) => (Int128)u[0] * u[1], 2, [width], 2 * width, wide: false);

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    public void MultiplySigned_AllInputs_IsTheWholeProduct(int width) =>
        Check((b, w) => b.MultiplySigned(w[0], w[1]), (_, s, _) => (Int128)s[0] * s[1], 2, [width], 2 * width, wide: false);

    [Fact]
    public void MultiplySigned_BySingleBits_IsTheProduct() =>
        Check((b, w) => b.MultiplySigned(w[0], w[1].Slice(0, 1)), (u, s, _) => -s[0] * (long)(u[1] & 1), 2, [4], 5, wide: false);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MultiplyWide_HighHalves_AreTheFrameworks(bool signed) => Check(
        (b, w) => (signed ? b.MultiplySigned(w[0], w[1]) : b.MultiplyUnsigned(w[0], w[1])).Slice(64, 64),
        (u, s, _) => signed ? Math.BigMul(s[0], s[1], out long _) : Math.BigMul(u[0], u[1], out ulong _), widths: []);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void MultiplyFixed_AllInputs_RoundsToNearest(int fraction) => Check(
        (b, w) => b.MultiplyFixed(w[0], w[1], fraction), (_, s, _) => (((Int128)s[0] * s[1]) + (Int128.One << (fraction - 1))) >> fraction);

    [Theory]
    [InlineData(20)]
    [InlineData(63)]
    public void MultiplyFixed_At64_RoundsToNearest(int fraction) => Check(
        (b, w) => b.MultiplyFixed(w[0], w[1], fraction), (_, s, _) => (Int128)((((BigInteger)s[0] * s[1]) + (BigInteger.One << (fraction - 1))) >> fraction), widths: []);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Truncate_AllInputs_RoundsToNearest(int fraction) => Check(
        (b, w) => b.Truncate(w[0], fraction), (_, s, _) => ((Int128)s[0] + (1 << (fraction - 1))) >> fraction, 1);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(23)]
    [InlineData(1_000_003)]
    public void MultiplyConstant_AllInputs_IsTheProduct(long factor) => Check((b, w) => b.MultiplyConstant(w[0], factor, w[0].Width), (_, s, _) => (Int128)s[0] * factor, 1);

    [Fact]
    public void ShiftLeft_ByHiddenCounts_Shifts() => Check((b, w) => b.ShiftLeft(w[0], w[1].Slice(0, 3)), (u, _, _) => (Int128)u[0] << (int)(u[1] & 7));

    [Fact]
    public void ShiftRight_ByHiddenCounts_Shifts() => Check((b, w) => b.ShiftRight(w[0], w[1].Slice(0, 3)), (u, _, _) => u[0] >> (int)(u[1] & 7));

    [Fact]
    public void ShiftRightSigned_ByHiddenCounts_Shifts() => Check((b, w) => b.ShiftRightSigned(w[0], w[1].Slice(0, 3)), (_, s, _) => s[0] >> (int)(s[1] & 7));

    [Fact]
    public void ShiftLeft_BeyondTheWidth_IsZero() => Check((b, w) => b.ShiftLeft(w[0], w[1]), (u, _, width) => u[1] < (ulong)width ? (Int128)u[0] << (int)u[1] : 0);

    [Fact]
    public void Shifts_ByPublicCounts_AreThoseOfNumbers()
    {
        Check((_, w) => w[0].ShiftLeft(2), (u, _, _) => (Int128)u[0] << 2, 1);
        Check((_, w) => w[0].ShiftRight(2), (u, _, _) => u[0] >> 2, 1);
        Check((_, w) => w[0].ShiftRightSigned(2), (_, s, _) => s[0] >> 2, 1);
    }

    [Fact]
    public void Normalize_AllInputs_CountsLeadingZeros()
    {
        Check((b, w) => b.Normalize(w[0]).Mantissa, (u, _, width) => u[0] == 0 ? 0 : (Int128)u[0] << Zeros(u[0], width), 1);
        Check((b, w) => b.Normalize(w[0]).LeadingZeros.ToUnsigned(8), (u, _, width) => u[0] == 0 ? (1 << BitOperations.Log2((uint)((2 * width) - 1))) - 1 : Zeros(u[0], width), 1, output: 8);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void ArgMin_AllInputs_MarksTheFirstSmallest(int words) => Check(
        (b, w) => new Word(b.ArgMin(w)),
        (_, s, _) => (Int128)1 << Array.IndexOf(s, s.Min()),
        words, words == 5 ? [2, 3] : [4], words);

    [Fact]
    public void ArgMin_OfEight_MarksTheFirstSmallest() => Check((b, w) => new Word(b.ArgMin(w)), (_, s, _) => (Int128)1 << Array.IndexOf(s, s.Min()), 8, [2], 8);

    [Fact]
    public void Words_OfDifferentWidths_AreRefused()
    {
        var builder = new CircuitBuilder();
        Assert.Throws<ArgumentException>(() => builder.Add(builder.GarblerWord(4), builder.GarblerWord(5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Clip(builder.GarblerWord(4), -9, 0));
        Assert.Throws<ArgumentException>(() => builder.ArgMin([]));
    }

    private static int Zeros(ulong value, int width) => BitOperations.LeadingZeroCount(value) - (64 - width);
}
