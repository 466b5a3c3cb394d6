using System.Globalization;
using System.Text.Json;
using Coterie.Core.Numerics;
using Coterie.Learning.Evaluation;
using Coterie.Learning.Neural;
using Coterie.Learning.Training;
using Coterie.Testing;
using Xunit.Abstractions;

namespace Coterie.Tests.Learning.Neural;

/// <summary>
/// Five participants reach, within two points, what one machine reaches on pooled rows in the same number of passes (mlp.json, <c>results</c>, ten seeds): the
/// median of five seeds is inside the reference's range. Gradients: central Adam on batches of 32 rows of all participants together, which is the reference's
/// own algorithm. Averages: local Adam on batches of 6 rows, of which the five together are near the reference's 32, and five passes in a round, because
/// moments that start anew need steps to settle.
/// </summary>
public sealed class NeuralReferenceTests(ITestOutputHelper output)
{
    private const int Participants = 5, Seeds = 5;

    private static readonly JsonElement Reference = References.Present ? References.Results("mlp.json").GetProperty("results") : default;

    [ReferenceTheory]
    [InlineData("pima_diabetes", 2)]
    [InlineData("breast_cancer_wdbc", 2)]
    [InlineData("iris", 3)]
    [InlineData("wine_cultivars", 3)]
    [InlineData("digits8x8", 10)]
    [InlineData("diabetes_raw", 0)]
    [InlineData("wine_quality_red", 0)]
    public void FedSgd_CentralAdam_IsInTheReferenceRange(string name, int classes) => Check(name, classes, Learner(name, classes) with
    {
        Scheme = FederatedScheme.FedSgd,
        ServerOptimizer = ServerOptimizer.Adam,
        BatchSize = 32,
    });

    [ReferenceTheory]
    [InlineData("pima_diabetes", 2)]
    [InlineData("breast_cancer_wdbc", 2)]
    [InlineData("iris", 3)]
    [InlineData("wine_cultivars", 3)]
    [InlineData("digits8x8", 10)]
    [InlineData("diabetes_raw", 0)]
    [InlineData("wine_quality_red", 0)]
    public void FedAvg_LocalAdam_IsInTheReferenceRange(string name, int classes) => Check(name, classes, Learner(name, classes) with { BatchSize = 6, LocalEpochs = 5 });

    private static NeuralNetwork Learner(string name, int classes) => new()
    {
        Objective = classes switch { 0 => NetworkObjective.Squared, 2 => NetworkObjective.Logistic, _ => NetworkObjective.Softmax },
        Hidden = [Reference.GetProperty(name).GetProperty("hidden")[0].GetInt32()],
        Epochs = Reference.GetProperty(name).GetProperty("epochs").GetInt32(),
    };

    private void Check(string name, int classes, NeuralNetwork learner)
    {
        var data = TestData.Standardized($"{name}.csv", classes);
        var found = Enumerable.Range(1, Seeds).Select(seed =>
        {
            var trained = LocalTraining.Train(learner, data.Schema, data.Deal(Participants), learner.DefaultStop, (ulong)seed, CancellationToken.None);
            return Metrics(classes, learner.Predict(data.Schema, trained.Model, data.Test.Features), data.Test.Targets!);
        }).ToArray();
        for (var m = 0; m < found[0].Length; m++)
        {
            var (metric, values) = (found[0][m].Name, found.Select(f => f[m].Value).Order().ToArray());
            var (low, high) = Range(name, metric);
            output.WriteLine($"{metric} {string.Join(' ', values.Select(v => v.ToString("F4", CultureInfo.InvariantCulture)))}, reference {low:F4} to {high:F4}");
            var slack = classes == 0 ? 0.02 * high : 0.02;
            Assert.InRange(values[Seeds / 2], low - slack, high + slack);
        }
    }

    private static (string Name, double Value)[] Metrics(int classes, Matrix predicted, Matrix targets)
    {
        if (classes == 0) return [("test_mse", RegressionEvaluation.Evaluate(predicted, targets)["mse"])];
        var metrics = classes == 2 ? BinaryEvaluation.Evaluate(predicted, targets) : MulticlassEvaluation.Evaluate(predicted, targets);
        return [("test_accuracy", metrics["accuracy"]), ("test_logloss", metrics["log_loss"])];
    }

    private static (double Low, double High) Range(string name, string metric)
    {
        var range = Reference.GetProperty(name).GetProperty(metric);
        return (range.GetProperty("min").GetDouble(), range.GetProperty("max").GetDouble());
    }
}
