using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Coterie.Conformance.Attacks;
using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Learning;
using Coterie.Learning.Margins;
using Coterie.Learning.SupportVectors;
using Coterie.Privacy;
using Coterie.Privacy.EncryptedData;
using Coterie.Privacy.SecretSharing;
using Coterie.Privacy.TwoParty;

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
    [InlineData("network", 1e-4)]
    [InlineData("logistic-network", 5e-3)]
    [InlineData("sigmoid-network", 5e-3)]
    [InlineData("multi-network", 5e-3)]
    [InlineData("multi-tanh-network", 5e-3)]
    public async Task RunAsync_HiddenLearner_GivesTheModelOfSecureAggregation(string name, double tolerance)
    {
        var learner = Learner(name);
        var expected = await RunAsync(learner, Runs.Secure);
        var actual = await RunAsync(learner, Data);
        Assert.InRange(Runs.RelativeError(Parameters(expected), Parameters(actual)), 0, tolerance);
        Assert.Equal(expected.Rounds, actual.Rounds);
    }

    [Fact]
    public async Task RunAsync_LearnerWithoutAHiddenForm_OrATolerance_IsRefusedWithTheReason()
    {
        Assert.Contains("bound", (await Assert.ThrowsAsync<ArgumentException>(() => RunAsync(new LogisticRegression(), Data))).Message, StringComparison.Ordinal);
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        var task = Runs.Task(schema, shard, new RidgeRegression(), Data);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => FederatedTraining.RunAsync(task with { Plan = task.Plan with { Stop = new StopRule(3, 1e-3) } }));
        Assert.Contains("number of rounds", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ColumnsTooLargeForShares_AreRefusedByName()
    {
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        var task = Runs.Task(schema, shard with { Features = 1000 * shard.Features }, new RidgeRegression(), Data, standardize: false);
        var error = await Assert.ThrowsAsync<ShardException>(() => FederatedTraining.RunAsync(task));
        Assert.Contains("'x0'", error.Message, StringComparison.Ordinal);
        Assert.Contains("standardize", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NothingIsOpened_ButSizesAndTheFinalModel()
    {
        foreach (var name in new[] { "logistic-bound", "k-means", "network" })
        {
            var messages = new ConcurrentQueue<Envelope>();
            var outcome = await RunAsync(Learner(name), Data, Watching(messages));
            PartyId helper = outcome.Roster.Helper!.Value, coordinator = FederatedTraining.Coordinator;
            string[] Learned(PartyId party) => [.. outcome.Openings[party].Where(o => o.Step.Path.StartsWith("run/learner", StringComparison.Ordinal)).Select(o => o.What)];
            string[] sizes = [.. outcome.Roster.Participants.Select(p => $"how many rows {p} has")];
            Assert.Equal(sizes.Append($"final model of {Learner(name).Name}"), Learned(coordinator));
            Assert.Equal(sizes, Learned(helper));
            foreach (var participant in outcome.Roster.Participants) Assert.Empty(Learned(participant));
            // The model's own numbers and no more: neither the inverse of a bound nor clusters' candidates.
            var final = Assert.Single(messages, m => m.Step.Path == "run/learner/work/final");
            Assert.Equal((helper, coordinator), (final.From, final.To));
            Assert.Equal(sizeof(int) + (sizeof(double) * outcome.Model.Parameters.Values.Sum(v => v.Values.Length)), final.Payload.Length);
            // Participants are told nothing once they have shared.
            Assert.DoesNotContain(messages, m => m.Step.Path.StartsWith("run/learner", StringComparison.Ordinal) && outcome.Roster.Participants.Contains(m.To));
        }
    }

    [Fact]
    public async Task RunAsync_SharesAtEitherParty_AreUniform_AndTogetherTheRows()
    {
        var messages = new ConcurrentQueue<Envelope>();
        var outcome = await RunAsync(Learner("logistic-descent"), Data, Watching(messages));
        PartyId helper = outcome.Roster.Helper!.Value, coordinator = FederatedTraining.Coordinator;
        foreach (var to in new[] { coordinator, helper })
        {
            var shares = outcome.Roster.Participants.SelectMany(p => Share(messages, p, to)).ToArray();
            // 90 rows of [1 | x] and targets, at 20 bits after the point.
            var rows = outcome.Roster.Participants.SelectMany(p => Share(messages, p, coordinator).Zip(Share(messages, p, helper), (a, b) => Math.ScaleB(unchecked((long)(a + b)), -20))).ToArray();
            Uniformity.AssertUniform(shares);
            Uniformity.AssertUncorrelated(shares, rows);
            Assert.All(rows, x => Assert.InRange(x, -10, 10));
            Assert.Contains(1.0, rows);
        }
        // No mask serves twice, not at one participant and not at two.
        var masks = outcome.Roster.Participants.SelectMany(p => Share(messages, p, helper)).ToArray();
        Assert.Equal(masks.Length, masks.Distinct().Count());
        // What the two send each other holds none of what they were sent.
        var sent = messages.Where(m => m.From == helper && m.To == coordinator || m.From == coordinator && m.To == helper).Select(m => m.Payload).ToArray();
        Assert.DoesNotContain(masks.Take(50), mask => sent.Any(p => p.Span.IndexOf(BitConverter.GetBytes(mask)) >= 0));
    }

    [Fact]
    public async Task RunAsync_ParticipantsThatHaveShared_MayLeave()
    {
        InProcessNetwork? network = null;
        network = new InProcessNetwork(TimeSpan.FromSeconds(60))
        {
            Intercept = e =>
            {
                // The base transfers of the two come first, and rounds later.
                if (e.Step.Path.StartsWith("run/learner/work/0/", StringComparison.Ordinal))
                    for (var k = 0; k < 5; k++) network!.Disconnect(new PartyId($"participant-{k}"));
                return e;
            },
        };
        var outcome = await RunAsync(Learner("ridge-descent"), Data, network);
        Assert.Equal(5, outcome.History[^1].Survivors);
    }

    [Fact]
    public async Task RunAsync_WhoseSharesReachOneOfTheTwoOnly_IsLeftOut()
    {
        var lost = new PartyId("participant-2");
        InProcessNetwork? network = null;
        network = new InProcessNetwork(TimeSpan.FromSeconds(60))
        {
            Intercept = e =>
            {
                if (e.From != lost || e.To.Name != "helper" || !e.Step.Path.EndsWith("/share", StringComparison.Ordinal)) return e;
                network!.Disconnect(lost);
                return null;
            },
        };
        var outcome = await RunAsync(Learner("ridge"), Data, network);
        Assert.Equal(4, outcome.History[^1].Survivors);
        Assert.DoesNotContain(outcome.Openings[FederatedTraining.Coordinator], o => o.What.Contains("rows participant-2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_CoordinatorThatCountsOneParticipantOnly_IsRefusedByTheHelper()
    {
        var network = new InProcessNetwork(TimeSpan.FromSeconds(5))
        {
            Intercept = e => e.Step.Path.EndsWith("/members", StringComparison.Ordinal) ? e with { Payload = new byte[] { 1, 0, 0, 0, 1 } } : e,
        };
        var error = await Assert.ThrowsAsync<ProtocolException>(() => RunAsync(Learner("ridge"), Data, network));
        Assert.Equal(ProtocolErrorCode.BelowThreshold, error.Code);
    }

    [Fact]
    public async Task RunAsync_ParticipantThatTellsTwoSizes_IsNamed()
    {
        var network = new InProcessNetwork(TimeSpan.FromSeconds(5))
        {
            Intercept = e => e.From.Name == "participant-1" && e.To.Name == "helper" && e.Step.Path.EndsWith("/rows", StringComparison.Ordinal)
                ? e with { Payload = (byte[])[(byte)(e.Payload.Span[0] - 1), .. e.Payload.Span[1..]] }
                : e,
        };
        var error = await Assert.ThrowsAsync<ProtocolException>(() => RunAsync(Learner("ridge"), Data, network));
        Assert.Equal((ProtocolErrorCode.Inconsistent, "participant-1"), (error.Code, error.Culprits.Single().Name));
    }

    /// <summary>Participants become one with all their rows: for every hidden learner of the catalogue that is what their contributions add up to.</summary>
    [Fact]
    public async Task Stacking_LocalStatesOfParts_ContributesTheSum()
    {
        foreach (var name in new[] { "ridge-descent", "logistic-descent", "logistic-bound", "svm-bound", "svm-subgradient", "multi-logistic-bound", "k-means", "network", "multi-network" })
            foreach (var isWeighted in new[] { false, true })
                await Learner(name).Accept(new Stacking(isWeighted));
    }

    private sealed class Stacking(bool isWeighted) : ILearnerVisitor<Task>
    {
        public async Task Visit<TModel>(ILearner<TModel> learner) where TModel : class
        {
            var (schema, shard) = SampleTask.For(learner.Task);
            if (isWeighted) shard = shard with { Weights = Matrix.Create(shard.Rows, 1, static w => { for (var i = 0; i < w.Length; i++) w[i] = 0.5 + (i % 3); }) };
            var ready = LocalPipelineSchema.Of(schema, shard, learner.Task);
            var hidden = (IHiddenLearner<TModel>)learner;
            var round = new Round(0, shard.Rows, 3, 0);
            var forms = new SharedForms<TModel>(hidden, ready.Schema, round);
            // One of the three is shorter than wide: its state may be of another form.
            Shard[] parts = [.. new[] { (0, 50), (50, 88), (88, 90) }.Select(p => ready.Shard.SelectRows([.. Enumerable.Range(p.Item1, p.Item2 - p.Item1)]))];
            var arrived = parts.Select(part =>
            {
                var prepared = hidden.Featurize(ready.Schema, part);
                var rows = RowShapes.Of(prepared);
                return new ArrivedShares(default, rows, forms.Of(rows), forms.Of(rows).Encode(forms.Compute(prepared)));
            }).ToArray();
            var model = learner.Pack(learner.Initialize(ready.Schema, 3));
            var data = SharedData.Of(arrived, new TwoPartyFormat(true));
            // With all of it in one share, the share is the number.
            Blocks<Matrix>? stacked = null;
            foreach (var kind in data.Kinds)
            {
                var local = kind.Select(v => TwoPartyFormat.Decode(v.Share!, v.FractionBits));
                var contribution = (await hidden.ContributeAsync(PlainArithmetic.Instance, model, local, round, CancellationToken.None)).Contribution;
                stacked = stacked is null ? contribution : stacked + contribution;
            }
            var summed = parts.Select(part => ((ISummed<TModel>)learner).Open(ready.Schema, part).Contribute(learner.Unpack(ready.Schema, model), round)).Aggregate((a, b) => a + b);
            foreach (var (block, value) in summed.Names.Zip(summed.Values))
                Assert.InRange((value - stacked![block]).ToArray().Max(Math.Abs) / Math.Max(1, value.ToArray().Max(Math.Abs)), 0, 1e-5);
        }
    }

    private static ulong[] Share(IEnumerable<Envelope> messages, PartyId from, PartyId to)
    {
        var message = Assert.Single(messages, m => m.From == from && m.To == to && m.Step.Path == "run/learner/work/data/share");
        return MemoryMarshal.Cast<byte, ulong>(message.Payload.Span[sizeof(int)..]).ToArray();
    }

    private static InProcessNetwork Watching(ConcurrentQueue<Envelope> messages) => new(TimeSpan.FromSeconds(60))
    {
        Intercept = e =>
        {
            messages.Enqueue(e with { Payload = e.Payload.ToArray() });
            return e;
        },
    };

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
        _ when name.EndsWith("network", StringComparison.Ordinal) => SecretSharingTests.Learner(name),
        _ => throw new ArgumentException(name),
    };

    private static async Task<TrainingOutcome> RunAsync(ILearner learner, ModeOptions mode, InProcessNetwork? network = null)
    {
        var (schema, shard) = SampleTask.For(learner.Task);
        var task = Runs.Task(schema, shard, learner, mode);
        task = task with { Plan = task.Plan with { Stop = new StopRule(Math.Min(6, learner.DefaultStop.Rounds), null) } };
        return network is null ? await FederatedTraining.RunAsync(task) : await FederatedTraining.RunAsync(task, network, CancellationToken.None);
    }

    private static double[] Parameters(TrainingOutcome outcome) => [.. outcome.Model.Parameters.Values.SelectMany(v => v.ToArray())];
}
