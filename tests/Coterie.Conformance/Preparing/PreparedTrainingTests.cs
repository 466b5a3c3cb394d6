using Coterie.Conformance.Laws;
using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Training;
using Coterie.Privacy;

namespace Coterie.Conformance.Preparing;

/// <summary>Rounds of which everything was prepared that can be give the same model, with less to send.</summary>
public sealed class PreparedTrainingTests
{
    /// <summary>Exceeded by chance once in 10^9 times, for 255 degrees of freedom (Wilson, Hilferty 1931: mean 255, z = 6).</summary>
    private const double Limit = 411;

    private const int Rounds = 2;

    [Theory]
    [InlineData(ModeCatalogue.SecretSharing, "logistic-bound", 1e-5)]
    [InlineData(ModeCatalogue.SecretSharing, "svm-subgradient", 1e-5)]
    [InlineData(ModeCatalogue.SecretSharing, "k-means", 1e-5)]
    [InlineData(ModeCatalogue.SecretSharing, "multi-logistic-bound", 1e-5)]
    [InlineData(ModeCatalogue.EncryptedModel, "logistic-descent", 1e-5)]
    [InlineData(ModeCatalogue.EncryptedData, "logistic-bound", 1e-4)]
    [InlineData(ModeCatalogue.EncryptedData, "k-means", 1e-4)]
    public async Task TrainAsync_AfterPreparing_GivesTheModelOfATrainingWithout(string mode, string learner, double tolerance)
    {
        var task = TaskFor(mode, learner);
        var expected = await new PreparedBench(task).TrainAsync();
        var bench = new PreparedBench(task);
        var prepared = await bench.PrepareAsync();
        Assert.Equal(Rounds, prepared.Rounds);
        Assert.True(prepared.OwnBytes > 1000 && prepared.PeerBytes > 1000, prepared.ToString());
        var model = await bench.TrainAsync();
        Assert.InRange(Runs.RelativeError(expected, model), 0, tolerance);
        // Everything went through what was prepared, and nothing of it is left.
        Assert.Contains(bench.Sent, e => e.Step.Path.Contains("/difference-", StringComparison.Ordinal));
        Assert.DoesNotContain(bench.Sent, e => IsUnprepared(e.Step.Path));
        Assert.All(bench.Stores.Values, s => Assert.DoesNotContain(s.Keys, k => k.Contains("/prepared/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task PrepareAsync_FewerRounds_LeavesTheOthersAsTheyAre()
    {
        var task = TaskFor(ModeCatalogue.SecretSharing, "logistic-bound");
        var bench = new PreparedBench(task);
        Assert.Equal(1, (await bench.PrepareAsync(1)).Rounds);
        await bench.TrainAsync();
        Assert.DoesNotContain(bench.Sent, e => e.Step.Path.Contains("/0/shares/", StringComparison.Ordinal) && IsUnprepared(e.Step.Path));
        Assert.Contains(bench.Sent, e => e.Step.Path.Contains("/1/shares/", StringComparison.Ordinal) && IsUnprepared(e.Step.Path));
    }

    [Fact]
    public async Task TrainAsync_Differences_AreUniform()
    {
        var bench = new PreparedBench(TaskFor(ModeCatalogue.SecretSharing, "logistic-bound"));
        await bench.PrepareAsync();
        await bench.TrainAsync();
        foreach (var kind in new[] { "/difference-", "/labels-" })
        {
            var bytes = bench.Sent.Where(e => e.Step.Path.Contains(kind, StringComparison.Ordinal)).SelectMany(e => e.Payload.ToArray()).ToArray();
            Assert.True(bytes.Length > 10_000, $"{kind}: {bytes.Length}");
            Assert.True(ChiSquare(bytes) < Limit, $"{kind}: {ChiSquare(bytes)}");
        }
    }

    /// <summary>Whoever has lost its material, the round runs with fresh randomness: no mask of the material is used.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TrainAsync_OneHasLostItsMaterial_RunsWithout(bool isCoordinator)
    {
        var task = TaskFor(ModeCatalogue.SecretSharing, "logistic-bound");
        var expected = await new PreparedBench(task).TrainAsync();
        var bench = new PreparedBench(task);
        await bench.PrepareAsync();
        bench.Stores[isCoordinator ? FederatedTraining.Coordinator : bench.Roster.Participants[0]].Remove(k => k.Contains("/prepared/", StringComparison.Ordinal) && k.EndsWith("/head", StringComparison.Ordinal));
        Assert.InRange(Runs.RelativeError(expected, await bench.TrainAsync()), 0, 1e-5);
        var lost = bench.Sent.Where(e => e.To == bench.Roster.Participants[0] || e.From == bench.Roster.Participants[0]).ToArray();
        Assert.DoesNotContain(lost, e => e.Step.Path.Contains("/difference-", StringComparison.Ordinal));
        Assert.Contains(lost, e => IsUnprepared(e.Step.Path));
        Assert.Equal(isCoordinator, !bench.Sent.Any(e => e.Step.Path.Contains("/difference-", StringComparison.Ordinal)));
    }

    /// <summary>In the middle of a round, after a difference has left, a party dies and comes back: the same bytes leave again.</summary>
    [Theory]
    [InlineData("/difference-0")]
    [InlineData("/labels-0")]
    public async Task TrainAsync_KilledInTheMiddleOfARound_SendsTheSameAgain(string at)
    {
        var task = TaskFor(ModeCatalogue.SecretSharing, "logistic-bound");
        var expected = await new PreparedBench(task).TrainAsync();
        var bench = new PreparedBench(task);
        await bench.PrepareAsync();
        await KillAsync(bench, at);
        var before = bench.Sent.Where(e => e.Step.Path.Contains("/1/shares/", StringComparison.Ordinal)).ToDictionary(e => (e.From, e.To, e.Step.Path), e => Convert.ToHexString(e.Payload.Span));
        Assert.NotEmpty(before);
        Assert.InRange(Runs.RelativeError(expected, await bench.TrainAsync()), 0, 1e-5);
        foreach (var again in bench.Sent)
            if (before.TryGetValue((again.From, again.To, again.Step.Path), out var first)) Assert.Equal(first, Convert.ToHexString(again.Payload.Span));
    }

    /// <summary>A participant that comes back with other rows would put them under masks that have served.</summary>
    [Fact]
    public async Task TrainAsync_WithOtherRowsThanBefore_IsRefused()
    {
        var bench = new PreparedBench(TaskFor(ModeCatalogue.SecretSharing, "logistic-bound"));
        await bench.PrepareAsync();
        var name = bench.Roster.Participants[0];
        bench.Shards[name] = bench.Shards[name].SelectRows([.. Enumerable.Range(0, bench.Shards[name].Rows).Reverse()]);
        var error = await Assert.ThrowsAsync<ProtocolException>(bench.TrainAsync);
        Assert.Equal(ProtocolErrorCode.AlreadyReleased, error.Code);
        Assert.Contains("rows", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Where that record is gone, too, the one of the messages stops it.</summary>
    [Fact]
    public async Task TrainAsync_OtherRowsUnderMasksThatHaveServed_IsRefused()
    {
        var bench = new PreparedBench(TaskFor(ModeCatalogue.SecretSharing, "logistic-bound"));
        await bench.PrepareAsync();
        await KillAsync(bench, "/labels-0");
        var name = bench.Roster.Participants[0];
        bench.Shards[name] = bench.Shards[name].SelectRows([.. Enumerable.Range(0, bench.Shards[name].Rows).Reverse()]);
        bench.Stores[name].ForgetClaims("/rows");
        var error = await Assert.ThrowsAsync<ProtocolException>(bench.TrainAsync);
        Assert.Equal(ProtocolErrorCode.AlreadyReleased, error.Code);
        Assert.Contains("difference-", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The round began with what was prepared: without it, it does not begin again in another way.</summary>
    [Fact]
    public async Task TrainAsync_MaterialLostInTheMiddleOfARound_IsRefused()
    {
        var bench = new PreparedBench(TaskFor(ModeCatalogue.SecretSharing, "logistic-bound"));
        await bench.PrepareAsync();
        await KillAsync(bench, "/labels-0");
        bench.Stores[bench.Roster.Participants[0]].Remove(k => k.Contains("/1/prepared/", StringComparison.Ordinal));
        var error = await Assert.ThrowsAsync<ProtocolException>(bench.TrainAsync);
        Assert.Equal(ProtocolErrorCode.AlreadyReleased, error.Code);
    }

    [Fact]
    public async Task TrainAsync_MaterialThatIsNotWhole_IsRefused()
    {
        var bench = new PreparedBench(TaskFor(ModeCatalogue.SecretSharing, "logistic-bound"));
        await bench.PrepareAsync();
        bench.Stores[bench.Roster.Participants[0]].Remove(k => k.Contains("/prepared/", StringComparison.Ordinal) && k.EndsWith("/pieces/0", StringComparison.Ordinal));
        Assert.Contains("not whole", (await Assert.ThrowsAsync<InvalidDataException>(bench.TrainAsync)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ModeCatalogue.SecretSharing, "ridge-closed", "masked sum")]
    [InlineData(ModeCatalogue.EncryptedModel, "ridge-descent", "ciphertexts")]
    public async Task PrepareAsync_NothingToPrepare_SaysWhy(string mode, string learner, string why)
    {
        var error = await Assert.ThrowsAsync<PreparationException>(() => new PreparedBench(TaskFor(mode, learner)).PrepareAsync());
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PrepareAsync_RunThatHasBegunWithout_IsRefused()
    {
        var bench = new PreparedBench(TaskFor(ModeCatalogue.SecretSharing, "logistic-bound"));
        bench.Stores.GetOrAdd(FederatedTraining.Coordinator, _ => new WatchedStore()).Saving = key =>
        {
            if (key.Contains("learner/1/secret", StringComparison.Ordinal)) throw new KilledException();
        };
        await Assert.ThrowsAsync<KilledException>(bench.TrainAsync);
        bench.Stores[FederatedTraining.Coordinator].Saving = null;
        Assert.Contains("begun without", (await Assert.ThrowsAsync<PreparationException>(() => bench.PrepareAsync())).Message, StringComparison.Ordinal);
    }

    internal static TrainingTask TaskFor(string mode, string name)
    {
        var learner = name == "ridge-closed" ? new Coterie.Learning.RidgeRegression() : SecretSharingTests.Learner(name);
        var (schema, shard) = SampleTask.For(learner.Task);
        var task = Runs.Task(schema, shard, learner, mode == ModeCatalogue.EncryptedModel ? Runs.EncryptedModel : Runs.ModeOf(mode), participants: 3);
        return task with { Plan = task.Plan with { Stop = new StopRule(Rounds, null) } };
    }

    /// <summary>Runs until a party is about to claim a part of the second round that ends so, not the first of its kind, and dies with everybody else.</summary>
    private static async Task KillAsync(PreparedBench bench, string part)
    {
        foreach (var party in bench.Roster.Parties)
        {
            var seen = 0;
            bench.Stores.GetOrAdd(party.Id, _ => new WatchedStore()).Claiming = key =>
            {
                if (key.Contains("learner/1/", StringComparison.Ordinal) && key.EndsWith(part, StringComparison.Ordinal) && Interlocked.Increment(ref seen) == 2) throw new KilledException();
            };
        }
        await Assert.ThrowsAsync<KilledException>(bench.TrainAsync);
        foreach (var store in bench.Stores.Values) store.Claiming = null;
    }

    private static bool IsUnprepared(string path) =>
        path.Contains("/shares/", StringComparison.Ordinal) && (path.Contains("/garbled-", StringComparison.Ordinal) || path.Contains("/question-", StringComparison.Ordinal));

    private static double ChiSquare(IEnumerable<byte> bytes)
    {
        var counts = new long[256];
        foreach (var b in bytes) counts[b]++;
        var expected = counts.Sum() / 256.0;
        return counts.Sum(c => (c - expected) * (c - expected) / expected);
    }

    private sealed class KilledException : Exception;
}
