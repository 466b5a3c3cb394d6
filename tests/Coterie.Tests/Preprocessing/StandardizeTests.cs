using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Learning.Preprocessing;
using Coterie.Testing;

namespace Coterie.Tests.Preprocessing;

public sealed class StandardizeTests
{
    private static readonly SchemaAgreement Agreement = new(LearningTask.Regression);
    private static readonly Standardize Stage = new();

    public static TheoryData<string> DataSets =>
        References.Present ? [.. References.Results("linear_models.json").GetProperty("datasets").EnumerateObject().Select(p => p.Name)] : [];

    [ReferenceTheory]
    [MemberData(nameof(DataSets))]
    public void Train_ReferenceData_MatchesIndependentMoments(string name)
    {
        var expected = References.Results("linear_models.json").GetProperty("datasets").GetProperty(name);
        var table = Table.Read(References.DataFile(name + ".csv"))
            .Without([.. expected.GetProperty("dropped_columns").EnumerateArray().Select(c => c.GetString()!)]).Where(i => i % 5 != 0);
        var shards = Table.Deal(table.ToShard(), 5);
        foreach (var quantised in new[] { false, true })
        {
            var (schema, agreed, _) = SumDriver.Apply(Agreement, SumDriver.Of(table), shards, quantised);
            var (standardised, transformed, model) = SumDriver.Apply(Stage, schema, agreed, quantised);

            AssertClose(References.Numbers(expected.GetProperty("train_mean")), model.Means, 1e-9);
            AssertClose(References.Numbers(expected.GetProperty("train_std")), model.Deviations, 1e-9);
            SumDriver.AssertWithinSchema(standardised, transformed);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Train_TimeStamps_KeepTheirDigits(bool quantised)
    {
        var random = new SeededRandom(7);
        var offsets = Enumerable.Range(0, 1000).Select(_ => random.NextGaussian() / 1024).ToArray();
        double[] stamps = [.. offsets.Select(o => 1e6 + o)];
        // What is left of the offsets after rounding at 1e6, exactly.
        double[] kept = [.. stamps.Select(s => s - 1e6)];
        var mean = kept.Average();
        var deviation = Math.Sqrt(kept.Average(k => (k - mean) * (k - mean)));
        var shards = Table.Deal(new Shard(Matrix.Column(stamps), Matrix.Column(offsets)), 5);

        var (schema, agreed, _) = SumDriver.Apply(Agreement, SumDriver.Numeric(1), shards, quantised);
        var (standardised, transformed, model) = SumDriver.Apply(Stage, schema, agreed, quantised);

        Assert.Equal(1e6 + mean, model.Means[0], 1e-9);
        Assert.Equal(1, model.Deviations[0] / deviation, 1e-7);
        Assert.InRange(standardised.Features[0].Bound, 2, 10);
        SumDriver.AssertWithinSchema(standardised, transformed);
    }

    [Fact]
    public void Train_ShardsOrPooled_GiveTheSame()
    {
        var random = new SeededRandom(3);
        var pooled = new Shard(Matrix.Create(200, 3, v => { for (var i = 0; i < v.Length; i++) v[i] = i % 7 == 0 ? double.NaN : 50 + (random.NextGaussian() * (i % 3 + 1)); }), Matrix.Column([.. Enumerable.Range(0, 200)]));
        Shard[] uneven = [pooled.SelectRows([.. Enumerable.Range(0, 3)]), pooled.SelectRows([.. Enumerable.Range(3, 150)]), pooled.SelectRows([.. Enumerable.Range(153, 47)])];

        var schema = SumDriver.Apply(Agreement, SumDriver.Numeric(3), [pooled]).Schema;
        var one = SumDriver.Train(Stage, schema, [pooled]);
        var many = SumDriver.Train(Stage, schema, uneven);

        AssertClose([.. one.Means], many.Means, 1e-13);
        AssertClose([.. one.Deviations], many.Deviations, 1e-13);
    }

    [Fact]
    public void Update_LastRoundAfterAMeanThatWasOff_CorrectsIt()
    {
        var schema = new Schema([new Column("x") { Minimum = 0, Maximum = 8 }], null) { TotalRows = 4 };
        var (last, off) = (new Round(2, 4, 1, 1), new ColumnMoments([4], [3.5], [8], [0]));
        var shard = new Shard(Matrix.Column(1, 2, 3, 6));

        var model = Stage.Update(schema, off, Stage.Open(schema, shard).Contribute(off, last), last).Model;

        Assert.Equal((3, Math.Sqrt(3.5)), (model.Means[0], model.Deviations[0]));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.0)]
    [InlineData(-12345.678)]
    public void Apply_ConstantColumn_IsOnlyCentred(double value)
    {
        var shards = Table.Deal(new Shard(Matrix.Create(100, 1, v => v.Fill(value)), Matrix.Column([.. Enumerable.Range(0, 100)])), 3);
        var schema = SumDriver.Apply(Agreement, SumDriver.Numeric(1), shards).Schema;

        var (standardised, transformed, model) = SumDriver.Apply(Stage, schema, shards, quantised: true);

        Assert.Equal(0, model.Deviations[0]);
        Assert.All(transformed[0].Features.ToArray(), c => Assert.Equal(0, c, 1e-11));
        SumDriver.AssertWithinSchema(standardised, transformed);
        Assert.True(standardised.Features[0].Bound > 0);
    }

    [Fact]
    public void Train_ManyConstants_HaveNoDeviation()
    {
        // Means of equal cells are off by a rounding or none, depending on the number.
        double[] constants = [.. Enumerable.Range(1, 60).Select(i => Math.Pow(i, 2.7) / 7)];
        var shards = Table.Deal(new Shard(Matrix.Create(991, 60, v => { for (var i = 0; i < v.Length; i++) v[i] = constants[i % 60]; })), 7);
        var schema = SumDriver.Apply(new SchemaAgreement(LearningTask.Clustering), SumDriver.Numeric(60, withTarget: false), shards).Schema;

        Assert.All(SumDriver.Train(Stage, schema, shards).Deviations, s => Assert.Equal(0, s));
        Assert.All(SumDriver.Train(Stage, schema, shards, quantised: true).Deviations, s => Assert.Equal(0, s));
    }

    [Fact]
    public void Train_CellsEqualUpToRounding_AreConstant()
    {
        var schema = new Schema([new Column("x") { Minimum = 0, Maximum = 1 }], null) { TotalRows = 4 };

        Assert.Equal(0, SumDriver.Train(Stage, schema, [new Shard(Matrix.Column(0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2))]).Deviations[0]);
    }

    [Fact]
    public void Apply_MissingAndCategoricalCells_PassThrough()
    {
        var schema = new Schema([new Column("x") { Minimum = 0, Maximum = 9 }, new Column("c", ColumnType.Categorical) { Values = ["u", "v"] }], null) { TotalRows = 4 };
        var shard = new Shard(new Matrix(4, 2, [1, 0, double.NaN, 1, 3, double.NaN, 5, 1]));

        var (standardised, transformed, model) = SumDriver.Apply(Stage, schema, [shard]);

        Assert.Equal((3, 1), (model.Counts[0], model.Deviations[0] / Math.Sqrt(8.0 / 3)));
        Assert.True(double.IsNaN(transformed[0].Features[1, 0]));
        Assert.Equal(schema.Features[1], standardised.Features[1]);
        Assert.Equal([0, 1, double.NaN, 1], Enumerable.Range(0, 4).Select(i => transformed[0].Features[i, 1]));
    }

    private static void AssertClose(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double relative)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= relative * Math.Max(1e-3, Math.Abs(expected[i])), $"{i}: {expected[i]:R} expected, {actual[i]:R} found");
    }
}
