using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Training;
using Coterie.Learning;

namespace Coterie.Conformance.Laws;

/// <summary>A contribution count below the mode's minimum roster is refused.</summary>
public sealed class MinimumRosterTests
{
    public static TheoryData<string> ModeNames => Runs.ModeNames;

    [Theory]
    [MemberData(nameof(ModeNames))]
    public async Task RunAsync_TwoParticipants_IsRefused(string mode)
    {
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        var error = await Assert.ThrowsAsync<ProtocolException>(() => FederatedTraining.RunAsync(Runs.Task(schema, shard, new RidgeRegression(), Runs.ModeOf(mode), participants: 2)));
        Assert.Equal(ProtocolErrorCode.RosterTooSmall, error.Code);
    }

    [Theory]
    [MemberData(nameof(ModeNames))]
    public async Task RunAsync_FewParticipantsThatAgreeToIt_Runs(string mode)
    {
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        foreach (var participants in new[] { 1, 2 })
        {
            var outcome = await FederatedTraining.RunAsync(Runs.Task(schema, shard, new RidgeRegression(), Runs.ModeOf(mode) with { AllowSmallRoster = true }, participants: participants));
            Assert.Equal(participants, outcome.History[^1].Survivors);
        }
    }

    [Fact]
    public async Task RunAsync_AnEmptyShard_IsRefusedByName()
    {
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        var task = Runs.Task(schema, shard, new RidgeRegression(), Runs.Secure);
        var error = await Assert.ThrowsAsync<ShardException>(() => FederatedTraining.RunAsync(task with
        {
            Participants = task.Participants.SetItem(1, new ParticipantShard(new PartyId("empty-handed"), shard.SelectRows([]))),
        }));
        Assert.Contains("empty-handed", error.Message, StringComparison.Ordinal);
    }
}
