using System.Globalization;
using System.Text.Json;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Federation.Data;
using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Testing;

namespace Coterie.Conformance.Learners;

/// <summary>Binary and multinomial logistic regression in every mode against <c>logistic_models.json</c>.</summary>
public sealed class LogisticReferenceTests
{
    public static TheoryData<string, string> Binary => Cases("pima_diabetes", "breast_cancer_wdbc", "ai4i2020");

    public static TheoryData<string, string> Multinomial => Cases("iris", "wine_cultivars", "wine_quality_red", "digits8x8", "mnist14x14_500");

    private static readonly JsonElement Reference = References.Present ? References.Results("logistic_models.json") : default;

    [ReferenceTheory]
    [MemberData(nameof(Binary))]
    public async Task RunAsync_TwoClasses_MatchesTheReferenceCoefficients(string data, string mode)
    {
        var reference = Reference.GetProperty("binary").GetProperty(data);
        var table = Table.Read(References.DataFile(data + ".csv"));
        var (train, _) = Runs.Split(table);
        foreach (var (learner, expected) in Learners(reference))
        {
            var outcome = await FederatedTraining.RunAsync(Runs.Task(Runs.SchemaOf(table), train, learner, Runs.ModeOf(mode)));
            Matches(expected, "coef_std", "intercept_std", outcome.Model);
        }
    }

    [ReferenceTheory]
    [MemberData(nameof(Multinomial))]
    public async Task RunAsync_SeveralClasses_MatchesTheReferenceCoefficients(string data, string mode)
    {
        var reference = Reference.GetProperty("multinomial").GetProperty(data);
        var table = Table.Read(References.DataFile(data + ".csv"));
        var (train, _) = Runs.Split(table);
        foreach (var entry in reference.GetProperty("l2").EnumerateObject())
        {
            var learner = new MultinomialLogisticRegression(double.Parse(entry.Name, CultureInfo.InvariantCulture));
            var outcome = await FederatedTraining.RunAsync(Runs.Task(Runs.SchemaOf(table), train, learner, Runs.ModeOf(mode)));
            var actual = outcome.Model.Parameters["coefficients"];
            // Large models are stored by their first class and their length.
            if (entry.Value.TryGetProperty("coef_class0_std", out var first)) Assert.InRange(Runs.RelativeError(References.Numbers(first), actual.Row(0).ToArray()), 0, 1e-6);
            else Assert.InRange(Runs.RelativeError([.. entry.Value.GetProperty("coef_std").EnumerateArray().SelectMany(References.Numbers)], actual.ToArray()), 0, 1e-6);
            var norm = entry.Value.GetProperty("weight_norm").GetDouble();
            Assert.Equal(1, Math.Sqrt(actual.ToArray().Sum(w => w * w)) / norm, 1e-6);
        }
    }

    [ReferenceTheory]
    [MemberData(nameof(Runs.SummingModeNames), MemberType = typeof(Runs))]
    public async Task RunAsync_A9a_MatchesTheReferenceCoefficients(string mode)
    {
        var table = DataFile.Read(References.DataFile("a9a_train.libsvm"));
        var schema = SchemaInference.Infer([table], new SchemaRequest(LearningTask.BinaryClassification));
        var train = ShardReader.Read(table, schema);
        foreach (var entry in Reference.GetProperty("binary").GetProperty("a9a").GetProperty("l2").EnumerateObject())
        {
            var learner = new LogisticRegression(double.Parse(entry.Name, CultureInfo.InvariantCulture));
            var outcome = await FederatedTraining.RunAsync(Runs.Task(schema, train, learner, Runs.ModeOf(mode), standardize: false));
            var name = entry.Value.TryGetProperty("coef_std", out _) ? ("coef_std", "intercept_std") : ("coef", "intercept");
            Matches(entry.Value, name.Item1, name.Item2, outcome.Model);
        }
    }

    private static IEnumerable<(ILearner Learner, JsonElement Expected)> Learners(JsonElement reference)
    {
        foreach (var entry in reference.GetProperty("l2").EnumerateObject())
            yield return (new LogisticRegression(double.Parse(entry.Name, CultureInfo.InvariantCulture)), entry.Value);
        if (reference.TryGetProperty("none", out var none)) yield return (new LogisticRegression(1, LogisticPenalty.None), none);
    }

    private static void Matches(JsonElement expected, string coefficients, string intercept, TrainedModel model)
    {
        Matrix actual = model.Parameters["coefficients"];
        Assert.InRange(Runs.RelativeError(References.Numbers(expected.GetProperty(coefficients)), actual.ToArray()), 0, 1e-6);
        Assert.Equal(expected.GetProperty(intercept).GetDouble(), model.Parameters["intercept"].Values[0], 1e-6 * Math.Max(1, Math.Abs(expected.GetProperty(intercept).GetDouble())));
    }

    private static TheoryData<string, string> Cases(params string[] names)
    {
        var cases = new TheoryData<string, string>();
        foreach (var name in names)
            foreach (var mode in Runs.Modes.Take(2)) cases.Add(name, mode.Mode);
        return cases;
    }
}
