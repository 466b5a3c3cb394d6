using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.Preprocessing;
using Coterie.Testing;

namespace Coterie.Tests.Preprocessing;

public sealed class ImputeTests
{
    [ReferenceTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Train_HeartDiseaseAtFourHospitals_MatchesReferenceMeans(bool quantised)
    {
        var expected = References.Numbers(References.Results("preprocessing.json").GetProperty("natural_partitions").GetProperty("heart_disease_4hospitals").GetProperty("imputation_means"));
        var table = Table.Read(References.DataFile("heart_disease_4hospitals.csv")).Where(i => i % 5 != 0);
        var rows = table.Without("hospital").ToShard();
        var shards = Enumerable.Range(0, 4).Select(h => rows.SelectRows([.. Enumerable.Range(0, rows.Rows).Where(i => table.Rows[i][0] == h)])).ToArray();
        var (schema, agreed, _) = SumDriver.Apply(new SchemaAgreement(LearningTask.BinaryClassification), SumDriver.Of(table.Without("hospital")), shards, quantised);

        var (imputed, transformed, model) = SumDriver.Apply(new Impute(), schema, agreed, quantised);
        var median = SumDriver.Train(new Impute(ImputeStrategy.Median), schema, agreed, quantised);

        for (var j = 0; j < expected.Length; j++)
        {
            Assert.Equal(expected[j], model.Values[j], 1e-9 * Math.Max(1, Math.Abs(expected[j])));
            var present = Enumerable.Range(0, rows.Rows).Select(i => rows.Features[i, j]).Where(double.IsFinite).Order().ToArray();
            Assert.Equal((present[(present.Length - 1) / 2] + present[present.Length / 2]) / 2, median.Values[j], 1e-6);
        }
        Assert.DoesNotContain(double.NaN, Shard.Concatenate(transformed).Features.ToArray());
        SumDriver.AssertWithinSchema(imputed, transformed);
        var (standardised, final, _) = SumDriver.Apply(new Standardize(), imputed, transformed, quantised);
        SumDriver.AssertWithinSchema(standardised, final);
    }

    [Fact]
    public void Train_SmallCellsAmongLarge_AreNotLost()
    {
        // The unit in the last place of 1e13 is 2e-3: plain summation drops every 1e-4.
        double[] cells = [1e13, .. Enumerable.Repeat(1e-4, 1000), -1e13];
        var schema = new Schema([new Column("x") { Minimum = -1e13, Maximum = 1e13 }], null) { TotalRows = cells.Length };

        Assert.Equal(0.1 / cells.Length, SumDriver.Train(new Impute(), schema, [new Shard(Matrix.Column(cells))]).Values[0], 1e-9);
    }

    [Fact]
    public void Transform_AfterStandardize_KeepsTheBoundOnTheMeanSquare()
    {
        var schema = SumDriver.Numeric(1, withTarget: false);
        var shards = new[] { new Shard(Matrix.Column(1, 2, 30, double.NaN, double.NaN)) };
        var (agreed, _, _) = SumDriver.Apply(new SchemaAgreement(LearningTask.Clustering), schema, shards);
        var (standardised, scaled, _) = SumDriver.Apply(new Standardize(), agreed, shards);

        var (imputed, transformed, _) = SumDriver.Apply(new Impute(ImputeStrategy.Median), standardised, scaled);

        SumDriver.AssertWithinSchema(imputed, transformed);
    }

    [Theory]
    [InlineData(ImputeStrategy.Mean)]
    [InlineData(ImputeStrategy.Median)]
    public void Train_ColumnWithoutAnyValue_NamesIt(ImputeStrategy strategy)
    {
        var schema = new Schema([new Column("full") { Minimum = 0, Maximum = 1 }, new Column("empty") { Minimum = 0, Maximum = 1 }], null) { TotalRows = 1 };

        var error = Assert.Throws<ShardException>(() => SumDriver.Train(new Impute(strategy), schema, [new Shard(new Matrix(1, 2, [1, double.NaN]))]));

        Assert.Equal("empty", error.Column);
    }
}
