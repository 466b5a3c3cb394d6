using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning;
using Coterie.Learning.Training;

namespace Coterie.Tests.Learning;

public sealed class RidgeRegressionTests
{
    [Fact]
    public void Train_FewerRowsThanFeatures_GivesTheSmallestNorm()
    {
        // The rows differ by (1, -2, 2), of squared length 9, the targets by 9: w is the difference itself, b = 1 - w x_0.
        var model = Fit(0, new Matrix(2, 3, [1, 2, 3, 2, 0, 5]), [1, 10]);
        TestData.AssertClose([1, -2, 2], model.Coefficients.Values, 1e-12);
        Assert.Equal(-2, model.Intercept, 1e-12);
    }

    [Fact]
    public void Train_AllColumnsOfAOneHotCode_GivesGroupMeansThatSumToZero()
    {
        // Group means 1, 3 and 8 over 3, 2 and 1 rows; predictions fix w_k + b, the smallest norm has sum w = 0, so b = 4.
        var model = Fit(0, new Matrix(6, 3, [1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1]), [0, 1, 2, 2, 4, 8]);
        TestData.AssertClose([-3, -1, 4], model.Coefficients.Values, 1e-12);
        Assert.Equal(4, model.Intercept, 1e-12);
    }

    [Fact]
    public void Train_ConstantAndRepeatedColumns_SharesTheCoefficientAndLeavesTheConstant()
    {
        var model = Fit(0, new Matrix(4, 3, [1, 7.3, 1, 2, 7.3, 2, 3, 7.3, 3, 5, 7.3, 5]), [5, 9, 13, 21]);      // y = 4 x + 1
        TestData.AssertClose([2, 0, 2], model.Coefficients.Values, 1e-10);
        Assert.Equal(1, model.Intercept, 1e-10);
    }

    [Fact]
    public void Train_NoRows_GivesZero() => Assert.Equal(new LinearModel(Matrix.Zero(2, 1), 0), Fit(1, Matrix.Zero(0, 2), []));

    [Fact]
    public void Train_WholeWeights_EqualsRepeatedRows()
    {
        Matrix x = new(5, 2, [1, 4, 2, 2, 3, 5, 4, 1, 6, 2]), y = Matrix.Column(1, 4, 2, 8, 5), weights = Matrix.Column(1, 3, 0, 2, 1);
        int[] repeated = [0, 1, 1, 1, 3, 3, 4];
        foreach (var alpha in new[] { 0, 2.5 })
        {
            var weighted = Fit(alpha, new Shard(x, y, weights));
            var explicitly = Fit(alpha, new Shard(x, y).SelectRows(repeated));
            TestData.AssertClose(explicitly.Coefficients.Values, weighted.Coefficients.Values, 1e-12);
            Assert.Equal(explicitly.Intercept, weighted.Intercept, 1e-12);
        }
    }

    [Fact]
    public void Open_MissingCell_NamesColumnAndRow()
    {
        var schema = TestData.SchemaOf(new Shard(Matrix.Zero(2, 2), Matrix.Zero(2, 1)));
        var error = Assert.Throws<ShardException>(() => new RidgeRegression().Open(schema, new Shard(new Matrix(2, 2, [1, 2, 3, double.NaN]), Matrix.Zero(2, 1))));
        Assert.Equal(("x1", 1), (error.Column, error.Row));
    }

    [Fact]
    public void Layout_UnknownRange_IsRefused()
    {
        var schema = new Schema([new Column("a")], new Column("y") { Minimum = 0, Maximum = 1 }) { TotalRows = 3 };
        var error = Assert.Throws<ArgumentException>(() => new RidgeRegression().Layout(schema, LinearModel.Zero(1), new Round(0, 3, 2, 1)));
        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
    }

    private static LinearModel Fit(double alpha, Matrix features, double[] targets) => Fit(alpha, new Shard(features, Matrix.Column(targets)));

    private static LinearModel Fit(double alpha, Shard shard)
    {
        var learner = new RidgeRegression(alpha);
        return LocalTraining.Train(learner, TestData.SchemaOf(shard), [shard], learner.DefaultStop, 1, CancellationToken.None).Model;
    }
}
