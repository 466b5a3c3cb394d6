using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Learning.Margins;
using Coterie.Learning.Neural;
using Coterie.Learning.SupportVectors;
using Coterie.Privacy;

namespace Coterie.Conformance.Laws;

/// <summary>Training on shares gives the model that would have been trained in clear, up to fixed point and what a sigmoid errs.</summary>
public sealed class SecretSharingTests
{
    private static readonly ModeOptions Shares = new(ModeCatalogue.SecretSharing);

    // A sigmoid errs by up to 2^-10; comparisons and products only by their last places.
    [Theory]
    [InlineData("ridge-descent", 1e-6)]
    [InlineData("logistic-descent", 5e-3)]
    [InlineData("logistic-bound", 2e-2)]
    [InlineData("svm-bound", 1e-4)]
    [InlineData("svm-subgradient", 1e-4)]
    [InlineData("multi-logistic-bound", 2e-2)]
    [InlineData("network", 1e-4)]
    [InlineData("logistic-network", 5e-3)]
    [InlineData("sigmoid-network", 5e-3)]
    [InlineData("multi-network", 5e-3)]
    [InlineData("multi-tanh-network", 5e-3)]
    [InlineData("k-means", 1e-4)]
    public async Task RunAsync_HiddenLearner_GivesTheModelOfSecureAggregation(string name, double tolerance)
    {
        var learner = Learner(name);
        var expected = await RunAsync(learner, Runs.Secure);
        var actual = await RunAsync(learner, Shares);
        Assert.InRange(Runs.RelativeError(Parameters(expected), Parameters(actual)), 0, tolerance);
        Assert.Equal(expected.Rounds, actual.Rounds);
    }

    [Fact]
    public async Task RunAsync_ContributionOfRowsAlone_IsOneMaskedSum() =>
        Assert.Equal(Parameters(await RunAsync(new RidgeRegression(), Runs.Secure)), Parameters(await RunAsync(new RidgeRegression(), Shares)));

    [Fact]
    public async Task RunAsync_LearnerWithoutAHiddenForm_IsRefusedWithTheReason()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => RunAsync(new LogisticRegression(), Shares));
        Assert.Contains("bound", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Participants_AreToldNothingOfTheModel()
    {
        var outcome = await RunAsync(Learner("logistic-bound"), Shares);
        foreach (var participant in outcome.Roster.Participants)
            Assert.DoesNotContain(outcome.Openings[participant], o => o.Step.Path.StartsWith("run/learner", StringComparison.Ordinal));
        // A number of rows is no contribution: reports must not say that one was seen.
        Assert.Equal(5, outcome.Openings[FederatedTraining.Coordinator].Count(o => o.What.StartsWith("how many rows", StringComparison.Ordinal) && o.Contributors == 0));
        Assert.All(
            outcome.Openings[FederatedTraining.Coordinator].Where(o => o.Step.Path.StartsWith("run/learner", StringComparison.Ordinal) && !o.What.StartsWith("how many rows", StringComparison.Ordinal)),
            o => Assert.Equal(5, o.Contributors));
    }

    internal static ILearner Learner(string name) => name switch
    {
        "ridge-descent" => new RidgeDescent(2, 0.3),
        "logistic-descent" => new LogisticDescent(1, LogisticPenalty.L2, 0.5),
        "logistic-bound" => new BoundedBinary(BoundedLoss.Logistic, 2),
        "svm-bound" => new BoundedBinary(BoundedLoss.SquaredHinge, 0.5) { Name = "linear-svm" },
        "svm-subgradient" => new SupportVectorDescent(1, 0.5),
        "multi-logistic-bound" => new BoundedMulticlass(BoundedLoss.Logistic, 2),
        "k-means" => new KMeans(3),
        "network" => new HiddenNetwork { Hidden = 4, Momentum = 0.5 },
        "logistic-network" => new HiddenNetwork { Objective = NetworkObjective.Logistic, Hidden = 4, LearningRate = 0.5, IsNesterov = true, Alpha = 0.1 },
        "sigmoid-network" => new HiddenNetwork { Objective = NetworkObjective.Logistic, Activation = Activation.Sigmoid, Hidden = 3, LearningRate = 0.5 },
        "multi-network" => new HiddenNetwork { Objective = NetworkObjective.OneVsRest, Hidden = 4, LearningRate = 0.5, Momentum = 0 },
        "multi-tanh-network" => new HiddenNetwork { Objective = NetworkObjective.OneVsRest, Activation = Activation.Tanh, Hidden = 3, LearningRate = 0.5 },
        _ => throw new ArgumentException(name),
    };

    private static async Task<TrainingOutcome> RunAsync(ILearner learner, ModeOptions mode)
    {
        var (schema, shard) = SampleTask.For(learner.Task);
        var task = Runs.Task(schema, shard, learner, mode);
        return await FederatedTraining.RunAsync(task with { Plan = task.Plan with { Stop = new StopRule(Math.Min(6, learner.DefaultStop.Rounds), null) } });
    }

    private static double[] Parameters(TrainingOutcome outcome) => [.. outcome.Model.Parameters.Values.SelectMany(v => v.ToArray())];
}
