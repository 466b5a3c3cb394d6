using System.Collections.Concurrent;
using Coterie.Conformance.Learners;
using Coterie.Conformance.Soak;
using Coterie.Conformance.Sums;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Wire;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Learning;
using Coterie.Privacy.Sums;

namespace Coterie.Conformance.Attacks.SharedKey;

/// <summary>What a coordinator makes of everything it sees: sums under <c>secure-aggregation</c>, noise under <c>shared-key</c>.</summary>
public sealed class CoordinatorViewTests
{
    private const int Entries = 1024;

    /// <summary>The naive variant: without the group's masks the coordinator's own arithmetic ends at the sum.</summary>
    [Fact]
    public async Task Sum_UnmaskedByTheCoordinatorWithoutGroupMasks_IsTheSum()
    {
        var bench = Bench();
        var run = await bench.RunAsync(_ => new SecureAggregationSum());
        Assert.Equal(Plain(bench).Values.ToArray(), run.Outcome!.Total!["values"].Values.ToArray());
    }

    [Fact]
    public async Task Sum_UnmaskedByTheCoordinator_IsUniformAndUnrelatedToTheSum()
    {
        var first = await UnmaskedAsync();
        var again = await UnmaskedAsync();
        var plain = Plain(Bench()).ToArray();
        foreach (var seen in new[] { first, again })
        {
            Uniformity.AssertUniform(seen);
            Uniformity.AssertUncorrelated(seen, plain);
        }
        // Masks are fresh: of two runs over the same rows not even the difference says anything.
        ulong[] difference = [.. first.Zip(again, (a, b) => unchecked(a - b))];
        Uniformity.AssertUniform(difference);
        Uniformity.AssertUncorrelated(difference, plain);
        // Every data set is as good an explanation of what it sees as any other: some masks lead from it there.
        var request = Bench().Request(SumBench.Coordinator);
        ulong[] masks = [.. first.Zip(ContributionCodec.Encode(request, plain), (seen, sum) => unchecked(seen - sum))];
        Uniformity.AssertUniform(masks);
    }

    // Rounds differ in their masks, so that differences of rounds say nothing either.
    [Fact]
    public async Task Sum_OfTwoRoundsInOneRun_DiffersByNoise()
    {
        var seen = new ConcurrentDictionary<string, ulong[]>();
        var bench = Bench(e => Keep(e, seen));
        var sums = bench.Names.Append(SumBench.Coordinator).ToDictionary(n => n, _ => new SharedKeySum());
        Assert.Null((await bench.RunAsync(n => sums[n], "0")).Error);
        Assert.Null((await bench.RunAsync(n => sums[n], "1")).Error);
        ulong[] difference = [.. seen["test/0/total"].Zip(seen["test/1/total"], (a, b) => unchecked(a - b))];
        Uniformity.AssertUniform(difference);
        Uniformity.AssertUncorrelated(difference, Plain(bench).ToArray());
    }

    /// <summary>
    /// Everything the coordinator receives, sends and keeps on its disk is searched for the final model, for the totals' and the means' doubles and fixed-point forms.
    /// The mode secure-aggregation shows that the search finds what is there.
    /// </summary>
    [Theory]
    [InlineData("secure-aggregation", true)]
    [InlineData("shared-key", false)]
    [InlineData("separate-keys", false)]
    public async Task Everything_TheCoordinatorSeesOrKeeps_HoldsTheModelOnlyWhereItIsItsOwn(string mode, bool isFound)
    {
        var (schema, shard) = SampleTask.For(LearningTask.BinaryClassification);
        var task = Runs.Task(schema, shard, new LogisticRegression(), Runs.ModeOf(mode), participants: 4);
        var messages = new ConcurrentBag<byte[]>();
        var network = new InProcessNetwork(TimeSpan.FromSeconds(20))
        {
            Intercept = e =>
            {
                if (e.To == FederatedTraining.Coordinator || e.From == FederatedTraining.Coordinator) messages.Add(e.Payload.ToArray());
                return e;
            },
        };
        var outcome = await FederatedTraining.RunAsync(task, network, CancellationToken.None);
        byte[][] needles =
        [
            .. outcome.Model.Preprocessing.Select(f => f.Parameters).Append(outcome.Model.Parameters)
                .SelectMany(p => p.Values).SelectMany(v => v.ToArray()).Where(v => v != Math.Round(v)).Select(BitConverter.GetBytes),
            BlocksCodec.Hash(outcome.Model.Parameters),
        ];
        Assert.Equal(isFound, needles.Any(n => messages.Any(m => m.AsSpan().IndexOf(n) >= 0)));

        // The same run again, with a coordinator that keeps its state in files.
        var folder = Directory.CreateTempSubdirectory("coterie-view-");
        try
        {
            await using var carriers = new MemorySoakNetwork();
            using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var again = await new SoakRun(task, carriers, FaultPlan.Watching(), folder.FullName).RunAsync(bound.Token);
            Assert.Equal(BlocksCodec.ToBytes(outcome.Model.Parameters), BlocksCodec.ToBytes(again.Parameters));
            var files = Directory.GetFiles(Path.Combine(folder.FullName, FederatedTraining.Coordinator.Name), "*", SearchOption.AllDirectories).Select(File.ReadAllBytes).ToArray();
            Assert.Contains(files, f => f.Length > 4096);
            Assert.Equal(isFound, needles.Any(n => files.Any(f => f.AsSpan().IndexOf(n) >= 0)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Transcript_OfARun_SaysThatTheCoordinatorLearnsSizesAndTheStopOnly()
    {
        var (schema, shard) = SampleTask.For(LearningTask.BinaryClassification);
        var outcome = await FederatedTraining.RunAsync(Runs.Task(schema, shard, new LogisticRegression(), Runs.SharedKey));
        Assert.All(outcome.Openings[FederatedTraining.Coordinator], o => Assert.Equal((0, true), (o.Contributors, o.What.StartsWith("whether ", StringComparison.Ordinal))));
        Assert.NotEmpty(outcome.Openings[FederatedTraining.Coordinator]);
        foreach (var participant in outcome.Roster.Participants)
            Assert.All(outcome.Openings[participant], o => Assert.Equal((5, true), (o.Contributors, o.What.StartsWith("sum of contributions", StringComparison.Ordinal))));
    }

    private static SumBench Bench(Func<Envelope, Envelope?>? intercept = null) => new(4, shape: (Entries, 1))
    {
        Contribution = p => new Matrix(Entries, 1, [.. Enumerable.Range(0, Entries).Select(i => ((i * 7) + (p * 5)) % 23 * 0.25)]),
        Intercept = intercept,
    };

    private static Matrix Plain(SumBench bench) => bench.PlainSum(bench.Names);

    private static async Task<ulong[]> UnmaskedAsync()
    {
        var seen = new ConcurrentDictionary<string, ulong[]>();
        var run = await Bench(e => Keep(e, seen)).RunAsync(_ => new SharedKeySum());
        Assert.Null(run.Error);
        return seen["test/0/total"];
    }

    /// <summary>What the coordinator returns is what is left when it has taken off all it can.</summary>
    private static Envelope Keep(Envelope e, ConcurrentDictionary<string, ulong[]> seen)
    {
        if (!e.IsAt("total")) return e;
        var vector = new ulong[Entries];
        new WireReader(e.Payload.Span, e.From, e.Step).ReadUInt64s(vector);
        seen[e.Step.Path] = vector;
        return e;
    }
}
