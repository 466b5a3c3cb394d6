using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Learning;
using Coterie.Privacy.Sums;

namespace Coterie.Conformance.Laws;

/// <summary>What a party learns is recorded, and the recorded traffic holds no more than that.</summary>
public sealed class LeakageTests
{
    [Fact]
    public async Task Transcript_SecureAggregation_OpensSumsOverEverybodyAndModelsOnly()
    {
        var outcome = await RunAsync(Runs.Secure, new InProcessNetwork(TimeSpan.FromSeconds(20)));
        Assert.All(outcome.Openings[FederatedTraining.Coordinator], o => Assert.Equal((5, true), (o.Contributors, o.What.StartsWith("sum of contributions", StringComparison.Ordinal))));
        foreach (var participant in outcome.Roster.Participants)
            Assert.All(outcome.Openings[participant], o => Assert.StartsWith("broadcast model", o.What, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Transcript_Federated_AdmitsEverySingleContribution()
    {
        var outcome = await RunAsync(Runs.Federated, new InProcessNetwork(TimeSpan.FromSeconds(20)));
        var sums = outcome.Openings[FederatedTraining.Coordinator].Count(o => o.Contributors == 5);
        Assert.Equal(5 * sums, outcome.Openings[FederatedTraining.Coordinator].Count(o => o.Contributors == 1));
    }

    /// <summary>
    /// Every number a participant would send in clear is looked for in every message: as a double and as its fixed-point form. The mode
    /// federated shows that the search finds what is there.
    /// </summary>
    [Theory]
    [InlineData("federated", true)]
    [InlineData("secure-aggregation", false)]
    [InlineData("secure-aggregation on a ring", false)]
    [InlineData("shared-key", false)]
    [InlineData("separate-keys", false)]
    [InlineData("encrypted-data", false)]
    public async Task Traffic_SearchedForContributions_HoldsThemOnlyInClearModes(string mode, bool isFound)
    {
        var messages = new System.Collections.Concurrent.ConcurrentBag<Envelope>();
        var network = new InProcessNetwork(TimeSpan.FromSeconds(20)) { Intercept = e => { messages.Add(e with { Payload = e.Payload.ToArray() }); return e; } };
        var outcome = await RunAsync(Runs.ModeOf(mode), network);

        // The second participant's contribution to the learner: ridge sends its Gram matrix.
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        var rows = Runs.Task(schema, shard, new RidgeRegression(), Runs.Secure).Participants[1].Shard;
        var prepared = outcome.Model.Prepare(rows);
        ILearner<LinearModel> learner = new RidgeRegression();
        var round = new Round(0, outcome.Model.Input.TotalRows, 5, 0);
        var model = learner.Initialize(outcome.Model.Input, 0);
        var contribution = learner.Open(outcome.Model.Input, prepared).Contribute(model, round);
        var request = new Core.Modes.SumRequest(new StepTag("any"), learner.Layout(outcome.Model.Input, model, round), round, new byte[32]);
        var clear = ContributionCodec.Flatten(request, contribution, new PartyId("any"));
        var encoded = ContributionCodec.Encode(request, clear);
        byte[][] needles = [.. clear.Where(v => Math.Abs(v) > 1e-9 && v != Math.Round(v)).Select(BitConverter.GetBytes), .. encoded.Where(v => v << 20 != 0).Select(BitConverter.GetBytes)];
        Assert.NotEmpty(needles);
        var found = needles.Any(n => messages.Any(m => m.From.Name == "participant-1" && m.Payload.Span.IndexOf(n) >= 0));
        Assert.Equal(isFound, found);
    }

    private static Task<TrainingOutcome> RunAsync(Privacy.ModeOptions mode, InProcessNetwork network)
    {
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        return FederatedTraining.RunAsync(Runs.Task(schema, shard, new RidgeRegression(), mode), network, CancellationToken.None);
    }
}
