using System.Collections.Concurrent;
using Coterie.Conformance.Sums;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Federation.RunStore;
using Coterie.Privacy;
using Coterie.Privacy.Sums;

namespace Coterie.Conformance.Attacks.SharedKey;

/// <summary>Where the participants' key lies, how long, and that it is agreed once.</summary>
public sealed class GroupKeyTests
{
    private const string Place = "test/group-secret";

    [Fact]
    public async Task AgreeAsync_ThenTheProcessesStartAgain_GoOnWithTheKeyOnTheirDisks()
    {
        var steps = new ConcurrentQueue<string>();
        var bench = new SumBench(5)
        {
            Intercept = e =>
            {
                steps.Enqueue(e.Step.Path);
                return e;
            },
        };
        Assert.Null((await bench.RunAsync(_ => new SharedKeySum(), "0")).Error);
        var agreed = steps.Count(IsAgreement);
        var secrets = await Task.WhenAll(bench.Names.Select(n => bench.Stores[n].LoadAsync(Place, CancellationToken.None).AsTask()));
        Assert.Single(secrets.Select(s => Convert.ToHexString(s!.Value.Span)).Distinct());
        Assert.Equal(64, secrets[0]!.Value.Length);
        // The coordinator keeps what was agreed in public, and nothing else.
        var own = (await bench.Stores[SumBench.Coordinator].LoadAsync(Place, CancellationToken.None))!.Value;
        Assert.Equal(secrets[0]!.Value[..32].ToArray(), own.ToArray());

        var run = await bench.RunAsync(_ => new SharedKeySum(), "1");
        Assert.Null(run.Error);
        Assert.Equal(bench.PlainSum(bench.Names)[0, 0], run.Participants[bench.Names[0]].Outcome!.Total!["values"][0, 0], 1e-12);
        Assert.True(agreed > 0);
        Assert.Equal(agreed, steps.Count(IsAgreement));
    }

    // Participants begin with keys and parts already on their disks, as after a restart: what comes of them can be computed here.
    [Fact]
    public async Task AgreeAsync_OfKnownParts_IsAFunctionOfAllOfThem()
    {
        var bench = new SumBench(4);
        var parts = new List<(PartyId, ReadOnlyMemory<byte>)>();
        foreach (var name in bench.Names)
        {
            using var keys = RoundKeys.Create(CryptographicRandom.Instance);
            parts.Add((name, keys.ExportSeed()));
            bench.Stores[name] = new MemoryStore();
            await bench.Stores[name].SaveAsync("test/group-key/secrets", (byte[])[.. keys.Export(), .. new byte[CryptographicRandom.SecretLength]], CancellationToken.None);
        }
        Assert.Null((await bench.RunAsync(_ => new SharedKeySum())).Error);
        using var expected = GroupSecret.Combine(new RoundContext("test", new StepTag("test/group-key"), bench.Roster.Digest.ToArray()), parts);
        foreach (var name in bench.Names)
            Assert.Equal(expected.Export(), (await bench.Stores[name].LoadAsync(Place, CancellationToken.None))!.Value[32..].ToArray());
    }

    [Fact]
    public async Task AgreeAsync_InTwoRuns_GivesTwoKeys()
    {
        var keys = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var bench = new SumBench(3);
            await bench.RunAsync(_ => new SharedKeySum());
            keys.Add(Convert.ToHexString((await bench.Stores[bench.Names[0]].LoadAsync(Place, CancellationToken.None))!.Value.Span[32..]));
        }
        Assert.NotEqual(keys[0], keys[1]);
    }

    [Fact]
    public async Task EndAsync_RemovesTheKeyAndWhatItWasMadeOf()
    {
        var bench = new HiddenBench(4);
        Assert.All((await bench.RunAsync(bench.HonestAsync)).Values, r => Assert.Null(r.Error));
        foreach (var (party, store) in bench.Stores)
        {
            Assert.NotNull(await store.LoadAsync(Place, CancellationToken.None));
            Assert.Null(await store.LoadAsync("test/group-key/secrets", CancellationToken.None));
            using var mode = new HiddenSumMode(new SharedKeySum());
            await mode.EndAsync(bench.SessionOf(party), CancellationToken.None);
            Assert.Null(await store.LoadAsync(Place, CancellationToken.None));
        }
    }

    /// <summary>Between two participants nothing travels but through the coordinator, and nothing in it opens without a participant's private key: the parts are sealed.</summary>
    [Fact]
    public async Task AgreeAsync_Recorded_ShowsNoPartAndNoKey()
    {
        var messages = new ConcurrentBag<byte[]>();
        var bench = new SumBench(4)
        {
            Intercept = e =>
            {
                messages.Add(e.Payload.ToArray());
                return e;
            },
        };
        await bench.RunAsync(_ => new SharedKeySum());
        var secret = (await bench.Stores[bench.Names[0]].LoadAsync(Place, CancellationToken.None))!.Value[32..].ToArray();
        Assert.DoesNotContain(messages, m => m.AsSpan().IndexOf(secret.AsSpan(0, 16)) >= 0 || m.AsSpan().IndexOf(secret.AsSpan(16)) >= 0);
    }

    private static bool IsAgreement(string step) => step.StartsWith("test/group-key/", StringComparison.Ordinal);
}
