using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Federation.Runs;
using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Learning.Kernels;
using Coterie.Learning.SupportVectors;
using Coterie.Testing;
using Xunit.Abstractions;

namespace Coterie.Conformance.Learners;

/// <summary>
/// Learners on kernels of public centres reach among five participants what they reach in local training against <c>kernel_methods.json</c>, in clear and masked,
/// and both give one model. Digits on a budget of 500 take more than a minute even in clear and stay in local training.
/// </summary>
public sealed class KernelReferenceTests(ITestOutputHelper output)
{
    [ReferenceTheory]
    [InlineData("sinc1d_like_m25_lam0.001_gamma22.22222222222222", 25, 0.001, 22.22222222222222)]
    [InlineData("sinc1d_like_m40_lam1e-05_gamma22.22222222222222", 40, 1e-5, 22.22222222222222)]
    [InlineData("sinc1d_like_m10_lam0.001_gamma5.0", 10, 0.001, 5)]
    public async Task KernelRegression_GivenCentroids_GivesTheReference(string name, int budget, double alpha, double gamma)
    {
        var table = Table.Read(References.DataFile("sinc1d_like.csv"));
        var (train, test) = Runs.Split(table);
        // Centres that all were given: everyone maps its own rows.
        var features = new RbfFeatures(budget, WidthOf(gamma, 1));
        var centroids = new RbfModel(Matrix.Column([.. Enumerable.Range(0, budget).Select(i => -1.5 + (3.0 * i / (budget - 1)))]));
        var schema = Runs.SchemaOf(table);
        Shard Map(Shard shard) => features.Transform(schema, centroids, shard);
        var expected = References.Results("kernel_methods.json").GetProperty("budget_regression").GetProperty(name);
        foreach (var outcome in await TrainAsync(Runs.Task(features.TransformSchema(schema, centroids), Map(train), new RidgeRegression(alpha), Runs.Federated, standardize: false), 1e-6))
        {
            double[] weights = [.. outcome.Model.Parameters["coefficients"].ToArray(), outcome.Model.Parameters["intercept"].Values[0]];
            Assert.InRange(Runs.RelativeError(References.Numbers(expected.GetProperty("weights")), weights), 0, 1e-6);
            Assert.Equal(expected.GetProperty("test").GetProperty("r2").GetDouble(), ModelEvaluation.Evaluate(outcome.Model, Map(test)).Metrics["r2"], 1e-8);
        }
    }

    [ReferenceFact]
    public async Task KernelRegression_Sinc_IsAsGoodAsTheKernelMachine()
    {
        var task = Workers("musketeer_sinc1D.csv", new RidgeRegression(1e-3), new RbfFeatures(40, WidthOf(22.22222222222222, 1)));
        foreach (var outcome in await TrainAsync(task, 1e-6)) InRange("1 - R2", 1 - ModelEvaluation.Evaluate(outcome.Model, Part("musketeer_sinc1D.csv", -2)).Metrics["r2"], 0, 0.0060);
    }

    [ReferenceFact]
    public async Task BudgetSvm_TwoMoons_IsAsGoodAsTheKernelMachine()
    {
        var task = Workers("musketeer_synth2D_class.csv", new SupportVectorMachine(1), new RbfFeatures(100, WidthOf(5, 2), isNormalized: true));
        foreach (var outcome in await TrainAsync(task, 1e-6)) InRange("AUC", ModelEvaluation.Evaluate(outcome.Model, Part("musketeer_synth2D_class.csv", -2)).Metrics["auc"], 0.996, 1);
    }

    [ReferenceFact]
    public async Task MulticlassBudgetSvm_Iris_IsAsGoodAsTheKernelMachine()
    {
        var table = Table.Read(References.DataFile("iris.csv"));
        var (train, test) = Runs.Split(table);
        var learner = new MulticlassSupportVectorMachine(1, SupportVectorLoss.SquaredHinge);
        var task = Behind(Runs.Task(Runs.SchemaOf(table), train, learner, Runs.Federated, seed: 1), new RbfFeatures(60, WidthOf(0.25, 4), isNormalized: true));
        foreach (var outcome in await TrainAsync(task, 1e-6)) InRange("accuracy", ModelEvaluation.Evaluate(outcome.Model, test).Metrics["accuracy"], 0.9666, 1);
    }

    /// <summary>Trains in clear and masked; models differ by what fixed point rounds.</summary>
    private async Task<TrainingOutcome[]> TrainAsync(TrainingTask task, double tolerance)
    {
        var (clear, masked) = (await FederatedTraining.RunAsync(task with { Mode = Runs.Federated }), await FederatedTraining.RunAsync(task with { Mode = Runs.Secure }));
        var difference = Runs.RelativeError(Numbers(clear), Numbers(masked));
        output.WriteLine($"{clear.Rounds} and {masked.Rounds} rounds, {clear.Elapsed} and {masked.Elapsed}; models differ by {difference:E2}");
        Assert.InRange(difference, 0, tolerance);
        return [clear, masked];
    }

    private void InRange(string name, double value, double low, double high)
    {
        output.WriteLine($"{name} {value}");
        Assert.InRange(value, low, high);
    }

    private static double[] Numbers(TrainingOutcome outcome) => [.. outcome.Model.Parameters.Values.SelectMany(v => v.ToArray())];

    /// <summary>The five owners of the MUSKETEER experiment, each with its own rows.</summary>
    private static TrainingTask Workers(string file, ILearner learner, RbfFeatures features)
    {
        var schema = Runs.SchemaOf(Table.Read(References.DataFile(file)).Without("part"));
        return Behind(Runs.Task(schema, Part(file, 0), learner, Runs.Federated, standardize: false, seed: 1), features) with
        {
            Participants = [.. Enumerable.Range(0, 5).Select(k => new ParticipantShard(new PartyId($"worker-{k}"), Part(file, k)))],
        };
    }

    private static TrainingTask Behind(TrainingTask task, RbfFeatures features) => task with { Plan = task.Plan with { Preprocessors = task.Plan.Preprocessors.Add(features) } };

    private static double WidthOf(double gamma, int features) => 1 / Math.Sqrt(2 * gamma * features);

    private static Shard Part(string file, int code)
    {
        var table = Table.Read(References.DataFile(file));
        return table.Where(i => table.Rows[i][0] == code).Without("part").ToShard();
    }
}
