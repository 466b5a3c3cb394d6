using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Randomness;
using Coterie.Learning.Boosting;

namespace Coterie.Tests.Learning.Boosting;

public sealed class CutSearchTests
{
    private readonly SeededRandom _random = new(11);

    [Fact]
    public void Search_EvenCells_GivesBinsOfAboutAsManyRows()
    {
        var cells = Enumerable.Range(0, 50_000).Select(_ => _random.NextDouble()).ToArray();
        var cuts = Search(cells, 64);
        Assert.InRange(cuts.Length, 60, 63);
        Assert.All(Rows(cells, cuts), rows => Assert.InRange(rows, 1, 2 * 50_000 / 64));
    }

    /// <summary>Nine rows of ten are zero, and the rest are spread over a range a million times as wide as most of them.</summary>
    [Fact]
    public void Search_OneHeavyValueAndALongTail_GivesThatValueABinAndPartsTheTail()
    {
        double[] cells = [.. Enumerable.Repeat(0.0, 45_000), .. Enumerable.Range(0, 5_000).Select(_ => Math.Exp(14 * _random.NextDouble()))];
        var cuts = Search(cells, 100);
        var rows = Rows(cells, cuts);
        Assert.Equal(45_000, rows[0]);
        Assert.InRange(cuts.Length, 50, 99);
        Assert.All(rows.Skip(1), r => Assert.InRange(r, 1, 600));
    }

    [Fact]
    public void Search_FewValues_GivesEachABinOfItsOwn()
    {
        double[] values = [-3, -2.999, 0, 1e-3, 17, 17.5, 1000];
        // Two neighbours have a row or two: far less than a bin's share.
        double[] cells = [.. Enumerable.Range(0, 10_000).Select(i => values[i * i % 7]), 500, 500, 600];
        var present = cells.Distinct().Order().ToArray();
        var cuts = Search(cells, 255);
        Assert.Equal(present.Length - 1, cuts.Length);
        for (var i = 0; i < cuts.Length; i++) Assert.InRange(cuts[i], Math.BitIncrement(present[i]), present[i + 1]);
    }

    [Fact]
    public void Search_AsManyValuesAsBins_GivesEachItsOwnWhateverItsRows() =>
        Assert.Equal(2, Search([1, 2, .. Enumerable.Repeat(10.0, 1000)], 3).Length);

    [Fact]
    public void Search_ConstantColumnOrNoRows_HasOneBin()
    {
        Assert.Empty(Search([.. Enumerable.Repeat(5.0, 100)], 255));
        Assert.Empty(Search([.. Enumerable.Repeat(double.NaN, 100)], 255, new Column("x") { Minimum = 0, Maximum = 1 }));
    }

    [Fact]
    public void First_BinaryAndListedColumns_NeedNoSearch()
    {
        var schema = new Schema([new("b", ColumnType.Binary) { Minimum = 0, Maximum = 1 }, new("c", ColumnType.Categorical) { Values = ["p", "q", "r"], Minimum = 0, Maximum = 2 }], new("y"));
        Assert.Empty(CutSearch.Open(schema, 255));
        var cuts = CutSearch.First(schema, 255);
        Assert.Equal([0.5], cuts.Of[0].ToArray());
        Assert.Equal([0.5, 1.5], cuts.Of[1].ToArray());
    }

    [Fact]
    public void Exact_DistinctValues_AreCutHalfWay() =>
        Assert.Equal([1.5, 3.0], FeatureCuts.Exact(new Shard(Coterie.Core.Numerics.Matrix.Column(4, 1, double.NaN, 2, 1))).Of[0].ToArray());

    /// <summary>Cuts of one column as rounds of counts find them.</summary>
    private static ImmutableArray<double> Search(double[] cells, int bins, Column? column = null)
    {
        column ??= new Column("x") { Minimum = cells.Min(), Maximum = cells.Max() };
        var schema = new Schema([column], new("y")) { TotalRows = cells.Length };
        var (found, open) = (CutSearch.First(schema, bins), CutSearch.Open(schema, bins));
        for (var round = 0; ; round++)
        {
            var counts = new double[found.TotalBins];
            var lookup = new CutLookup(found.Of[0].AsSpan());
            foreach (var cell in cells)
                if (!double.IsNaN(cell)) counts[lookup.BinOf(cell)]++;
            (found, open) = CutSearch.Next(schema, found, open, counts, bins, round + 1 >= CutSearch.Rounds);
            Assert.True(round < CutSearch.Rounds);
            if (open.IsEmpty) return found.Of[0];
        }
    }

    private static int[] Rows(double[] cells, ImmutableArray<double> cuts)
    {
        var rows = new int[cuts.Length + 1];
        foreach (var cell in cells) rows[cuts.Count(c => c <= cell)]++;
        return rows;
    }
}
