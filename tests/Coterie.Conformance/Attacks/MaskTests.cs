using System.Collections.Concurrent;
using Coterie.Conformance.Sums;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Core.Wire;
using Coterie.Cryptography.SecretSharing;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Federation.Transports;
using Coterie.Privacy.Sums;

namespace Coterie.Conformance.Attacks;

/// <summary>Blinds that are too small, too short, or used twice; and what ours look like in their place.</summary>
public sealed class MaskTests
{
    private static readonly PartyId Victim = new("p002");

    [Fact]
    public void NaiveBlinding_SmallNoiseInEveryRound_IsAveragedAway()
    {
        var draw = new SeededRandom(1);
        const double secret = 0.42;
        var seen = Enumerable.Range(0, 20_000).Select(_ => secret + (2 * draw.NextDouble()) - 1).Average();
        Assert.Equal(secret, seen, 0.03);   // deviation of the mean: 0.58 / sqrt(20,000) = 0.004
    }

    // The same contribution in 12 rounds of 100 values: 9,600 bytes of the victim's vectors.
    [Theory]
    [InlineData(Topology.Star)]
    [InlineData(Topology.Ring)]
    public async Task SumAsync_TheSameContributionInManyRounds_VectorsAreUniformAndUnrelated(Topology topology)
    {
        var (bench, seen) = Recording();
        for (var round = 0; round < 12; round++)
            Assert.Null((await bench.RunAsync(_ => new SecureAggregationSum(topology), $"{round}")).Error);
        var vectors = seen.Where(e => e.From == Victim && e.Payload.Length == 804).Select(VectorOf).ToArray();
        Assert.Equal(12, vectors.Length);
        ulong[] all = [.. vectors.SelectMany(v => v)];
        Uniformity.AssertUniform(all);
        var plain = bench.Contribution(2).Values.ToArray();
        Uniformity.AssertUncorrelated(all, [.. Enumerable.Repeat(plain, 12).SelectMany(p => p)]);
        // Differences between rounds are as uniform: no part of a mask is used twice.
        Uniformity.AssertUniform([.. vectors.Skip(1).Zip(vectors).SelectMany(p => p.First.Zip(p.Second, (a, b) => unchecked(a - b)))]);
    }

    [Fact]
    public void NaiveSeed_SixteenBits_IsFoundByTryingAll()
    {
        static ulong Mask(ulong seed) => new SeededRandom(seed).NextUInt64();
        // The attacker knows one entry (a constant column's count, say) and searches the seed that explains it.
        const ulong known = 60, secret = 123_456;
        ulong masked = unchecked(known + Mask(54_321)), other = unchecked(secret + new SeededRandom(54_321, stream: 1).NextUInt64());
        var found = Enumerable.Range(0, 1 << 16).Single(s => unchecked(masked - Mask((ulong)s)) == known);
        Assert.Equal(secret, unchecked(other - new SeededRandom((ulong)found, stream: 1).NextUInt64()));
    }

    // Eight sums of five participants: keys, seed commitments and signatures all differ, and a mask key has 256 bits.
    [Fact]
    public async Task SumAsync_ManyRounds_EveryKeyIsFresh()
    {
        var (bench, seen) = Recording();
        for (var round = 0; round < 8; round++) Assert.Null((await bench.RunAsync(_ => new SecureAggregationSum(), $"{round}")).Error);
        var keys = seen.Where(e => e.IsAt("keys")).SelectMany(e => Tampering.Parts(e.Payload)).Select(Convert.ToHexString).ToArray();
        Assert.Equal(8 * 5 * 4, keys.Length);
        Assert.Equal(keys.Length, keys.Distinct().Count());
        using var mine = AgreementKey.Create();
        using var peer = AgreementKey.Create();
        Assert.Equal(32, AggregationKeys.PairwiseMask(new RoundContext("r", new StepTag("s"), new byte[32]), Victim, mine, new PartyId("p003"), peer.PublicKey.AsSpan()).Length);
        Assert.Equal((32, 32), (MaskGenerator.KeyLength, Shamir.SecretLength));
    }

    // Seed and mask key of another round, model, step or run open nothing: the same secret gives another mask.
    [Fact]
    public void SelfMask_SeedOfAnotherRound_RemovesNothing()
    {
        var seed = CryptographicRandom.Instance.Bytes(32);
        var context = new RoundContext("run", new StepTag("run/learner/0"), new byte[32]);
        var vector = new ulong[1024];
        SelfMask.Add(context, Victim, seed, vector);
        SelfMask.Subtract(context with { Step = new StepTag("run/learner/1") }, Victim, seed, vector);
        Uniformity.AssertUniform(vector);
    }

    [Fact]
    public void NaiveMasking_TheMaskIsUsedAgainAfterARestart_ShowsTheDifference()
    {
        var mask = CryptographicRandom.Instance.Bytes(32);
        ulong[] before = [100, 200], after = [100, 231];
        MaskGenerator.AddMask(mask, before);
        MaskGenerator.AddMask(mask, after);
        Assert.Equal([0UL, 31UL], before.Zip(after, (b, a) => unchecked(a - b)));
    }

    // All parties restart with their stores and go through the same step again: every byte that was masked leaves as it was.
    [Fact]
    public async Task SumAsync_TheSameStepAgainAfterARestart_TheSameVectorsLeave()
    {
        var vectors = new ConcurrentBag<(PartyId From, string Payload)>();
        var bench = new SumBench(6)
        {
            Intercept = e =>
            {
                if (e.IsAt("masked")) vectors.Add((e.From, Convert.ToHexString(e.Payload.Span)));
                return e;
            },
        };
        var first = await bench.RunAsync(_ => new SecureAggregationSum());
        var second = await bench.RunAsync(_ => new SecureAggregationSum());
        Assert.Null(second.Error);
        Assert.Equal(first.Outcome!.Total!["values"].Values.ToArray(), second.Outcome!.Total!["values"].Values.ToArray());
        Assert.Equal(12, vectors.Count);
        Assert.Equal(6, vectors.Distinct().Count());
    }

    // As before, but the coordinator would like other survivors the second time, or the secrets are gone (an old state was restored): nothing leaves.
    [Theory]
    [InlineData("keys")]
    [InlineData("masked")]
    [InlineData("state")]
    public async Task SumAsync_AnotherSumOfTheSameStepAfterARestart_IsRefused(string change)
    {
        var sent = 0;
        var shares = 0;
        var second = false;
        var bench = new SumBench(6)
        {
            Intercept = e =>
            {
                if (second && e.From == Victim && e.IsAt(change)) throw new PartyGoneException();
                if (second && e.From != Victim && (e.IsAt("unmask") || e.IsAt("consistency"))) Interlocked.Increment(ref shares);
                if (second && change != "masked" && e.IsAt("masked")) Interlocked.Increment(ref sent);
                return e;
            },
        };
        Assert.Null((await bench.RunAsync(_ => new SecureAggregationSum())).Error);
        second = true;
        if (change == "state")
            foreach (var store in bench.Stores.Values) await store.SaveAsync("restored", ReadOnlyMemory<byte>.Empty, bench.Request(Victim).Step, CancellationToken.None);
        var run = await bench.RunAsync(_ => new SecureAggregationSum());
        Assert.NotNull(run.Error);
        Assert.Equal((0, 0), (sent, shares));
        Assert.All(
            run.Participants.Where(p => change == "state" || p.Key != Victim),
            p => Assert.Equal(ProtocolErrorCode.AlreadyReleased, Assert.IsType<ProtocolException>(p.Value.Error).Code));
    }

    // The coordinator withholds the victim's vector and says it dropped out: it gets the key, takes every pair mask off the vector it
    // kept, and is left with contribution + self mask.
    [Fact]
    public async Task SumAsync_AVectorIsWithheldAsADropOut_ItsSelfMaskStillHidesIt()
    {
        var contribution = new Matrix(32, 32, [.. Enumerable.Range(0, 1024).Select(i => (double)(i % 50))]);
        var bench = new SumBench(5, shape: (32, 32)) { Contribution = _ => contribution };
        var rogue = new RogueCoordinator { Survivors = (_, all) => all.Remove(Victim) };
        await bench.RunAsync(name => name == SumBench.Coordinator ? rogue : new SecureAggregationSum());
        Assert.Empty(rogue.SharesOf(Victim, survived: true));
        var context = RogueCoordinator.ContextOf(bench.Roster, bench.Request(Victim));
        ulong[] kept = [.. rogue.Vectors[Victim]];
        using (var key = RoundKeys.MaskKeyFromScalar(Shamir.Reconstruct([.. rogue.SharesOf(Victim, survived: false)], bench.Roster.Threshold), rogue.Keys[Victim][1]))
            foreach (var peer in bench.Names.Remove(Victim))
            {
                var mask = new ulong[1024];
                PairwiseMask.Apply(context, Victim, key, peer, rogue.Keys[peer][1], mask);
                for (var i = 0; i < mask.Length; i++) kept[i] = unchecked(kept[i] - mask[i]);
            }
        Uniformity.AssertUniform(kept);
        Uniformity.AssertUncorrelated(kept, contribution.Values);
    }

    private static (SumBench Bench, ConcurrentQueue<Envelope> Seen) Recording()
    {
        var seen = new ConcurrentQueue<Envelope>();
        var bench = new SumBench(5, shape: (10, 10))
        {
            Contribution = p => new Matrix(10, 10, [.. Enumerable.Range(0, 100).Select(i => (double)((i * (p + 1)) % 17))]),
            Intercept = e =>
            {
                seen.Enqueue(e with { Payload = e.Payload.ToArray() });
                return e;
            },
        };
        return (bench, seen);
    }

    private static ulong[] VectorOf(Envelope envelope)
    {
        var vector = new ulong[100];
        new WireReader(envelope.Payload.Span, envelope.From, envelope.Step).ReadUInt64s(vector);
        return vector;
    }
}
