using Coterie.Core.Learning;
using Coterie.Learning;
using Coterie.Learning.Evaluation;
using Coterie.Learning.Training;
using Coterie.Testing;

namespace Coterie.Tests.Learning;

public sealed class RidgeDescentTests
{
    [ReferenceFact]
    public void Train_DeltaMlOwners_ReproducesPublishedHistory()
    {
        var reference = References.Results("deltaml.json").GetProperty("reproduction_of_3311_84");
        var owners = Table.Read(References.DataFile("deltaml_diabetes_owners.csv"));
        Shard Owner(int owner) => owners.Where(i => owners.Rows[i][0] == owner).Without("owner").ToShard();
        Shard[] shards = [Owner(0), Owner(2), Owner(3), Owner(4)];
        var validator = Owner(1);
        var schema = TestData.SchemaOf(Shard.Concatenate(shards));
        var learner = new RidgeDescent(0, 1.5);

        double[] history = [.. Enumerable.Range(0, 51).Select(i =>
        {
            var model = LocalTraining.Train(learner, schema, shards, new StopRule(2 * i, null), 1, CancellationToken.None).Model;
            return RegressionEvaluation.Evaluate(learner.Predict(schema, model, validator.Features), validator.Targets!)["mse"];
        })];

        Assert.Equal(3311.8456013504565, history[^1], 1e-6);
        TestData.AssertClose(References.Numbers(reference.GetProperty("history_every_2_iterations")), history, 1e-12);
        var final = LocalTraining.Train(learner, schema, shards, new StopRule(100, null), 1, CancellationToken.None).Model;
        TestData.AssertClose(References.Numbers(reference.GetProperty("weights")), [.. final.Coefficients.Values, final.Intercept], 1e-10);
    }
}
