using Coterie.EndToEnd.Links;
using Coterie.Federation.Runs;
using Coterie.Federation.Runs.Planning;
using Coterie.Federation.Tasks;
using Coterie.Federation.Training;

namespace Coterie.EndToEnd.Nodes;

/// <summary>Parties as processes over TLS, directly and with 20 ms and 100 Mbit between each of them and the coordinator: the model is the same, and what is sent is what was planned.</summary>
public sealed class SlowLinkTests
{
    [Theory]
    [InlineData("secret-sharing", "{ name: logistic-regression, solver: bound }")]
    [InlineData("encrypted-model, key-bits: 2048", "{ name: ridge-regression, solver: gradient-descent, step: 0.3 }")]
    [InlineData("encrypted-data", "{ name: ridge-regression, solver: gradient-descent, step: 0.3 }")]
    public async Task Run_OnHiddenValues_OverSlowLinks_SendsWhatIsPlannedToTheMessage(string mode, string learner)
    {
        using var place = new Workspace();
        var isBinary = learner.Contains("logistic", StringComparison.Ordinal);
        place.WriteData(rows: 30, cell: (i, name) => isBinary && name == "y" ? i % 3 == 0 ? "1" : "0" : "");
        place.WriteTask(learner, privacy: $"{{ mode: {mode} }}", participants: "{ count: 3, by: round-robin }", more: "stop: { rounds: 2 }\n");
        var task = PreparedTask.Prepare(TaskFile.Load(place["task.yaml"]), 1);
        var plan = await RunPlan.OfAsync(task, CancellationToken.None);

        var direct = await LinkedRun.RunAsync(task, isSlow: false);
        var slow = await LinkedRun.RunAsync(task, isSlow: true);

        AssertPlanned(plan, direct.Outcome);
        AssertPlanned(plan, slow.Outcome);
        // Masks decide over the last places.
        foreach (var (expected, actual) in Parameters(direct.Outcome).Zip(Parameters(slow.Outcome))) Assert.InRange((actual - expected) / Math.Max(1, Math.Abs(expected)), -1e-4, 1e-4);
        // All of it went over the links: every party's connection, and more than the payload.
        Assert.Equal((0, 0), (direct.Connections, direct.LinkBytes));
        Assert.InRange(slow.Connections, slow.Outcome.Roster.Parties.Length - 1, 1000);
        Assert.InRange(slow.LinkBytes, slow.Outcome.Roster.Parties.Sum(p => slow.Outcome.Traffic.SentBy(p.Id)), long.MaxValue);
    }

    /// <summary>Bytes and messages, of every party, as it counted them itself and as the others did.</summary>
    private static void AssertPlanned(RunPlan plan, TrainingOutcome outcome)
    {
        var (expected, traffic, roster) = (plan.Over(outcome.Rounds), outcome.Traffic, outcome.Roster);
        Assert.Equal(2, outcome.Rounds);
        Assert.All(roster.Participants, p => Assert.Equal((expected.EachParticipant, expected.Messages.EachParticipant), (traffic.SentBy(p), traffic.MessagesSentBy(p))));
        Assert.Equal((expected.Coordinator, expected.Messages.Coordinator), (traffic.SentBy(roster.Coordinator), traffic.MessagesSentBy(roster.Coordinator)));
        if (roster.Helper is { } helper) Assert.Equal((expected.Helper, expected.Messages.Helper), (traffic.SentBy(helper), traffic.MessagesSentBy(helper)));
        Assert.Equal(roster.Parties.Sum(p => traffic.SentBy(p.Id)), roster.Parties.Sum(p => traffic.ReceivedBy(p.Id)));
        Assert.Equal(roster.Parties.Sum(p => traffic.MessagesSentBy(p.Id)), roster.Parties.Sum(p => traffic.MessagesReceivedBy(p.Id)));
    }

    private static double[] Parameters(TrainingOutcome outcome) => [.. outcome.Model.Parameters.Values.SelectMany(v => v.ToArray())];
}
