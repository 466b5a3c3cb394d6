using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Runs;
using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Learning.Preprocessing;
using Coterie.Testing;

namespace Coterie.Conformance.Learners;

/// <summary>Published experiments of the field, repeated in every mode; on shares of rows see <see cref="EncryptedDataReferenceTests"/>.</summary>
public sealed class PublishedExperimentTests
{
    /// <summary>DeltaML: owners 0, 2, 3 and 4 train on scaled diabetes data by gradient descent, owner 1 tests.</summary>
    [ReferenceTheory]
    [MemberData(nameof(Runs.ClearlySolvedModeNames), MemberType = typeof(Runs))]
    public async Task DeltaMl_FourOwnersTrainOneTests_ReachesThePublishedError(string mode)
    {
        var table = Table.Read(References.DataFile("deltaml_diabetes_owners.csv"));
        var learner = new RidgeDescent(0, 1.5);
        var outcome = await FederatedTraining.RunAsync(Task(table, "owner", [0, 2, 3, 4], learner, mode) with
        {
            Plan = new TrainingPlan([], learner, new StopRule(100, null), 0),
        });
        var test = ModelEvaluation.Evaluate(outcome.Model, Part(table, "owner", 1));
        Assert.Equal(3311.8456, test.Metrics["mse"], 1e-3);
        Assert.Equal(100, outcome.Rounds);
    }

    /// <summary>MUSKETEER's POM6 ridge on red wine penalises the intercept with 0.001.</summary>
    [ReferenceTheory]
    [MemberData(nameof(Runs.ClearlySolvedModeNames), MemberType = typeof(Runs))]
    public async Task MusketeerRedWine_Pom6Ridge_GivesTheStoredModel(string mode)
    {
        var stored = References.Results("musketeer.json").GetProperty("redwine").GetProperty("POM6_RR_stored");
        var table = Table.Read(References.DataFile("musketeer_redwine.csv"));
        var outcome = await FederatedTraining.RunAsync(Task(table, "part", [0, 1, 2, 3, 4], new RidgeRegression(0.001, PenalizeIntercept: true), mode));
        Assert.InRange(Runs.RelativeError(References.Numbers(stored.GetProperty("coef")), outcome.Model.Parameters["coefficients"].ToArray()), 0, 1e-9);
        foreach (var (part, code) in new[] { ("val", -1), ("test", -2) })
            Assert.Equal(stored.GetProperty(part).GetProperty("mse").GetDouble(), ModelEvaluation.Evaluate(outcome.Model, Part(table, "part", code)).Metrics["mse"], 1e-8);
    }

    [ReferenceTheory]
    [MemberData(nameof(Runs.SummingModeNames), MemberType = typeof(Runs))]
    public async Task MusketeerPima_Logistic_GivesThePooledFigures(string mode)
    {
        var pooled = References.Results("musketeer.json").GetProperty("pima").GetProperty("pooled_logistic_C1");
        var table = Table.Read(References.DataFile("musketeer_pima.csv"));
        var outcome = await FederatedTraining.RunAsync(Task(table, "part", [0, 1, 2, 3, 4], new LogisticRegression(), mode));
        Assert.InRange(Runs.RelativeError(References.Numbers(pooled.GetProperty("coef")), outcome.Model.Parameters["coefficients"].ToArray()), 0, 1e-6);
        foreach (var (part, code) in new[] { ("val", -1), ("test", -2) })
        {
            var metrics = ModelEvaluation.Evaluate(outcome.Model, Part(table, "part", code)).Metrics;
            Assert.Equal(pooled.GetProperty(part).GetProperty("auc").GetDouble(), metrics["auc"], 1e-9);
            Assert.Equal(pooled.GetProperty(part).GetProperty("accuracy").GetDouble(), metrics["accuracy"], 1e-9);
        }
    }

    /// <summary>Four hospitals with their own rows, missing values included; row i is a test row when i mod 5 = 0.</summary>
    [ReferenceTheory]
    [MemberData(nameof(Runs.SummingModeNames), MemberType = typeof(Runs))]
    public async Task HeartDisease_FourHospitals_MatchesThePooledReference(string mode)
    {
        var pooled = References.Results("preprocessing.json").GetProperty("natural_partitions").GetProperty("heart_disease_4hospitals").GetProperty("pooled");
        var table = Table.Read(References.DataFile("heart_disease_4hospitals.csv"));
        var learner = new LogisticRegression();
        var outcome = await FederatedTraining.RunAsync(Task(table.Where(i => i % 5 != 0), "hospital", [0, 1, 2, 3], learner, mode) with
        {
            Plan = new TrainingPlan([new Impute(), new Standardize()], learner, learner.DefaultStop, 0),
        });
        Assert.InRange(Runs.RelativeError(References.Numbers(pooled.GetProperty("coef_std")), outcome.Model.Parameters["coefficients"].ToArray()), 0, 1e-6);
        var test = ModelEvaluation.Evaluate(outcome.Model, table.Where(i => i % 5 == 0).Without("hospital").ToShard()).Metrics;
        Assert.Equal(pooled.GetProperty("auc").GetDouble(), test["auc"], 1e-9);
        Assert.Equal(pooled.GetProperty("accuracy").GetDouble(), test["accuracy"], 1e-9);
        Assert.Equal(pooled.GetProperty("logloss").GetDouble(), test["log_loss"], 1e-7);
    }

    private static TrainingTask Task(Table table, string column, ImmutableArray<int> trainers, ILearner learner, string mode)
    {
        var schema = Runs.SchemaOf(table.Without(column));
        return Runs.Task(schema, table.Without(column).ToShard(), learner, Runs.ModeOf(mode), standardize: false) with
        {
            Participants = [.. trainers.Select(t => new ParticipantShard(new PartyId($"owner-{t}"), Part(table, column, t)))],
        };
    }

    private static Shard Part(Table table, string column, int code)
    {
        var index = Array.IndexOf(table.Names, column);
        return table.Where(i => table.Rows[i][index] == code).Without(column).ToShard();
    }
}
