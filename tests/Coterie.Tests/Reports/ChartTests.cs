using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using Coterie.Federation.Reports;
using Coterie.Federation.Reports.Charts;

namespace Coterie.Tests.Reports;

public sealed class ChartTests
{
    public static TheoryData<double[]> Awkward => new([], [1], [2, 2, 2], [1e300, -1e300, 4], [-3, -2, -7], [double.NaN], [1, double.NaN, 3], [double.PositiveInfinity, 1]);

    [Theory]
    [MemberData(nameof(Awkward))]
    public void Write_AwkwardValues_DrawsInsideThePicture(double[] values)
    {
        ImmutableArray<(double, double)> points = [.. values.Select((v, i) => ((double)i, v))];
        AssertInside(Draw(p => LineChart.Write(p, "l", "d", Axis.Linear("x", points.Select(q => q.Item1)), Axis.Linear("y", values), [new Series("s", points)])));
        AssertInside(Draw(p => LineChart.Write(p, "l", "d", Axis.Whole("x", points.Select(q => q.Item1)), Axis.Logarithmic("y", values), [new Series("s", points)])));
        AssertInside(Draw(p => ScatterChart.Write(p, "l", "d", ("x", "y"), points, identity: true)));
        AssertInside(Draw(p => Histogram.Write(p, "l", "d", "x", [.. values])));
        AssertInside(Draw(p => BarChart.Write(p, "l", "d", "x", Unit.None, v => NumberText.Number(v), ["s", "t"], [.. values.Select(v => new Bar($"{v}", [v, 1]))])));
    }

    [Fact]
    public void LineChart_NotANumberInside_InterruptsTheLine()
    {
        var svg = Draw(p => LineChart.Write(p, "l", "d", Axis.Linear("x", [0, 4]), Axis.Linear("y", [0, 4]), [new Series("", [(0, 1), (1, 2), (2, double.NaN), (3, 3), (4, 4)])]));
        Assert.Equal(2, svg.Descendants().Count(e => e.Name.LocalName == "path"));
        Assert.Equal(4, svg.Descendants().Count(e => e.Name.LocalName == "circle"));
    }

    [Fact]
    public void ScatterChart_ManyPoints_AreThinnedTheSameWayEachTime()
    {
        ImmutableArray<(double, double)> points = [.. Enumerable.Range(0, 100_000).Select(i => ((double)i, (double)(i % 977)))];
        XElement Once() => Draw(p => ScatterChart.Write(p, "l", "d", ("x", "y"), points, identity: false));
        Assert.Equal(ScatterChart.MostPoints, Once().Descendants().Count(e => e.Name.LocalName == "circle"));
        Assert.Equal(Once().ToString(), Once().ToString());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(2000)]
    public void Evenly_TooMany_KeepsTheEndsAndOrder(int limit)
    {
        var sample = Sampling.Evenly([.. Enumerable.Range(0, 5001)], limit);
        Assert.Equal(limit, sample.Length);
        Assert.Equal((0, 5000), (sample[0], sample[^1]));
        Assert.Equal(sample.Order().Distinct(), sample);
    }

    [Fact]
    public void BarChart_Stack_LengthsAreInProportion()
    {
        var svg = Draw(p => BarChart.Write(p, "l", "d", "x", Unit.None, v => NumberText.Number(v), ["s", "t"], [new Bar("a", [10, 30]), new Bar("b", [20, 0])]));
        var widths = svg.Descendants().Where(e => e.Name.LocalName == "rect").Select(e => Number(e, "width")).ToArray();
        Assert.Equal(3, widths.Length);
        Assert.Equal(3, widths[1] / widths[0], 0.01);
        Assert.Equal(2, widths[2] / widths[0], 0.01);
    }

    [Fact]
    public void BarChart_TooManyBars_GathersTheRestWithoutLosingAny()
    {
        var svg = Draw(p => BarChart.Write(p, "l", "d", "x", Unit.Count, v => NumberText.Count((long)v), ["s"], [.. Enumerable.Range(0, 100).Select(i => new Bar($"p{i}", [1]))]));
        Assert.Equal(BarChart.MostBars, svg.Descendants().Count(e => e.Name.LocalName == "rect"));
        Assert.Contains("61 others: 61", svg.ToString());
    }

    [Fact]
    public void Histogram_Bins_CountEveryNumberOnce()
    {
        double[] values = [-2, -1, -1, 0, 0.5, 1.99, 2, double.NaN];
        Assert.Equal([1, 2, 2, 2], Histogram.Bins(new Axis("x", -2, 2, [-2, 0, 2], ["a", "b", "c"]), values, 4).ToArray());
    }

    [Fact]
    public void HeatMap_ManyLongClasses_StaysInside()
    {
        ImmutableArray<string> names = [.. Enumerable.Range(0, 40).Select(i => $"a class with a long name {i}")];
        AssertInside(Draw(p => HeatMap.Write(p, "l", "d", new ConfusionResult(names, [[1, 2], []]))));
        AssertInside(Draw(p => HeatMap.Write(p, "l", "d", new ConfusionResult([], []))));
    }

    private static XElement Draw(Action<Markup> draw)
    {
        var page = new Markup();
        draw(page);
        return XElement.Parse(page.ToString());
    }

    private static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    private static void AssertInside(XElement svg)
    {
        var size = svg.Attribute("viewBox")!.Value.Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray();
        foreach (var attribute in svg.Descendants().Attributes())
        {
            var limit = attribute.Name.LocalName switch { "x" or "x1" or "x2" or "cx" => size[2], "y" or "y1" or "y2" or "cy" => size[3], _ => double.NaN };
            if (!double.IsNaN(limit)) Assert.InRange(double.Parse(attribute.Value, CultureInfo.InvariantCulture), 0, limit);
        }

        foreach (var rectangle in svg.Descendants().Where(e => e.Name.LocalName == "rect"))
        {
            Assert.InRange(Number(rectangle, "x") + Number(rectangle, "width"), 0, size[2] + 0.1);
            Assert.InRange(Number(rectangle, "y") + Number(rectangle, "height"), 0, size[3] + 0.1);
        }
    }
}
