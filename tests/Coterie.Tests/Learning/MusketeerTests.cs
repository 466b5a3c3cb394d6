using System.Text.Json;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning;
using Coterie.Learning.Evaluation;
using Coterie.Learning.Training;
using Coterie.Testing;

namespace Coterie.Tests.Learning;

/// <summary>The stored models of the MUSKETEER demonstrations, on their own workers' rows.</summary>
public sealed class MusketeerTests
{
    private static readonly JsonElement Reference = References.Present ? References.Results("musketeer.json") : default;

    [ReferenceFact]
    public void RidgeRegression_PenalisedIntercept_GivesTheStoredPom6Model()
    {
        var (schema, workers) = Workers("musketeer_redwine.csv", 0);
        Assert.Equal(5, workers.Length);
        var learner = new RidgeRegression(0.001, PenalizeIntercept: true);
        var model = LocalTraining.Train(learner, schema, workers, learner.DefaultStop, 1, CancellationToken.None).Model;
        var stored = Reference.GetProperty("redwine").GetProperty("POM6_RR_stored");
        TestData.AssertClose(References.Numbers(stored.GetProperty("coef")), model.Coefficients.Values, 1e-11);
        Assert.Equal(stored.GetProperty("intercept").GetDouble(), model.Intercept, 1e-11);
        var test = RegressionEvaluation.Evaluate(learner.Predict(schema, model, Part("musketeer_redwine.csv", -2).Features), Part("musketeer_redwine.csv", -2).Targets!);
        Assert.Equal(stored.GetProperty("test").GetProperty("mse").GetDouble(), test["mse"], 1e-9);
    }

    [ReferenceTheory]
    [InlineData("pooled_logistic_C1", 1)]
    [InlineData("pooled_logistic_C1e+06", 1e6)]
    public void LogisticRegression_PimaWorkers_GivesThePooledModel(string name, double c)
    {
        var (schema, workers) = Workers("musketeer_pima.csv", 2);
        var learner = new LogisticRegression(c);
        var model = LocalTraining.Train(learner, schema, workers, learner.DefaultStop, 1, CancellationToken.None).Model;
        var expected = Reference.GetProperty("pima").GetProperty(name);
        TestData.AssertClose(References.Numbers(expected.GetProperty("coef")), model.Function.Coefficients.Values, 1e-6);
        Assert.Equal(expected.GetProperty("intercept").GetDouble(), model.Function.Intercept, 1e-6);
        CompareFigures(expected, model.Function);
    }

    [ReferenceTheory]
    [InlineData("POM4_LC_stored")]
    [InlineData("POM5_LC_stored")]
    [InlineData("POM6_LC_stored")]
    public void Evaluate_StoredPimaModel_GivesTheStoredFigures(string name)
    {
        var stored = Reference.GetProperty("pima").GetProperty(name);
        CompareFigures(stored, new LinearModel(Matrix.Column(References.Numbers(stored.GetProperty("coef"))), stored.GetProperty("intercept").GetDouble()));
    }

    private static void CompareFigures(JsonElement expected, LinearModel function)
    {
        foreach (var (part, code) in new[] { ("val", -1), ("test", -2) })
        {
            var rows = Part("musketeer_pima.csv", code);
            var metrics = BinaryEvaluation.Evaluate(new LogisticRegression().Predict(TestData.SchemaOf(rows, 2), new LogisticModel(function), rows.Features), rows.Targets!);
            foreach (var figure in expected.GetProperty(part).EnumerateObject()) Assert.Equal(figure.Value.GetDouble(), metrics[figure.Name], 1e-9);
        }
    }

    private static (Schema Schema, Shard[] Workers) Workers(string file, int classes)
    {
        Shard[] workers = [.. Enumerable.Range(0, 5).Select(k => Part(file, k))];
        return (TestData.SchemaOf(Shard.Concatenate(workers), classes), workers);
    }

    private static Shard Part(string file, int code)
    {
        var table = Table.Read(References.DataFile(file));
        return table.Where(i => table.Rows[i][0] == code).Without("part").ToShard();
    }
}
