using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.Preprocessing;

namespace Coterie.Tests.Preprocessing;

public sealed class SchemaAgreementTests
{
    private static readonly SchemaAgreement Regression = new(LearningTask.Regression);
    private static readonly SchemaAgreement Binary = new(LearningTask.BinaryClassification);

    private static Shard Rows(params (double X, double Y)[] rows) =>
        new(Matrix.Column([.. rows.Select(r => r.X)]), Matrix.Column([.. rows.Select(r => r.Y)]));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Apply_OpenRanges_TakesThePowerOfTwoNotExceeded(bool quantised)
    {
        var (schema, _, _) = SumDriver.Apply(Regression, SumDriver.Numeric(1), [Rows((0.7, -3), (double.NaN, 1)), Rows((-5.5, 2), (4, 8)), Rows((1, 0))], quantised);

        Assert.Equal(5, schema.TotalRows);
        Assert.Equal((-8, 8), (schema.Features[0].Minimum, schema.Features[0].Maximum));
        Assert.Equal((-8, 8), (schema.Target!.Minimum, schema.Target.Maximum));
        Assert.Equal(1, schema.WeightBound);
    }

    /// <summary>A side on which nobody has a value ends at zero; a power of two is its own bound; all zeros get the smallest bound.</summary>
    [Theory]
    [InlineData(new double[] { 3, 0, 16 }, 0, 16)]
    [InlineData(new double[] { 3, double.NaN, 16.01 }, 0, 32)]
    [InlineData(new double[] { -3, 0, -0.1 }, -4, 0)]
    [InlineData(new double[] { -0.5, 0, 0.25 }, -0.5, 0.5)]
    [InlineData(new double[] { 0, 0, 0 }, 0, 1.0 / (1 << 19))]
    public void Apply_OpenRangeOfOneSign_EndsAtZero(double[] cells, double minimum, double maximum)
    {
        var (schema, _, _) = SumDriver.Apply(Regression, SumDriver.Numeric(1), [Rows((cells[0], -3), (cells[1], 1)), Rows((cells[2], 2))], quantised: true);

        Assert.Equal((minimum, maximum), (schema.Features[0].Minimum, schema.Features[0].Maximum));
    }

    [Fact]
    public void Apply_DeclaredRange_IsKept()
    {
        var declared = new Schema([new Column("age") { Minimum = 0, Maximum = 120, IsRangeDeclared = true }], new Column("y"));

        var (schema, _, _) = SumDriver.Apply(Regression, declared, [Rows((30, 1)), Rows((120, 2))]);

        Assert.Equal(declared.Features[0], schema.Features[0]);
    }

    [Fact]
    public void Open_ValueOutsideDeclaredRange_NamesColumnRowAndRange()
    {
        var declared = new Schema([new Column("age") { Minimum = 0, Maximum = 120, IsRangeDeclared = true }], new Column("y"));

        var error = Assert.Throws<ShardException>(() => Regression.Open(declared, Rows((30, 1), (130, 2), (-1, 2))));

        Assert.Equal(("age", 1), (error.Column, error.Row));
        Assert.Contains("130", error.Message, StringComparison.Ordinal);
        Assert.Contains("[-1, 130]", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, Assert.Throws<ShardException>(() => Regression.Open(declared, Rows((30, 1), (-0.5, 2)))).Row);
    }

    [Theory]
    [InlineData(1, double.NaN)]
    [InlineData(1, double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity, 1)]
    [InlineData(1e14, 1)]
    public void Open_UnusableCell_Throws(double x, double y)
    {
        var error = Assert.Throws<ShardException>(() => Regression.Open(SumDriver.Numeric(1), Rows((0, 0), (x, y))));

        Assert.Equal(1, error.Row);
    }

    [Fact]
    public void Apply_PlusMinusOneLabels_BecomeIndicesInOrder()
    {
        var (schema, shards, model) = SumDriver.Apply(Binary, SumDriver.Numeric(1), [Rows((0, 1), (0, -1)), Rows((0, 1))], quantised: true);

        Assert.Equal(["-1", "1"], schema.Target!.Values.ToArray());
        Assert.Equal([1L, 2L], schema.ClassCounts.ToArray());
        Assert.Equal([1.0, 0.0], shards[0].Targets!.ToArray());
        var unknown = Assert.Throws<ShardException>(() => Binary.Transform(schema, model, Rows((0, 3))));
        Assert.Contains("3", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_DeclaredClasses_CountsThemAll()
    {
        var declared = SumDriver.Numeric(1) with { Target = new Column("y", ColumnType.Categorical) { Values = ["a", "b", "c"] } };

        var (schema, shards, _) = SumDriver.Apply(new SchemaAgreement(LearningTask.MulticlassClassification), declared, [Rows((0, 0), (0, 2)), Rows((0, 2))]);

        Assert.Equal([1L, 0L, 2L], schema.ClassCounts.ToArray());
        Assert.Equal(declared.Target, schema.Target);
        Assert.Equal([0.0, 2.0], shards[0].Targets!.ToArray());
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(256)]
    [InlineData(-2)]
    public void Open_LabelOffTheGrid_SaysToDeclareClasses(double label)
    {
        var error = Assert.Throws<ShardException>(() => Binary.Open(SumDriver.Numeric(1), Rows((0, label))));

        Assert.Contains("Declare the classes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Update_OneClass_Throws() =>
        Assert.Throws<ShardException>(() => SumDriver.Train(Binary, SumDriver.Numeric(1), [Rows((0, 1)), Rows((1, 1))]));

    [Fact]
    public void Update_ThreeClassesForABinaryLearner_Throws() =>
        Assert.Throws<ShardException>(() => SumDriver.Train(Binary, SumDriver.Numeric(1), [Rows((0, 1), (0, 2)), Rows((1, 3))]));

    [Fact]
    public void Update_ConstantTarget_ThrowsOnlyIfConstantEverywhere()
    {
        Assert.Throws<ShardException>(() => SumDriver.Train(Regression, SumDriver.Numeric(1), [Rows((0, 7), (1, 7)), Rows((1, 7))]));
        SumDriver.Train(Regression, SumDriver.Numeric(1), [Rows((0, 7), (1, 7)), Rows((1, 7.000001))]);
        SumDriver.Train(Regression, SumDriver.Numeric(1), [Rows((0, 7), (1, 7)), Rows((1, 7), (1, 8))]);
    }

    [Fact]
    public void Apply_Weights_AgreesTheirBound()
    {
        var weighted = Rows((0, 1), (0, 2)) with { Weights = Matrix.Column(0, 3) };

        var (schema, _, _) = SumDriver.Apply(Regression, SumDriver.Numeric(1), [weighted, weighted with { Weights = Matrix.Column(1, 0.5) }]);

        Assert.Equal(4, schema.WeightBound);
        Assert.Throws<ShardException>(() => Regression.Open(SumDriver.Numeric(1), weighted with { Weights = Matrix.Column(-1, 3) }));
    }

    [Fact]
    public void Apply_Clustering_NeedsNoTargetAndTakesEmptyShards()
    {
        var clustering = new SchemaAgreement(LearningTask.Clustering);

        var (schema, _, _) = SumDriver.Apply(clustering, SumDriver.Numeric(1, withTarget: false), [new(Matrix.Column(3)), new(Matrix.Zero(0, 1))]);

        Assert.Equal((1L, 4.0), (schema.TotalRows, schema.Features[0].Maximum));
        Assert.Throws<ShardException>(() => SumDriver.Train(clustering, SumDriver.Numeric(1, withTarget: false), [new(Matrix.Zero(0, 1))]));
    }

    [Fact]
    public void Open_CellsOfOtherTypes_AreChecked()
    {
        var binary = new Schema([new Column("b", ColumnType.Binary)], new Column("y"));
        var categorical = new Schema([new Column("c", ColumnType.Categorical) { Values = ["u", "v"] }], new Column("y"));

        Assert.Throws<ShardException>(() => Regression.Open(binary, Rows((2, 1))));
        Assert.Throws<ShardException>(() => Regression.Open(categorical, Rows((2, 1))));
        Assert.Equal((0.0, 1.0), SumDriver.Apply(Regression, binary, [Rows((1, 1), (0, 2))]).Schema.Features[0] is var c ? (c.Minimum, c.Maximum) : default);
        Assert.Equal(categorical.Features[0], SumDriver.Apply(Regression, categorical, [Rows((1, 1), (double.NaN, 2))]).Schema.Features[0]);
    }
}
