using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecretSharing;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Tests.Cryptography.SecureAggregation;

/// <summary>The law the whole protocol rests on, with every step local: masks cancel, drop-outs included.</summary>
public sealed class MaskedSumTests
{
    private const int Length = 37;
    private static readonly CryptographicRandom Random = CryptographicRandom.Instance;
    private static readonly RoundContext Context = new("run", new StepTag("learner/0"), new byte[32]);

    [Theory]
    [InlineData(3, 0, 3)]
    [InlineData(3, 1, 2)]
    [InlineData(8, 0, 6)]
    [InlineData(8, 2, 6)]
    public void MaskedSum_OnTheCompleteGraph_IsThePlainSumOfTheSurvivors(int participants, int dropped, int threshold) =>
        AssertSum(new Parties(AggregationGraph.Complete(participants), threshold - 1), [.. Enumerable.Range(0, dropped).Select(i => i * 2)]);

    [Theory]
    [InlineData(33, 8, 5, 0)]
    [InlineData(40, 11, 6, 3)]
    public void MaskedSum_OnASparseGraph_IsThePlainSumOfTheSurvivors(int participants, int neighbours, int threshold, int dropped) =>
        AssertSum(new Parties(AggregationGraph.Create(participants, neighbours, Random.Bytes(32)), threshold), [.. Enumerable.Range(5, dropped)]);

    [Fact]
    public void MaskedSum_BeforeUnmasking_LooksNothingLikeTheSum()
    {
        using var parties = new Parties(AggregationGraph.Complete(4), 2);
        var sum = parties.MaskedTotal([0, 1, 2, 3], _ => Context);
        var plain = parties.PlainTotal([0, 1, 2, 3]);
        Assert.All(sum.Zip(plain), pair => Assert.NotEqual(pair.Second, pair.First));
    }

    [Fact]
    public void MaskedSum_WhenOneParticipantSawAnotherModel_StaysMasked()
    {
        using var parties = new Parties(AggregationGraph.Complete(4), 2);
        var other = new RoundContext(Context.RunId, Context.Step, SHA256.HashData("another model"u8));
        var sum = parties.MaskedTotal([0, 1, 2, 3], i => i == 2 ? other : Context);
        parties.Unmask(sum, survivors: [0, 1, 2, 3], dropped: []);
        Assert.All(sum.Zip(parties.PlainTotal([0, 1, 2, 3])), pair => Assert.NotEqual(pair.Second, pair.First));
    }

    [Fact]
    public void LateVector_AfterItsSenderWasReconstructed_StaysMasked()
    {
        // The coordinator holds the dropped party's key and now gets its vector after all: the self mask still hides it.
        using var parties = new Parties(AggregationGraph.Complete(4), 2);
        var late = parties.Masked(1, Context);
        parties.RemovePairwise(late, owner: 1, survivors: [0, 2, 3]);
        Assert.All(late.Zip(parties.PlainTotal([1])), pair => Assert.NotEqual(pair.Second, pair.First));
    }

    private static void AssertSum(Parties parties, int[] dropped)
    {
        using (parties)
        {
            int[] survivors = [.. Enumerable.Range(0, parties.Count).Except(dropped)];
            var sum = parties.MaskedTotal(survivors, _ => Context);
            parties.Unmask(sum, survivors, dropped);
            Assert.Equal(parties.PlainTotal(survivors), sum);
        }
    }

    /// <summary>Participants after the exchange of shares; everything travels in sealed envelopes.</summary>
    private sealed class Parties : IDisposable
    {
        private readonly AggregationGraph _graph;
        private readonly int _threshold;
        private readonly RoundKeys[] _keys;
        private readonly ulong[][] _inputs;
        private readonly Dictionary<(int Owner, int Holder), SharePair> _held = [];

        public Parties(AggregationGraph graph, int threshold)
        {
            _graph = graph;
            _threshold = threshold;
            _keys = [.. Enumerable.Range(0, graph.Participants).Select(_ => RoundKeys.Create(Random))];
            _inputs = [.. _keys.Select(_ => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(Random.Bytes(8 * Length)).ToArray())];
            for (var owner = 0; owner < Count; owner++) Share(owner);
        }

        public int Count => _keys.Length;

        public ulong[] PlainTotal(int[] of) => Total(of, i => _inputs[i]);

        public ulong[] MaskedTotal(int[] of, Func<int, RoundContext> context) => Total(of, i => Masked(i, context(i)));

        public ulong[] Masked(int i, RoundContext context)
        {
            var vector = (ulong[])_inputs[i].Clone();
            _keys[i].ApplySelfMask(context, Name(i), vector);
            foreach (var j in _graph.Neighbours(i)) _keys[i].ApplyPairwiseMask(context, Name(i), Name(j), _keys[j].MaskPublicKey.AsSpan(), vector);
            return vector;
        }

        public void Unmask(ulong[] sum, int[] survivors, int[] dropped)
        {
            foreach (var owner in survivors)
                SelfMask.Subtract(Context, Name(owner), Shamir.Reconstruct(SharesOf(owner, survivors, p => p.SelfMaskSeed), _threshold), sum);
            foreach (var owner in dropped)
            {
                using var key = RoundKeys.MaskKeyFromScalar(
                    Shamir.Reconstruct(SharesOf(owner, survivors, p => p.MaskKey), _threshold), _keys[owner].MaskPublicKey.AsSpan());
                foreach (var peer in _graph.Neighbours(owner).Where(survivors.Contains))
                    PairwiseMask.Apply(Context, Name(owner), key, Name(peer), _keys[peer].MaskPublicKey.AsSpan(), sum);
            }
        }

        public void RemovePairwise(ulong[] vector, int owner, int[] survivors)
        {
            var scalar = Shamir.Reconstruct(SharesOf(owner, survivors, p => p.MaskKey), _threshold);
            using var key = RoundKeys.MaskKeyFromScalar(scalar, _keys[owner].MaskPublicKey.AsSpan());
            foreach (var peer in _graph.Neighbours(owner))
            {
                var mask = new ulong[Length];
                PairwiseMask.Apply(Context, Name(owner), key, Name(peer), _keys[peer].MaskPublicKey.AsSpan(), mask);
                for (var i = 0; i < Length; i++) vector[i] = unchecked(vector[i] - mask[i]);
            }
        }

        public void Dispose()
        {
            foreach (var keys in _keys) keys.Dispose();
        }

        private void Share(int owner)
        {
            var neighbours = _graph.Neighbours(owner);
            int[] points = [.. neighbours.Select(j => j + 1)];
            var seeds = _keys[owner].SplitSelfMaskSeed(_threshold, points, Random);
            var scalars = _keys[owner].SplitMaskKey(_threshold, points, Random);
            for (var i = 0; i < points.Length; i++)
            {
                var holder = neighbours[i];
                var key = _keys[owner].AgreeToSend(Context, Name(owner), Name(holder), _keys[holder].ChannelPublicKey.AsSpan());
                var envelope = ShareEnvelope.Seal(key, Context, Name(owner), Name(holder), new SharePair(seeds[i], scalars[i]), Random);
                var opening = _keys[holder].AgreeToReceive(Context, Name(holder), Name(owner), _keys[owner].ChannelPublicKey.AsSpan());
                _held[(owner, holder)] = ShareEnvelope.Open(opening, Context, Name(owner), Name(holder), envelope);
            }
        }

        private SecretShare[] SharesOf(int owner, int[] survivors, Func<SharePair, SecretShare> which) =>
            [.. _graph.Neighbours(owner).Where(survivors.Contains).Select(holder => which(_held[(owner, holder)]))];

        private static ulong[] Total(int[] of, Func<int, ulong[]> vector)
        {
            var sum = new ulong[Length];
            foreach (var i in of)
            {
                var own = vector(i);
                for (var k = 0; k < Length; k++) sum[k] = unchecked(sum[k] + own[k]);
            }
            return sum;
        }

        // Not in index order, so that the sign of a mask depends on names and nothing else.
        private static PartyId Name(int i) => new($"party-{i * 7919 % 1000}");
    }
}
