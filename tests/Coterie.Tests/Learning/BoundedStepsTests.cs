using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Learning;
using Coterie.Learning.Margins;
using Coterie.Learning.SupportVectors;
using Coterie.Learning.Training;

namespace Coterie.Tests.Learning;

/// <summary>Steps by a fixed bound end where Newton's method does.</summary>
public sealed class BoundedStepsTests
{
    private const int Many = 4000;

    [Theory]
    [InlineData(0.3)]
    [InlineData(5)]
    public void Train_LogisticLoss_EndsAtNewtonsOptimum(double c)
    {
        var (schema, shards) = Rows(2);
        var expected = LocalTraining.Train(new LogisticRegression(c), schema, shards, new StopRule(100, 1e-12), 1, default).Model.Function.ToVector();
        AssertClose(expected, Function(new BoundedBinary(BoundedLoss.Logistic, c), schema, shards, Many), 1e-6);
    }

    [Fact]
    public void Train_WithoutAPenalty_EndsAtNewtonsOptimum()
    {
        var (schema, shards) = Rows(2);
        var expected = LocalTraining.Train(new LogisticRegression(1, LogisticPenalty.None), schema, shards, new StopRule(100, 1e-12), 1, default).Model.Function.ToVector();
        AssertClose(expected, Function(new BoundedBinary(BoundedLoss.Logistic, double.PositiveInfinity), schema, shards, Many), 1e-5);
    }

    [Fact]
    public void Train_SquaredHinge_EndsAtNewtonsOptimum()
    {
        var (schema, shards) = Rows(2);
        var expected = LocalTraining.Train(new SupportVectorMachine(0.5, SupportVectorLoss.SquaredHinge), schema, shards, new StopRule(100, 1e-12), 1, default).Model.Function.ToVector();
        AssertClose(expected, Function(new BoundedBinary(BoundedLoss.SquaredHinge, 0.5), schema, shards, Many), 1e-6);
    }

    /// <summary>
    /// Classes that a line parts, and little penalty: the curvature at the optimum is far below its bound, and steps without momentum would be at 0.004 of the gap after 40 rounds, not at 0.00002.
    /// </summary>
    [Fact]
    public void Train_WithMomentum_ReachesTheOptimumInFewRounds()
    {
        const double C = 100;
        var random = new SeededRandom(5);
        var features = Matrix.Create(60, 2, values => { foreach (ref var x in values) x = random.NextDouble() - 0.5; });
        var targets = Matrix.Create(60, 1, values => { for (var i = 0; i < values.Length; i++) values[i] = features[i, 0] + features[i, 1] > 0 ? 1 : 0; });
        var column = new Column("x") { Minimum = -0.5, Maximum = 0.5 };
        var schema = new Schema([column, column with { Name = "z" }], new Column("y") { Type = ColumnType.Categorical, Values = ["0", "1"] }) { TotalRows = 60 };
        double Objective(int rounds)
        {
            var w = Function(new BoundedBinary(BoundedLoss.Logistic, C), schema, [new Shard(features, targets)], rounds);
            return (((w[1, 0] * w[1, 0]) + (w[2, 0] * w[2, 0])) / 2) + (C * Enumerable.Range(0, 60).Sum(i =>
                Math.Log(1 + Math.Exp(-(targets[i, 0] == 1 ? 1 : -1) * (w[0, 0] + (w[1, 0] * features[i, 0]) + (w[2, 0] * features[i, 1]))))));
        }
        var (start, least) = (Objective(0), Objective(Many));
        var gaps = new[] { 10, 20, 40 }.Select(k => (Objective(k) - least) / (start - least)).ToArray();
        Assert.True(gaps[0] > gaps[1] && gaps[1] > gaps[2] && gaps[2] < 0.0002, string.Join(", ", gaps));
    }

    [Theory]
    [InlineData(BoundedLoss.Logistic)]
    [InlineData(BoundedLoss.SquaredHinge)]
    public void Train_SeveralClasses_AreEachTheMachineAgainstTheRest(BoundedLoss loss)
    {
        var (schema, shards) = Rows(3);
        var together = LocalTraining.Train(new BoundedMulticlass(loss, 2), schema, shards, new StopRule(30, null), 1, default).Model;
        for (var k = 0; k < 3; k++)
        {
            var binary = schema with { Target = schema.Target! with { Values = ["rest", "one"] }, ClassCounts = [] };
            var alone = shards.Select(s => new Shard(s.Features, Matrix.Create(s.Rows, 1, t =>
            {
                for (var i = 0; i < t.Length; i++) t[i] = s.Targets![i, 0] == k ? 1 : 0;
            }), s.Weights)).ToArray();
            var function = Function(new BoundedBinary(loss, 2), binary, alone, 30);
            AssertClose(function, Matrix.Scalar(together.Intercepts[k, 0]).Above(together.Coefficients.Slice(k, 0, 1, together.Coefficients.Columns).Transpose()), 1e-12);
        }
    }

    [Fact]
    public void Predict_LogisticOfSeveralClasses_GivesEachItsOwnProbabilityOverTheirSum()
    {
        var model = new MultinomialModel(Matrix.Zero(3, 1), Matrix.Column(0, 0, Math.Log(3)));
        var p = new BoundedMulticlass(BoundedLoss.Logistic).Predict(Rows(3).Schema, model, Matrix.Zero(1, 1));
        TestData.AssertClose([0.5 / 1.75, 0.5 / 1.75, 0.75 / 1.75], p.ToArray(), 1e-12);
    }

    /// <summary>Who contributes is not told what only the next step takes.</summary>
    [Fact]
    public void Told_AfterAStep_IsTheFunctionAlone()
    {
        var (schema, shards) = Rows(2);
        ILearner<LogisticModel> learner = new BoundedBinary(BoundedLoss.Logistic);
        var round = new Round(0, schema.TotalRows, 5, 1);
        var total = shards.Select(s => learner.Open(schema, s).Contribute(learner.Initialize(schema, 1), round)).Aggregate((a, b) => a + b);
        var packed = learner.Pack(learner.Update(schema, learner.Initialize(schema, 1), total, round).Model);
        Assert.Equal(["coefficients", "intercept", "inverse-bound", "reached"], packed.Names.ToArray());
        Assert.Equal(["coefficients", "intercept"], learner.Told(packed).Names.ToArray());
        Assert.Equal(["gradient"], learner.Layout(schema, learner.Unpack(schema, learner.Told(packed)), round with { Index = 1 }).Select(b => b.Name));

        ILearner<LogisticModel> newton = new LogisticRegression();
        var searching = newton.Pack(new LogisticModel(LinearModel.Zero(4)) { Search = new LineSearch(Matrix.Zero(5, 1), Matrix.Zero(5, 1), 1, 2, -3) });
        Assert.Equal(["coefficients", "intercept"], newton.Told(searching).Names.ToArray());
    }

    private static Matrix Function(BoundedBinary learner, Schema schema, Shard[] shards, int rounds) =>
        LocalTraining.Train(learner, schema, shards, new StopRule(rounds, null), 1, default).Model.Function.ToVector();

    private static void AssertClose(Matrix expected, Matrix actual, double tolerance) => TestData.AssertClose(expected.ToArray(), actual.ToArray(), tolerance);

    /// <summary>150 weighted rows of 4 features at 5 participants; classes overlap.</summary>
    private static (Schema Schema, Shard[] Shards) Rows(int classes)
    {
        var random = new SeededRandom(11);
        const int Count = 150, Features = 4;
        double[] x = new double[Count * Features], y = new double[Count], weights = new double[Count];
        for (var i = 0; i < Count; i++)
        {
            double score = 0;
            for (var j = 0; j < Features; j++) score += (x[(i * Features) + j] = random.NextGaussian() * (j + 1) / 2) * (j - 1.3);
            score += 2 * random.NextGaussian();
            y[i] = classes == 2 ? score > 0.4 ? 1 : 0 : score > 1.5 ? 2 : score > -1 ? 1 : 0;
            weights[i] = 0.5 + random.NextDouble();
        }
        var all = new Shard(new Matrix(Count, Features, x), Matrix.Column(y), Matrix.Column(weights));
        return (TestData.SchemaOf(all, classes) with { WeightBound = 1.5 }, [.. Enumerable.Range(0, 5).Select(k => all.SelectRows([.. Enumerable.Range(0, Count).Where(i => i % 5 == k)]))]);
    }
}
