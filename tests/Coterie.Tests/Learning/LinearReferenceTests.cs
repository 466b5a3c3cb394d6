using System.Globalization;
using System.Text.Json;
using Coterie.Core.Learning;
using Coterie.Learning;
using Coterie.Learning.Evaluation;
using Coterie.Learning.Training;
using Coterie.Testing;

namespace Coterie.Tests.Learning;

/// <summary>Ordinary and ridge regression against scikit-learn, five shards.</summary>
public sealed class LinearReferenceTests
{
    public static TheoryData<string> DataSets =>
        ["diabetes_raw", "diabetes_sklearn_scaled", "wine_quality_red", "california_housing", "parkinsons_telemonitoring"];

    [ReferenceTheory]
    [MemberData(nameof(DataSets))]
    public void RidgeRegression_FiveShards_MatchesReference(string name)
    {
        var reference = References.Results("linear_models.json").GetProperty("datasets").GetProperty(name);
        string[] dropped = [.. reference.GetProperty("dropped_columns").EnumerateArray().Select(e => e.GetString()!)];
        var data = TestData.Standardized(name + ".csv", 0, dropped);
        Assert.Equal(reference.GetProperty("n_train").GetInt32(), data.Train.Rows);
        Compare(data, 0, reference.GetProperty("ols"));
        foreach (var ridge in reference.GetProperty("ridge").EnumerateObject())
            Compare(data, double.Parse(ridge.Name, CultureInfo.InvariantCulture), ridge.Value);
    }

    [ReferenceFact]
    public void RidgeRegression_UnstandardisedData_MatchesReference()
    {
        var reference = References.Results("linear_models.json").GetProperty("datasets").GetProperty("diabetes_raw").GetProperty("ols");
        var train = Table.Read(References.DataFile("diabetes_raw.csv")).Where(i => i % 5 != 0).ToShard();
        var model = Fit(new RidgeRegression(0), TestData.SchemaOf(train), Table.Deal(train, 5));
        TestData.AssertClose(References.Numbers(reference.GetProperty("coef_raw")), model.Coefficients.Values, 1e-9);
        Assert.Equal(reference.GetProperty("intercept_raw").GetDouble(), model.Intercept, 1e-7);
    }

    private static void Compare(TestData data, double alpha, JsonElement expected)
    {
        var learner = new RidgeRegression(alpha);
        var model = Fit(learner, data.Schema, data.Deal(5));
        TestData.AssertClose(References.Numbers(expected.GetProperty("coef_std")), model.Coefficients.Values, 1e-6);
        Assert.Equal(expected.GetProperty("intercept_std").GetDouble(), model.Intercept, 1e-6 * Math.Abs(model.Intercept));
        foreach (var (part, rows) in new[] { ("train", data.Train), ("test", data.Test) })
        {
            var metrics = RegressionEvaluation.Evaluate(learner.Predict(data.Schema, model, rows.Features), rows.Targets!);
            foreach (var metric in expected.GetProperty(part).EnumerateObject())
                Assert.Equal(metric.Value.GetDouble(), metrics[metric.Name], 1e-6 * Math.Max(1, Math.Abs(metric.Value.GetDouble())));
        }
    }

    private static LinearModel Fit(RidgeRegression learner, Schema schema, Shard[] shards) =>
        LocalTraining.Train(learner, schema, shards, learner.DefaultStop, 1, CancellationToken.None).Model;
}
