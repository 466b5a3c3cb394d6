using System.Collections.Concurrent;
using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Learning;
using Coterie.Learning.Margins;
using Coterie.Learning.SupportVectors;
using Coterie.Privacy;

namespace Coterie.Conformance.Laws;

/// <summary>Training on shares of rows gives the model that would have been trained in clear, up to fixed point and what a sigmoid errs, and opens nothing else.</summary>
public sealed class EncryptedDataTests
{
    private static readonly ModeOptions Data = new(ModeCatalogue.EncryptedData);

    // A sigmoid errs by up to 2^-10; systems are solved with 20 bits after the point, comparisons and products err by their last places.
    [Theory]
    [InlineData("ridge", 1e-4)]
    [InlineData("lasso", 1e-3)]
    [InlineData("ridge-descent", 1e-4)]
    [InlineData("logistic-descent", 5e-3)]
    [InlineData("logistic-bound", 2e-2)]
    [InlineData("svm-bound", 1e-3)]
    [InlineData("svm-subgradient", 1e-3)]
    [InlineData("multi-logistic-bound", 2e-2)]
    public async Task RunAsync_HiddenLearner_GivesTheModelOfSecureAggregation(string name, double tolerance)
    {
        var learner = Learner(name);
        var expected = await RunAsync(learner, Runs.Secure);
        var actual = await RunAsync(learner, Data);
        Assert.InRange(Runs.RelativeError(Parameters(expected), Parameters(actual)), 0, tolerance);
        Assert.Equal(expected.Rounds, actual.Rounds);
    }

    private static ILearner Learner(string name) => name switch
    {
        "ridge" => new RidgeRegression(),
        "lasso" => new ElasticNet(0.1, 1),
        "ridge-descent" => new RidgeDescent(2, 0.3),
        "logistic-descent" => new LogisticDescent(1, LogisticPenalty.L2, 0.5),
        "logistic-bound" => new BoundedBinary(BoundedLoss.Logistic, 2),
        "svm-bound" => new BoundedBinary(BoundedLoss.SquaredHinge, 0.5) { Name = "linear-svm" },
        "svm-subgradient" => new SupportVectorDescent(1, 0.5),
        "multi-logistic-bound" => new BoundedMulticlass(BoundedLoss.Logistic, 2),
        "k-means" => new KMeans(3, 2, KMeansStarts.Box),
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
