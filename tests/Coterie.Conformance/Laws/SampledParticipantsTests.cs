using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Learning;
using Coterie.Privacy;
using Coterie.Privacy.Sums;

namespace Coterie.Conformance.Laws;

/// <summary>Rounds that take a part of the participants.</summary>
public sealed class SampledParticipantsTests
{
    private const int Rounds = 12;

    private static readonly ILearner<LinearModel> Learner = new LogisticDescent(0.5, Step: 0.3);

    public static TheoryData<string, Topology> Sums => new()
    {
        { ModeCatalogue.Federated, Topology.Star },
        { ModeCatalogue.SecureAggregation, Topology.Star },
        { ModeCatalogue.SecureAggregation, Topology.Ring },
    };

    [Theory]
    [MemberData(nameof(Sums))]
    public async Task RunAsync_HalfOfEight_GivesWhatTheirRowsGiveInClear(string mode, Topology topology)
    {
        var (task, schema) = Task(mode, topology, 0.5);
        var senders = new HashSet<(int Round, PartyId Sender)>();
        var network = new InProcessNetwork(task.Patience)
        {
            Intercept = e =>
            {
                var parts = e.Step.Path.Split('/');
                if (parts is [_, "learner", var round, not "next", ..] && e.From != FederatedTraining.Coordinator)
                    lock (senders) senders.Add((int.Parse(round, System.Globalization.CultureInfo.InvariantCulture), e.From));
                return e;
            },
        };
        var outcome = await FederatedTraining.RunAsync(task, network, CancellationToken.None);

        // The same rounds by hand, over the shards of those that sent anything.
        var shards = task.Participants.ToDictionary(p => p.Name, p => p.Shard);
        var model = Learner.Initialize(outcome.Model.Input, task.Plan.Seed);
        for (var index = 0; index < Rounds; index++)
        {
            var sampled = senders.Where(s => s.Round == index).Select(s => shards[s.Sender]).ToArray();
            Assert.Equal(4, sampled.Length);
            var round = new Round(index, outcome.Model.Input.TotalRows, 4, task.Plan.Seed);
            var total = sampled.Select(s => Learner.Open(outcome.Model.Input, s).Contribute(model, round)).Aggregate((a, b) => a + b);
            model = Learner.Update(outcome.Model.Input, model, total, round).Model;
        }
        double[] expected = [.. model.Coefficients.ToArray(), model.Intercept];
        double[] actual = [.. outcome.Model.Parameters["coefficients"].ToArray(), outcome.Model.Parameters["intercept"][0, 0]];
        Assert.InRange(Runs.RelativeError(expected, actual), 0, 1e-9);
        Assert.All(outcome.History.Where(h => h.Step.Path.Contains("/learner/", StringComparison.Ordinal)), h => Assert.Equal(4, h.Survivors));
        // Everybody has its turn, and sets change.
        Assert.Equal(8, senders.Select(s => s.Sender).Distinct().Count());
        Assert.True(senders.GroupBy(s => s.Round).Select(g => string.Join(',', g.Select(s => s.Sender.Name).Order(StringComparer.Ordinal))).Distinct().Count() > Rounds / 2);
    }

    [Fact]
    public async Task RunAsync_OneVanishesForGood_TheOthersGoOn()
    {
        var (task, _) = Task(ModeCatalogue.SecureAggregation, Topology.Star, 0.75);
        var leaver = task.Participants[2].Name;
        InProcessNetwork? network = null;
        network = new InProcessNetwork(TimeSpan.FromSeconds(20))
        {
            Intercept = e =>
            {
                if (e.From != leaver || !e.Step.Path.EndsWith("/masked", StringComparison.Ordinal) || !e.Step.Path.Contains("/learner/", StringComparison.Ordinal)) return e;
                network!.Disconnect(leaver);
                return null;
            },
        };
        var outcome = await FederatedTraining.RunAsync(task, network, CancellationToken.None);
        var survivors = outcome.History.Where(h => h.Step.Path.Contains("/learner/", StringComparison.Ordinal)).Select(h => h.Survivors).ToArray();
        Assert.Equal(Rounds, survivors.Length);
        Assert.All(survivors, s => Assert.InRange(s, 5, 6));
        Assert.Contains(5, survivors);
    }

    [Theory]
    [InlineData(ModeCatalogue.SharedKey)]
    [InlineData(ModeCatalogue.SeparateKeys)]
    [InlineData(ModeCatalogue.EncryptedModel)]
    public async Task RunAsync_InAModeThatTakesAll_IsRefused(string mode) =>
        Assert.Contains("all participants in every round", (await Assert.ThrowsAsync<InvalidOperationException>(() => FederatedTraining.RunAsync(Task(mode, Topology.Star, 0.5).Task))).Message, StringComparison.Ordinal);

    /// <summary>
    /// A contribution that is affine in the model follows from few numbers: sums over changing sets at as many models give each participant's. Not trained so.
    /// </summary>
    [Fact]
    public void Refusal_AffineOrWholeContributions_IsGiven()
    {
        var mode = new ModeOptions(ModeCatalogue.SecureAggregation);
        foreach (var learner in new ILearner[] { new RidgeRegression(), new RidgeDescent(), new LogisticRegression(), new KMeans(3) })
        {
            Assert.NotNull(ModeCatalogue.SamplingRefusal(mode, learner, 0.5));
            Assert.Null(ModeCatalogue.SamplingRefusal(mode, learner, 1));
        }
    }

    private static (TrainingTask Task, Schema Schema) Task(string mode, Topology topology, double fraction)
    {
        var (schema, shard) = SampleTask.For(LearningTask.BinaryClassification);
        var task = Runs.Task(schema, shard, Learner, new ModeOptions(mode) { Topology = topology }, participants: 8, standardize: false, seed: 3);
        return (task with { Plan = task.Plan with { Stop = new StopRule(Rounds, null), SampleFraction = fraction }, Patience = TimeSpan.FromSeconds(20) }, schema);
    }
}
