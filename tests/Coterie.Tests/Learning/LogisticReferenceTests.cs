using System.Globalization;
using System.Text.Json;
using Coterie.Core.Learning;
using Coterie.Learning;
using Coterie.Learning.Evaluation;
using Coterie.Learning.Training;
using Coterie.Testing;

namespace Coterie.Tests.Learning;

/// <summary>Logistic regression against scikit-learn and statsmodels, five shards.</summary>
public sealed class LogisticReferenceTests
{
    private static readonly JsonElement Reference = References.Present ? References.Results("logistic_models.json") : default;

    [ReferenceTheory]
    [InlineData("pima_diabetes")]
    [InlineData("breast_cancer_wdbc")]
    [InlineData("ai4i2020")]
    public void LogisticRegression_FiveShards_MatchesReference(string name)
    {
        var reference = Reference.GetProperty("binary").GetProperty(name);
        var data = TestData.Standardized(name + ".csv", 2, Dropped(reference));
        foreach (var l2 in reference.GetProperty("l2").EnumerateObject())
            CompareBinary(data, new LogisticRegression(Number(l2.Name)), l2.Value, "_std");
        if (reference.TryGetProperty("none", out var none))
            CompareBinary(data, new LogisticRegression(1, LogisticPenalty.None), none, "_std");
    }

    [ReferenceFact]
    public void LogisticRegression_A9a_MatchesReference()
    {
        var train = LibSvm.Read(References.DataFile("a9a_train.libsvm"), 123);
        var data = new TestData(TestData.SchemaOf(train, 2), train, LibSvm.Read(References.DataFile("a9a_test.libsvm"), 123));
        foreach (var l2 in Reference.GetProperty("binary").GetProperty("a9a").GetProperty("l2").EnumerateObject())
            CompareBinary(data, new LogisticRegression(Number(l2.Name)), l2.Value, "");
    }

    [ReferenceTheory]
    [InlineData("iris", 3)]
    [InlineData("wine_cultivars", 3)]
    [InlineData("wine_quality_red", 6)]
    [InlineData("digits8x8", 10)]
    [InlineData("mnist14x14_500", 10)]
    public void MultinomialLogisticRegression_FiveShards_MatchesReference(string name, int classes)
    {
        var reference = Reference.GetProperty("multinomial").GetProperty(name);
        var data = TestData.Standardized(name + ".csv", classes);
        foreach (var l2 in reference.GetProperty("l2").EnumerateObject())
        {
            var learner = new MultinomialLogisticRegression(Number(l2.Name));
            var result = LocalTraining.Train(learner, data.Schema, data.Deal(5), learner.DefaultStop, 1, CancellationToken.None);
            var model = result.Model;
            TestData.AssertClose(References.Numbers(l2.Value.GetProperty("intercept")), model.Intercepts.Values, 1e-6);
            if (l2.Value.TryGetProperty("coef_class0_std", out var first)) TestData.AssertClose(References.Numbers(first), model.Coefficients.Row(0), 1e-6);
            else TestData.AssertClose([.. l2.Value.GetProperty("coef_std").EnumerateArray().SelectMany(References.Numbers)], model.Coefficients.Values, 1e-6);
            Close(l2.Value.GetProperty("weight_norm").GetDouble(), Math.Sqrt(model.Coefficients.Values.ToArray().Sum(w => w * w)));
            Close(l2.Value.GetProperty("objective").GetDouble(), result.History[^1].Loss!.Value);
            Assert.Equal("coefficients, intercept", string.Join(", ", ((ISummed<MultinomialModel>)learner).Pack(model).Names));
            CompareMetrics(l2.Value, data, rows => MulticlassEvaluation.Evaluate(learner.Predict(data.Schema, model, rows.Features), rows.Targets!));
            var confusion = MulticlassEvaluation.Evaluate(learner.Predict(data.Schema, model, data.Test.Features), data.Test.Targets!).Confusion;
            Assert.Equal(
                l2.Value.GetProperty("confusion_test_rows_true").EnumerateArray().SelectMany(References.Numbers),
                confusion.SelectMany(row => row.Select(count => (double)count)));
        }
    }

    private static void CompareBinary(TestData data, LogisticRegression learner, JsonElement expected, string suffix)
    {
        var result = LocalTraining.Train(learner, data.Schema, data.Deal(5), learner.DefaultStop, 1, CancellationToken.None);
        var model = result.Model;
        TestData.AssertClose(References.Numbers(expected.GetProperty("coef" + suffix)), model.Function.Coefficients.Values, 1e-6);
        Close(expected.GetProperty("intercept" + suffix).GetDouble(), model.Function.Intercept);
        if (expected.TryGetProperty("objective", out var objective)) Close(objective.GetDouble(), result.History[^1].Loss!.Value);
        Assert.Equal("coefficients, intercept", string.Join(", ", ((ISummed<LogisticModel>)learner).Pack(model).Names));
        Assert.True(GradientNorm(learner, data, model) <= 1e-8);
        CompareMetrics(expected, data, rows => BinaryEvaluation.Evaluate(learner.Predict(data.Schema, model, rows.Features), rows.Targets!));
    }

    /// <summary>Largest entry of the objective's gradient at the model, over the pooled rows.</summary>
    private static double GradientNorm(LogisticRegression learner, TestData data, LogisticModel model)
    {
        var gradient = ((ILearner<LogisticModel>)learner).Open(data.Schema, data.Train).Contribute(model, new Round(0, data.Train.Rows, 1, 1))["gradient"];
        var (weight, penalty) = learner.Penalty == LogisticPenalty.L2 ? (learner.C, 1.0) : (1.0, 0.0);
        var norm = Math.Abs(weight * gradient[0, 0]);
        for (var j = 1; j < gradient.Rows; j++) norm = Math.Max(norm, Math.Abs((weight * gradient[j, 0]) + (penalty * model.Function.Coefficients[j - 1, 0])));
        return norm;
    }

    private static void CompareMetrics(JsonElement expected, TestData data, Func<Shard, Metrics> evaluate)
    {
        foreach (var (part, rows) in new[] { ("train", data.Train), ("test", data.Test) })
        {
            var metrics = evaluate(rows);
            foreach (var metric in expected.GetProperty(part).EnumerateObject())
                Close(metric.Value.GetDouble(), metrics[metric.Name switch { "logloss" => "log_loss", "ap" => "average_precision", var other => other }]);
        }
    }

    private static void Close(double expected, double actual) => Assert.Equal(expected, actual, 1e-6 * Math.Max(1, Math.Abs(expected)));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string[] Dropped(JsonElement reference) =>
        reference.TryGetProperty("dropped_columns", out var dropped) ? [.. dropped.EnumerateArray().Select(e => e.GetString()!)] : [];
}
