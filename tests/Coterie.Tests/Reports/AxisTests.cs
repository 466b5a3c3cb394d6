using Coterie.Federation.Reports.Charts;
using FsCheck;
using FsCheck.Fluent;

namespace Coterie.Tests.Reports;

public sealed class AxisTests
{
    public static TheoryData<double[]> Awkward => new(
        [], [0], [5], [-5], [double.NaN], [1, double.NaN, 2], [1e300, -1e300], [double.MaxValue, double.MinValue], [double.PositiveInfinity, 0], [double.Epsilon, 0],
        [1e15, 1e15 + 1], [0.3, 0.7], [1e-12, 2e-12], [-0.1, 0.2], [0, 2.5000001], [999_999, 1_000_001]);

    [Theory]
    [MemberData(nameof(Awkward))]
    public void Linear_AwkwardValues_KeepsTheLaws(double[] values)
    {
        foreach (var unit in Enum.GetValues<Unit>().Where(u => u == Unit.None || values.All(v => v >= 0))) AssertLaws(Axis.Linear("y", values, unit), values);
    }

    [Fact]
    public void Linear_AnyTwoNumbers_KeepsTheLaws() => Check.QuickThrowOnFailure(Prop.ForAll<double, double>((a, b) => AssertLaws(Axis.Linear("y", [a, b]), [a, b])));

    [Fact]
    public void Linear_RangesOfEverySize_KeepTheLaws()
    {
        for (var exponent = -250; exponent <= 250; exponent += 7)
        {
            for (var factor = 1.0; factor < 10; factor += 0.37)
            {
                double[] values = [-0.4 * factor * Math.Pow(10, exponent), factor * Math.Pow(10, exponent)];
                AssertLaws(Axis.Linear("y", values), values);
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(1, 12)]
    [InlineData(1, 13)]
    [InlineData(1, 100)]
    [InlineData(0, 12345)]
    public void Whole_Rounds_TicksAreDistinctWholeNumbersWithin(double low, double high)
    {
        var axis = Axis.Whole("round", [low, high]);
        Assert.InRange(axis.Ticks.Length, 2, 10);
        Assert.Equal(axis.Ticks.Order().Distinct(), axis.Ticks);
        Assert.All(axis.Ticks, t => Assert.Equal(Math.Round(t), t));
        Assert.All(axis.Ticks, t => Assert.InRange(t, axis.Minimum, axis.Maximum));
        Assert.Equal(low, axis.Minimum);
        Assert.Equal(axis.Labels.Length, axis.Labels.Distinct().Count());
    }

    [Theory]
    [InlineData(1e-8, 1)]
    [InlineData(3, 4)]
    [InlineData(1, 1)]
    [InlineData(0.02, 700)]
    [InlineData(1e-200, 1e200)]
    public void Logarithmic_PositiveValues_KeepsTheLaws(double low, double high)
    {
        var axis = Axis.Logarithmic("y", [low, high, 0, -1, double.NaN]);
        Assert.InRange(axis.Ticks.Length, 2, 10);
        Assert.Equal(axis.Ticks.Order().Distinct(), axis.Ticks);
        Assert.True(axis.Minimum <= low * (1 + 1e-12) && axis.Maximum >= high * (1 - 1e-12));
        Assert.Equal(0, axis.Fraction(axis.Minimum));
        Assert.Equal(1, axis.Fraction(axis.Maximum));
        Assert.Equal(axis.Labels.Length, axis.Labels.Distinct().Count());
    }

    [Fact]
    public void Linear_KnownRange_HasTheTicksOneWouldDraw()
    {
        var axis = Axis.Linear("sent", [0, 59_500], Unit.Bytes);
        Assert.Equal(["0", "20", "40", "60"], axis.Labels.ToArray());
        Assert.Equal("sent (kB)", axis.Title);
        Assert.Equal("time (ms)", Axis.Linear("time", [0, 0.3], Unit.Seconds).Title);
        Assert.Equal(["\u2212100", "0", "100", "200", "300", "400"], Axis.Linear("y", [-20, 330]).Labels.ToArray());
        Assert.Equal("loss (\u00d7 10\u2079)", Axis.Linear("loss", [0, 2.5e9]).Title);
    }

    private static void AssertLaws(Axis axis, double[] values)
    {
        Assert.InRange(axis.Ticks.Length, 3, 10);
        Assert.Equal(axis.Ticks.Order().Distinct(), axis.Ticks);
        Assert.Equal(axis.Ticks.Length, axis.Labels.Length);
        Assert.Equal(axis.Labels.Length, axis.Labels.Distinct().Count());
        Assert.True(double.IsFinite(axis.Minimum) && double.IsFinite(axis.Maximum) && axis.Minimum < axis.Maximum);
        Assert.Equal(0, axis.Fraction(axis.Minimum));
        Assert.Equal(1, axis.Fraction(axis.Maximum));
        foreach (var value in values.Where(v => Math.Abs(v) <= 1e300)) Assert.InRange(value, axis.Minimum, axis.Maximum);
        var steps = axis.Ticks.Zip(axis.Ticks.Skip(1), (a, b) => (b / 2) - (a / 2)).ToArray();
        Assert.All(steps, s => Assert.Equal(1, s / steps[0], 1e-3));
    }
}
