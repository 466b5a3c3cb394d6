using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Learning;

namespace Coterie.Conformance.Laws;

/// <summary>Every wait is bounded and every run can go on where it stopped.</summary>
public sealed class ResumptionTests
{
    public static TheoryData<string> ModeNames => Runs.ModeNames;

    [Theory]
    [MemberData(nameof(ModeNames))]
    public async Task RunAsync_TheCoordinatorFallsSilent_EndsWithinItsPatience(string mode)
    {
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        var task = Runs.Task(schema, shard, new RidgeRegression(), Runs.ModeOf(mode)) with { Patience = TimeSpan.FromMilliseconds(100) };
        var silent = new InProcessNetwork(task.Patience) { Intercept = e => e.From == FederatedTraining.Coordinator ? null : e };
        var error = await Assert.ThrowsAnyAsync<Exception>(() => FederatedTraining.RunAsync(task, silent, CancellationToken.None)).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(error is ProtocolException or PeerUnavailableException, error.ToString());
    }

    [Theory]
    [MemberData(nameof(Runs.SummingModeNames), MemberType = typeof(Runs))]
    public async Task RunAsync_OneParticipantLeavesDuringTraining_TheOthersFinish(string mode)
    {
        var (schema, shard) = SampleTask.For(LearningTask.BinaryClassification);
        var task = Runs.Task(schema, shard, new LogisticRegression(), Runs.ModeOf(mode)) with { Patience = TimeSpan.FromSeconds(5) };
        var leaver = task.Participants[2].Name;
        InProcessNetwork? network = null;
        network = new InProcessNetwork(task.Patience)
        {
            Intercept = e =>
            {
                if (e.From != leaver || !e.Step.Path.StartsWith("run/learner/1/", StringComparison.Ordinal)) return e;
                network!.Disconnect(leaver);
                return null;
            },
        };
        var outcome = await FederatedTraining.RunAsync(task, network, CancellationToken.None);
        Assert.Equal(4, outcome.History[^1].Survivors);
        Assert.True(outcome.Model.Parameters["coefficients"].ToArray().All(double.IsFinite));
    }
}
