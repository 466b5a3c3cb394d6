using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Federation.Runs;
using Coterie.Federation.Training;
using Coterie.Learning;

namespace Coterie.Conformance.Laws;

/// <summary>A run that ends because its rounds are used up leaves a model like any other.</summary>
public sealed class EarlyEndTests
{
    public static TheoryData<string> ModeNames => Runs.SummingModeNames;

    [Theory]
    [MemberData(nameof(ModeNames))]
    public async Task RunAsync_EveryNumberOfRounds_GivesAModelWithoutTracesOfTheSearch(string mode)
    {
        foreach (var learner in new ILearner[] { new LogisticRegression(100), new MultinomialLogisticRegression(100), new KMeans(3) })
            foreach (var rounds in new[] { 1, 2, 4, 9, 12 })
            {
                var (schema, shard) = SampleTask.For(learner.Task);
                var task = Runs.Task(schema, shard, learner, Runs.ModeOf(mode));
                task = task with { Plan = task.Plan with { Stop = new StopRule(rounds, null) } };
                var outcome = await FederatedTraining.RunAsync(task);
                Assert.Equal(learner is KMeans ? "centroids inertia" : "coefficients intercept", string.Join(' ', outcome.Model.Parameters.Names));
                var pooled = await LocalPipeline.CentralisedAsync(task.Plan, schema, [shard], CancellationToken.None);
                Assert.Equal(pooled.Parameters.Names.ToArray(), outcome.Model.Parameters.Names.ToArray());
            }
    }

    [Fact]
    public async Task RunAsync_KMeansCutOffWhileItLooksForStarts_KeepsCentresAmongTheRows()
    {
        var (schema, shard) = SampleTask.For(LearningTask.Clustering);
        async Task<double> InertiaAsync(int rounds)
        {
            var task = Runs.Task(schema, shard, new KMeans(3), Runs.Secure);
            var outcome = await FederatedTraining.RunAsync(task with { Plan = task.Plan with { Stop = new StopRule(rounds, null) } });
            return ModelEvaluation.Evaluate(outcome.Model, shard).Metrics["inertia"];
        }

        Assert.InRange(await InertiaAsync(3), 0, 2 * await InertiaAsync(300));
    }
}
