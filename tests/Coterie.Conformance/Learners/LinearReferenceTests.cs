using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Testing;

namespace Coterie.Conformance.Learners;

/// <summary>Ordinary and ridge regression in every mode against <c>linear_models.json</c>.</summary>
public sealed class LinearReferenceTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var data in new[] { "diabetes_raw", "diabetes_sklearn_scaled", "wine_quality_red", "california_housing", "parkinsons_telemonitoring" })
                foreach (string mode in Runs.ClearlySolvedModeNames) cases.Add(data, mode);
            return cases;
        }
    }

    [ReferenceTheory]
    [MemberData(nameof(Cases))]
    public async Task RunAsync_FiveParticipants_MatchesTheReferenceCoefficients(string data, string mode)
    {
        var reference = References.Results("linear_models.json").GetProperty("datasets").GetProperty(data);
        var table = Table.Read(References.DataFile(data + ".csv")).Without([.. reference.GetProperty("dropped_columns").EnumerateArray().Select(c => c.GetString()!)]);
        var (train, _) = Runs.Split(table);
        var ridge = reference.GetProperty("ridge").EnumerateObject().Select(p => (double.Parse(p.Name), p.Value));
        // The contribution does not depend on the penalty: every mode sums it alike, and one is enough to see so.
        if (mode != "federated") ridge = ridge.Take(1);
        foreach (var (alpha, expected) in ridge.Append((0, reference.GetProperty("ols"))))
        {
            var outcome = await FederatedTraining.RunAsync(Runs.Task(Runs.SchemaOf(table), train, new RidgeRegression(alpha), Runs.ModeOf(mode)));
            var coefficients = outcome.Model.Parameters["coefficients"].ToArray();
            Assert.InRange(Runs.RelativeError(References.Numbers(expected.GetProperty("coef_std")), coefficients), 0, 1e-6);
            Assert.Equal(expected.GetProperty("intercept_std").GetDouble(), outcome.Model.Parameters["intercept"].Values[0], 1e-6);
        }
    }
}
