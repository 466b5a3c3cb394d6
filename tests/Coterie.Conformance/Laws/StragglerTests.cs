using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Learning;
using Coterie.Privacy;

namespace Coterie.Conformance.Laws;

/// <summary>A round waits for a silent participant as long as the coordinator's patience lasts, and no longer.</summary>
public sealed class StragglerTests
{
    [Theory]
    [InlineData(ModeCatalogue.Federated, "contribution")]
    [InlineData(ModeCatalogue.SecureAggregation, "keys")]
    [InlineData(ModeCatalogue.SharedKey, "keys")]
    public async Task RunAsync_OneIsTooLateForTwoRounds_IsLeftBehindAndCatchesUp(string mode, string step)
    {
        var (schema, shard) = SampleTask.For(LearningTask.BinaryClassification);
        var task = Runs.Task(schema, shard, new LogisticDescent(0.5), new ModeOptions(mode)) with { Patience = TimeSpan.FromSeconds(3) };
        task = task with { Plan = task.Plan with { Stop = new StopRule(4, null) } };
        var late = task.Participants[3].Name;
        var network = new InProcessNetwork(task.Patience)
        {
            // What comes after the round is over might as well not have come.
            Intercept = e => e.From == late && (e.Step.Path == $"run/learner/1/{step}" || e.Step.Path == $"run/learner/2/{step}") ? null : e,
        };
        var outcome = await FederatedTraining.RunAsync(task, network, CancellationToken.None);
        Assert.Equal([5, 4, 4, 5], outcome.History.Where(h => h.Step.Path.Contains("/learner/", StringComparison.Ordinal)).Select(h => h.Survivors));
    }
}
