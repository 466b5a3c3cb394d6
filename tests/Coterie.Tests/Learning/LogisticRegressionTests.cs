using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Learning;
using Coterie.Learning.Training;
using Coterie.Testing;

namespace Coterie.Tests.Learning;

public sealed class LogisticRegressionTests
{
    [Fact]
    public void Train_SeparableWithoutPenalty_EndsAtFiniteNumbers()
    {
        var shard = new Shard(new Matrix(6, 2, [-3, 1, -2, 0, -1, 1, 1, 0, 2, 1, 3, 0]), Matrix.Column(0, 0, 0, 1, 1, 1));
        var result = Fit(new LogisticRegression(1, LogisticPenalty.None), shard);
        Assert.All(result.Model.Function.ToVectorForTest(), value => Assert.True(double.IsFinite(value)));
        Assert.All(result.History, round => Assert.True(double.IsFinite(round.Loss!.Value) && double.IsFinite(round.Change)));
        Assert.True(result.History[^1].Loss < 1e-6);
    }

    [Fact]
    public void Update_FromAPointFarOff_ShortensStepsAndReachesTheOptimum()
    {
        // At w = 6 the curvature is almost gone and the full Newton step overshoots by far.
        var shard = new Shard(Matrix.Column(-2, -1, -0.5, 0.5, 1, 2), Matrix.Column(0, 1, 0, 1, 0, 1));
        var schema = TestData.SchemaOf(shard, 2);
        var learner = new LogisticRegression(10);
        ISummed<LogisticModel> summed = learner;
        var local = learner.Open(schema, shard);
        var model = new LogisticModel(new LinearModel(Matrix.Scalar(6), -8));
        var shortened = 0;
        var change = double.MaxValue;
        for (var index = 0; index < 40 && change > 1e-8; index++)
        {
            var round = new Round(index, 6, 1, 1);
            var through = summed.Unpack(schema, summed.Pack(model));
            Assert.Equal(model, through);
            var step = learner.Update(schema, through, local.Contribute(through, round), round);
            if (step.Model.Search is { Length: < 1 }) shortened++;
            (model, change) = (step.Model, step.Change);
        }
        Assert.InRange(shortened, 1, 10);
        Assert.Null(model.Search);
        TestData.AssertClose(Fit(learner, shard).Model.Function.ToVectorForTest(), model.Function.ToVectorForTest(), 1e-10);
    }

    [Fact]
    public void Train_DependentColumnsWithoutPenalty_PredictsAsWithOneOfThem()
    {
        double[] x = [-2, -1, -0.5, 0.5, 1, 2], y = [0, 1, 0, 1, 0, 1];
        var one = new Shard(Matrix.Column(x), Matrix.Column(y));
        var two = new Shard(new Matrix(6, 3, [.. x.SelectMany(v => new[] { v, 3 * v, 0 })]), Matrix.Column(y));
        var learner = new LogisticRegression(1, LogisticPenalty.None);
        TestData.AssertClose(
            learner.Predict(TestData.SchemaOf(one, 2), Fit(learner, one).Model, one.Features).Values,
            learner.Predict(TestData.SchemaOf(two, 2), Fit(learner, two).Model, two.Features).Values, 1e-7);
    }

    [Fact]
    public void Train_ClassWeights_EqualRepeatedRows()
    {
        var shard = new Shard(Matrix.Column(-2, -1, 0, 1, 2, 3), Matrix.Column(0, 1, 0, 0, 1, 1));
        var repeated = shard.SelectRows([0, 1, 1, 1, 2, 3, 4, 4, 4, 5, 5, 5]);
        var map = ClassWeights.Of(new Dictionary<string, double> { ["1"] = 3 });
        TestData.AssertClose(
            Fit(new LogisticRegression(2), repeated).Model.Function.ToVectorForTest(),
            Fit(new LogisticRegression(2) { ClassWeights = map }, shard).Model.Function.ToVectorForTest(), 1e-10);
        var softmax = new MultinomialLogisticRegression(2);
        TestData.AssertClose(
            Multinomial(softmax, repeated).Coefficients.Values, Multinomial(softmax with { ClassWeights = map }, shard).Coefficients.Values, 1e-10);
    }

    [Fact]
    public void Train_Balanced_CountsEveryClassTheSame()
    {
        var shard = new Shard(Matrix.Column(-2, -1, 0, 1, 2, 3), Matrix.Column(0, 1, 0, 0, 0, 1));
        var map = ClassWeights.Of(new Dictionary<string, double> { ["0"] = 6 / (2 * 4.0), ["1"] = 6 / (2 * 2.0) });
        Assert.Equal(
            Fit(new LogisticRegression { ClassWeights = map }, shard).Model.Function.ToVectorForTest(),
            Fit(new LogisticRegression { ClassWeights = ClassWeights.Balanced }, shard).Model.Function.ToVectorForTest());
        var uncounted = TestData.SchemaOf(shard, 2) with { ClassCounts = [] };
        Assert.Throws<ArgumentException>(() => new LogisticRegression { ClassWeights = ClassWeights.Balanced }.Open(uncounted, shard));
        Assert.Throws<ArgumentException>(() => new LogisticRegression { ClassWeights = ClassWeights.Of(new Dictionary<string, double> { ["7"] = 1 }) }.Open(uncounted, shard));
    }

    [Fact]
    public void Multinomial_TwoClasses_GivesTheBinaryProbabilities()
    {
        // Softmax with two vectors +-w/2 has penalty ||w||^2 / 4: half that of the binary form, so C is halved there.
        var shard = new Shard(new Matrix(6, 2, [-2, 1, -1, 0, 0, 3, 1, 1, 2, 0, 3, 2]), Matrix.Column(0, 1, 0, 0, 1, 1));
        var binary = new LogisticRegression(2);
        var softmax = new MultinomialLogisticRegression(1);
        var schema = TestData.SchemaOf(shard, 2);
        var expected = binary.Predict(schema, Fit(binary, shard).Model, shard.Features);
        TestData.AssertClose(expected.Values, softmax.Predict(schema, Multinomial(softmax, shard), shard.Features).Slice(0, 1, 6, 1).Values, 1e-10);
    }

    [Fact]
    public void Contribute_SparseRows_EqualsDenseRows()
    {
        var random = new SeededRandom(11);
        double[] x = new double[50 * 20], y = new double[50];
        for (var i = 0; i < 50; i++)
        {
            y[i] = random.NextInt32(3);
            for (var c = 0; c < 3; c++) x[(i * 20) + random.NextInt32(20)] = random.NextGaussian();
        }
        var sparse = new Shard(new Matrix(50, 20, x), Matrix.Column(y));
        // A tiny value in every cell makes the same rows dense.
        var dense = sparse with { Features = new Matrix(50, 20, [.. x.Select(v => v == 0 ? 1e-200 : v)]) };
        var schema = TestData.SchemaOf(sparse, 3);
        var learner = new MultinomialLogisticRegression();
        var model = new MultinomialModel(Matrix.Create(3, 20, w => { for (var j = 0; j < w.Length; j++) w[j] = random.NextGaussian(); }), Matrix.Column(0.1, -0.2, 0.3));
        var (one, other) = (learner.Open(schema, sparse).Contribute(model, new Round(0, 50, 1, 1)), learner.Open(schema, dense).Contribute(model, new Round(0, 50, 1, 1)));
        for (var b = 0; b < one.Count; b++) TestData.AssertClose(other.Values[b].Values, one.Values[b].Values, 1e-13);
    }

    [Fact]
    public void Contribute_Softmax_MatchesDifferences()
    {
        var random = new SeededRandom(5);
        var shard = new Shard(
            Matrix.Create(9, 2, x => { for (var i = 0; i < 18; i++) x[i] = random.NextGaussian(); }), Matrix.Column(0, 1, 2, 0, 1, 2, 2, 2, 0),
            Matrix.Create(9, 1, w => { for (var i = 0; i < 9; i++) w[i] = 0.5 + random.NextDouble(); }));
        var local = new MultinomialLogisticRegression().Open(TestData.SchemaOf(shard, 3), shard);
        double[] point = [.. Enumerable.Range(0, 9).Select(_ => random.NextGaussian())];
        Blocks<Matrix> At(double[] p) => local.Contribute(new MultinomialModel(new Matrix(3, 2, [p[1], p[2], p[4], p[5], p[7], p[8]]), Matrix.Column(p[0], p[3], p[6])), new Round(0, 9, 1, 1));
        var centre = At(point);
        for (var p = 0; p < 9; p++)
        {
            const double H = 1e-5;
            double[] up = [.. point], down = [.. point];
            (up[p], down[p]) = (up[p] + H, down[p] - H);
            Assert.Equal((At(up)["loss"][0, 0] - At(down)["loss"][0, 0]) / (2 * H), centre["gradient"].Values[p], 1e-7);
            // Off-diagonal pairs (0,1), (0,2), (1,2): d gradient_l,0 / d parameter of class k = -hessian entry of the pair.
            for (var l = 0; l < 3; l++)
            {
                var k = p / 3;
                if (k == l) continue;
                var entry = centre["hessian"][k + l - 1, p % 3];
                Assert.Equal((At(up)["gradient"].Values[l * 3] - At(down)["gradient"].Values[l * 3]) / (2 * H), -entry, 1e-7);
            }
        }
    }

    [Fact]
    public void Train_CancelledOrWithoutShards_Throws()
    {
        var shard = new Shard(Matrix.Column(1, 2), Matrix.Column(0, 1));
        var schema = TestData.SchemaOf(shard, 2);
        Assert.Throws<OperationCanceledException>(() => LocalTraining.Train(new LogisticRegression(), schema, [shard], new StopRule(5, null), 1, new CancellationToken(true)));
        Assert.Throws<ArgumentException>(() => LocalTraining.Train(new LogisticRegression(), schema, [], new StopRule(5, null), 1, default));
        Assert.Throws<ShardException>(() => new LogisticRegression().Open(schema, shard with { Targets = Matrix.Column(0, 2) }));
    }

    [ReferenceFact]
    public void Contribution_OnRealRows_KeepsBounds()
    {
        var pima = TestData.Standardized("pima_diabetes.csv", 2);
        ILearner[] learners = [new LogisticRegression(), new LogisticDescent { ClassWeights = ClassWeights.Balanced }, new MultinomialLogisticRegression()];
        foreach (var learner in learners) learner.Accept(new BoundsCheck((pima.Schema, pima.Deal(5))));
        var wine = TestData.Standardized("wine_quality_red.csv", 6);
        ((ILearner)new MultinomialLogisticRegression()).Accept(new BoundsCheck((wine.Schema, wine.Deal(5))));
        var diabetes = TestData.Standardized("diabetes_raw.csv");
        foreach (var learner in new ILearner[] { new RidgeRegression(), new RidgeDescent() }) learner.Accept(new BoundsCheck((diabetes.Schema, diabetes.Deal(5))));
    }

    private static TrainingResult<LogisticModel> Fit(LogisticRegression learner, Shard shard) =>
        LocalTraining.Train(learner, TestData.SchemaOf(shard, 2), [shard], learner.DefaultStop, 1, CancellationToken.None);

    private static MultinomialModel Multinomial(MultinomialLogisticRegression learner, Shard shard) =>
        LocalTraining.Train(learner, TestData.SchemaOf(shard, 2), [shard], learner.DefaultStop, 1, CancellationToken.None).Model;
}

internal static class LinearModelExtensions
{
    public static double[] ToVectorForTest(this LinearModel model) => [model.Intercept, .. model.Coefficients.Values];
}
