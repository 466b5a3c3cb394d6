using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Learning;
using Coterie.Learning.Evaluation;

namespace Coterie.Tests.Learning;

public sealed class EvaluationTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 10)]
    [InlineData(3, 1000)]
    public void Auc_WithTies_CountsPairs(ulong seed, int levels)
    {
        var random = new SeededRandom(seed);
        double[] scores = [.. Enumerable.Range(0, 200).Select(_ => random.NextInt32(levels) / 7.0)];
        bool[] positive = [.. Enumerable.Range(0, 200).Select(_ => random.NextInt32(3) == 0)];
        double won = 0, pairs = 0;
        for (var i = 0; i < 200; i++)
            for (var j = 0; j < 200; j++)
                if (positive[i] && !positive[j])
                {
                    pairs++;
                    won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                }
        Assert.Equal(won / pairs, BinaryEvaluation.Auc(scores, positive), 1e-12);
    }

    [Fact]
    public void AveragePrecision_WithATie_SharesTheThreshold()
    {
        // Thresholds 0.9 (1 of 1), 0.5 (a tie of one positive and one negative: 2 of 3), 0.1 (3 of 4).
        var value = BinaryEvaluation.AveragePrecision([0.5, 0.1, 0.9, 0.5], [false, true, true, true]);
        Assert.Equal((1.0 / 3 * 1) + (1.0 / 3 * 2 / 3) + (1.0 / 3 * 3 / 4), value, 1e-15);
    }

    [Fact]
    public void Auc_OneClass_IsNaN()
    {
        Assert.True(double.IsNaN(BinaryEvaluation.Auc([0.1, 0.2], [true, true])));
        Assert.True(double.IsNaN(BinaryEvaluation.AveragePrecision([0.1, 0.2], [false, false])));
    }

    [Fact]
    public void Binary_ByHand_GivesEveryFigureInOrder()
    {
        var metrics = BinaryEvaluation.Evaluate(Matrix.Column(0.8, 0.5, 0.4, 0.1, 0), Matrix.Column(1, 0, 1, 0, 0));
        Assert.Equal("accuracy, balanced_accuracy, auc, average_precision, log_loss, brier", string.Join(", ", metrics.Values.Select(v => v.Key)));
        Assert.Equal(0.6, metrics["accuracy"], 1e-15);
        Assert.Equal(((1.0 / 2) + (2.0 / 3)) / 2, metrics["balanced_accuracy"], 1e-15);
        Assert.Equal(5.0 / 6, metrics["auc"], 1e-15);
        Assert.Equal(-(Math.Log(0.8) + Math.Log(0.5) + Math.Log(0.4) + Math.Log(0.9)) / 5, metrics["log_loss"], 1e-12);
        Assert.Equal((0.04 + 0.25 + 0.36 + 0.01) / 5, metrics["brier"], 1e-15);
        Assert.Equal([2L, 1, 1, 1], metrics.Confusion.SelectMany(r => r));
    }

    [Fact]
    public void Binary_SureMistake_KeepsLogLossFinite() =>
        Assert.Equal(-Math.Log(1e-15), BinaryEvaluation.Evaluate(Matrix.Column(0), Matrix.Column(1))["log_loss"], 1e-9);

    [Fact]
    public void Multiclass_ByHand_GivesEveryFigure()
    {
        var metrics = MulticlassEvaluation.Evaluate(new Matrix(4, 3, [0.5, 0.3, 0.2, 0.2, 0.2, 0.6, 0.1, 0.7, 0.2, 0.4, 0.4, 0.2]), Matrix.Column(0, 2, 2, 0));
        Assert.Equal(0.75, metrics["accuracy"], 1e-15);
        Assert.Equal((1.0 + 0.5) / 2, metrics["balanced_accuracy"], 1e-15);       // class 1 does not occur
        Assert.Equal(-(Math.Log(0.5) + Math.Log(0.6) + Math.Log(0.2) + Math.Log(0.4)) / 4, metrics["log_loss"], 1e-12);
        Assert.Equal([2L, 0, 0, 0, 0, 0, 0, 1, 1], metrics.Confusion.SelectMany(r => r));
    }

    [Fact]
    public void Regression_ByHand_GivesEveryFigure()
    {
        var metrics = RegressionEvaluation.Evaluate(Matrix.Column(1, 2, 5), Matrix.Column(1, 4, 4));
        Assert.Equal(5.0 / 3, metrics["mse"], 1e-15);
        Assert.Equal(Math.Sqrt(5.0 / 3), metrics["rmse"], 1e-15);
        Assert.Equal(1, metrics["mae"], 1e-15);
        Assert.Equal(1 - (5.0 / 6), metrics["r2"], 1e-15);
        Assert.True(double.IsNaN(RegressionEvaluation.Evaluate(Matrix.Column(1, 2), Matrix.Column(3, 3))["r2"]));
    }

    [Fact]
    public void Evaluate_WrongShapesOrClasses_Throws()
    {
        Assert.Throws<ArgumentException>(() => RegressionEvaluation.Evaluate(Matrix.Column(1, 2), Matrix.Column(1)));
        Assert.Throws<ArgumentException>(() => BinaryEvaluation.Evaluate(Matrix.Column(0.1), Matrix.Column(2)));
        Assert.Throws<ArgumentException>(() => MulticlassEvaluation.Evaluate(Matrix.Zero(1, 3), Matrix.Column(0.5)));
        Assert.Throws<ArgumentException>(() => RegressionEvaluation.Evaluate(Matrix.Zero(0, 1), Matrix.Zero(0, 1)));
    }

    [Fact]
    public void ModelEvaluation_ByTask_TakesTheRightFigures()
    {
        var rows = new Shard(Matrix.Column(0, 1), Matrix.Column(0, 1));
        var schema = TestData.SchemaOf(rows, 2);
        Assert.Equal("mse", ModelEvaluation.Evaluate(new RidgeRegression(), schema, LinearModel.Zero(1), rows).Values[0].Key);
        Assert.Equal(0.5, ModelEvaluation.Evaluate(new LogisticDescent(), schema, LinearModel.Zero(1), rows)["auc"]);
        var softmax = new MultinomialLogisticRegression();
        Assert.Equal(Math.Log(2), ModelEvaluation.Evaluate(softmax, schema, ((ISummed<MultinomialModel>)softmax).Initialize(schema, 1), rows)["log_loss"], 1e-15);
        Assert.Equal(Metrics.Empty, ModelEvaluation.Evaluate(new RidgeRegression(), schema, LinearModel.Zero(1), rows.SelectRows([])));
        Assert.Throws<ArgumentException>(() => ModelEvaluation.Evaluate(new RidgeRegression(), schema, LinearModel.Zero(1), rows with { Targets = null }));
    }
}
