using System.Collections.Immutable;
using Coterie.Conformance.Learners;
using Coterie.Conformance.Soak;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Learning.Neural;
using Coterie.Privacy;

namespace Coterie.Conformance.Laws;

/// <summary>
/// What participants remember between rounds is part of what a run gives: modes keep it under the round it is for, through restarts, rounds that took others
/// and contributions that came too late. Each run is compared with the same rounds by hand.
/// </summary>
public sealed class ErrorFeedbackTests
{
    private const int Rounds = 6;

    private static readonly NeuralNetwork Learner = new()
    {
        Objective = NetworkObjective.Logistic,
        Hidden = [6],
        BatchSize = 5,
        LearningRate = 0.02,
        Epochs = Rounds,
        Compression = UpdateCompression.Quantized,
        CompressionBits = 3,
    };

    [Theory]
    [InlineData(ModeCatalogue.Federated)]
    [InlineData(ModeCatalogue.SecureAggregation)]
    [InlineData(ModeCatalogue.SharedKey)]
    public async Task RunAsync_AllStay_GivesWhatTheirRowsGiveByHand(string mode)
    {
        var task = TaskFor(mode);
        var outcome = await FederatedTraining.RunAsync(task);
        AssertSame(ByHand(task, outcome, _ => AllOf(task), _ => AllOf(task)), outcome);
        // It is what rests are kept for: without them the model is another one.
        Assert.True(Difference(ByHand(task, outcome, _ => AllOf(task), _ => []), outcome) > 1e-4);
    }

    [Theory]
    [InlineData(ModeCatalogue.Federated)]
    [InlineData(ModeCatalogue.SecureAggregation)]
    public async Task RunAsync_HalfOfEight_KeepsWhatWaitsForTheNextTurn(string mode)
    {
        var task = TaskFor(mode, participants: 8);
        task = task with { Plan = task.Plan with { SampleFraction = 0.5 } };
        var senders = new HashSet<(int Round, PartyId Sender)>();
        var outcome = await RunAsync(task, e =>
        {
            if (RoundOf(e) is { } round && e.From != FederatedTraining.Coordinator) lock (senders) senders.Add((round, e.From));
            return e;
        });
        IReadOnlyList<PartyId> Senders(int round) => [.. AllOf(task).Where(p => senders.Contains((round, p)))];
        Assert.All(Enumerable.Range(0, Rounds), r => Assert.Equal(4, Senders(r).Count));
        AssertSame(ByHand(task, outcome, Senders, Senders), outcome);
    }

    /// <summary>Its vector of that round is lost, as without compression; what it owed from before, it still owes, and once.</summary>
    [Theory]
    [InlineData(ModeCatalogue.Federated, "contribution")]
    [InlineData(ModeCatalogue.SecureAggregation, "masked")]
    [InlineData(ModeCatalogue.SharedKey, "keys")]
    public async Task RunAsync_OneIsTooLateForARound_StillOwesWhatItOwed(string mode, string step)
    {
        const int Late = 3;
        var task = TaskFor(mode) with { Patience = TimeSpan.FromSeconds(3) };
        var late = task.Participants[3].Name;
        var outcome = await RunAsync(task, e => e.From == late && e.Step.Path == $"run/learner/{Late}/{step}" ? null : e);
        Assert.Equal([5, 5, 5, 4, 5, 5], outcome.History.Where(h => h.Step.Path.Contains("/learner/", StringComparison.Ordinal)).Select(h => h.Survivors));
        IReadOnlyList<PartyId> Added(int round) => [.. AllOf(task).Where(p => round != Late || p != late)];
        AssertSame(ByHand(task, outcome, Added, Added), outcome);
        // Had the lost vector counted as sent, or had nothing been kept of before, it would be another model.
        Assert.True(Difference(ByHand(task, outcome, Added, _ => AllOf(task), contribute: AllOf(task)), outcome) > 1e-5);
    }

    /// <summary>A participant that was drawn in no round since it was killed still has what waits.</summary>
    [Fact]
    public async Task RunAsync_KilledWhileOthersHaveTheirTurn_GivesTheUndisturbedModel()
    {
        var task = TaskFor(ModeCatalogue.Federated, participants: 8);
        task = task with { Plan = task.Plan with { SampleFraction = 0.5 } };
        var expected = BlocksCodec.ToBytes((await FederatedTraining.RunAsync(task)).Model.Parameters);
        // Everybody hears the end of every round, whether it was asked or not.
        foreach (var participant in task.Participants.Take(3))
            Assert.Equal(expected, await SoakAsync(task, FaultPlan.Single(new FrameEvent(participant.Name, Sent: false, "next"), Fault.KillAfter, after: Rounds - 2)));
    }

    /// <summary>Killed before and after it contributes to a round, and before and after it hears the round's end: the model is that of the undisturbed run, to the bit.</summary>
    [Theory]
    [InlineData(ModeCatalogue.Federated, "contribution", "next")]
    [InlineData(ModeCatalogue.SecureAggregation, "masked", "next")]
    [InlineData(ModeCatalogue.SharedKey, "masked", "total")]
    public async Task RunAsync_KilledInTheMiddleOfARound_GivesTheUndisturbedModel(string mode, string sends, string hears)
    {
        var task = TaskFor(mode, participants: 4);
        var expected = BlocksCodec.ToBytes((await FederatedTraining.RunAsync(task)).Model.Parameters);
        var victim = task.Participants[1].Name;
        var watching = FaultPlan.Watching();
        Assert.Equal(expected, await SoakAsync(task, watching));
        foreach (var (frame, fault) in new[]
        {
            (new FrameEvent(victim, Sent: true, sends), Fault.KillBefore), (new FrameEvent(victim, Sent: true, sends), Fault.KillAfter),
            (new FrameEvent(victim, Sent: false, hears), Fault.KillBefore), (new FrameEvent(victim, Sent: false, hears), Fault.KillAfter),
        })
        {
            // Its rounds take longest.
            if (mode == ModeCatalogue.SharedKey && fault == Fault.KillBefore) continue;
            // In the last round but one, when there is something to remember.
            var plan = FaultPlan.Single(frame, fault, after: watching.Seen[frame] - 2);
            Assert.Equal(expected, await SoakAsync(task, plan));
            Assert.Equal(1, plan.Injected.Values.Sum());
        }
    }

    private static async Task<byte[]> SoakAsync(TrainingTask task, FaultPlan plan)
    {
        var folder = Directory.CreateTempSubdirectory("coterie-feedback-");
        try
        {
            await using var network = new MemorySoakNetwork();
            using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            return BlocksCodec.ToBytes((await new SoakRun(task, network, plan, folder.FullName).RunAsync(bound.Token)).Parameters);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The same rounds by hand: <paramref name="added"/> enter the sum, <paramref name="settled"/> count what they rounded as sent; views are opened anew every time.</summary>
    private static Blocks<Matrix> ByHand(
        TrainingTask task, TrainingOutcome outcome, Func<int, IReadOnlyList<PartyId>> added, Func<int, IReadOnlyList<PartyId>> settled, IReadOnlyList<PartyId>? contribute = null)
    {
        var (schema, seed) = (outcome.Model.Input, task.Plan.Seed);
        var shards = task.Participants.ToDictionary(p => p.Name, p => p.Shard);
        var rests = shards.Keys.ToDictionary(p => p, _ => Blocks<Matrix>.Empty);
        var model = Learner.Initialize(schema, seed);
        for (var index = 0; index < Rounds; index++)
        {
            var round = new Round(index, schema.TotalRows, task.Plan.SampleFraction < 1 ? added(index).Count : shards.Count, seed);
            Blocks<Matrix>? total = null;
            foreach (var party in contribute ?? added(index))
            {
                var local = Learner.Open(schema, shards[party]);
                ((IRemembering)local).Memory = rests[party];
                var contribution = local.Contribute(model, round);
                if (settled(index).Contains(party)) rests[party] = ((IRemembering)local).Memory;
                if (added(index).Contains(party)) total = total is null ? contribution : total + contribution;
            }
            model = Learner.Update(schema, model, total!, round).Model;
        }
        return Learner.Pack(Learner.Finish(model));
    }

    private static TrainingTask TaskFor(string mode, int participants = 5)
    {
        var (schema, shard) = SampleTask.For(LearningTask.BinaryClassification);
        return Runs.Task(schema, shard, Learner, new ModeOptions(mode), participants, standardize: false, seed: 3) with { Patience = TimeSpan.FromSeconds(20) };
    }

    private static Task<TrainingOutcome> RunAsync(TrainingTask task, Func<Envelope, Envelope?> intercept) =>
        FederatedTraining.RunAsync(task, new InProcessNetwork(task.Patience) { Intercept = intercept }, CancellationToken.None);

    private static ImmutableArray<PartyId> AllOf(TrainingTask task) => [.. task.Participants.Select(p => p.Name)];

    private static int? RoundOf(Envelope envelope) =>
        envelope.Step.Path.Split('/') is [_, "learner", var round, not "next", ..] ? int.Parse(round, System.Globalization.CultureInfo.InvariantCulture) : null;

    private static void AssertSame(Blocks<Matrix> expected, TrainingOutcome outcome) => Assert.InRange(Difference(expected, outcome), 0, 1e-9);

    private static double Difference(Blocks<Matrix> expected, TrainingOutcome outcome) =>
        Runs.RelativeError([.. expected.Values.SelectMany(v => v.ToArray())], [.. outcome.Model.Parameters.Values.SelectMany(v => v.ToArray())]);
}
