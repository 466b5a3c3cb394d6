using Coterie.Conformance.Sums;
using Coterie.Core.Parties;
using Coterie.Cryptography.SecretSharing;
using Coterie.Privacy.Sums;

namespace Coterie.Conformance.Attacks;

/// <summary>A coordinator that lies about who dropped out, so as to hold both secrets of one participant.</summary>
public sealed class DropOutLieTests
{
    private static readonly PartyId Victim = new("p002");

    [Fact]
    public async Task RogueCoordinator_TellingTheTruth_ArrivesAtTheSum()
    {
        var bench = new SumBench(5);
        var rogue = new RogueCoordinator { Survivors = (_, all) => all.Remove(Victim) };
        await bench.RunAsync(name => name == SumBench.Coordinator ? rogue : new SecureAggregationSum());
        var request = bench.Request(SumBench.Coordinator);
        var survivors = bench.Names.Remove(Victim);
        var total = Coterie.Privacy.Sums.ContributionCodec.Decode(request, rogue.Unmask(bench.Roster, request, survivors, bench.Roster.Threshold));
        Assert.Equal(bench.PlainSum(survivors)[0, 0], total["values"][0, 0], 1e-12);
    }

    // Half of the participants is told that the victim dropped out, the other half that it survived; each is shown the signatures of its
    // own half only. Everybody else is honest. With 64 participants the graph is sparse and thresholds are per neighbourhood.
    [Theory]
    [InlineData(6)]
    [InlineData(13)]
    [InlineData(SparseGraph.Participants)]
    public async Task SumAsync_HalfIsToldTheVictimDropped_NobodyReleasesAShare(int participants)
    {
        var bench = new SumBench(participants);
        bool ToldItDropped(PartyId name) => name != Victim && bench.Names.IndexOf(name) % 2 == 1;
        var graph = new SparseGraph();
        var rogue = new RogueCoordinator
        {
            Before = participants < SparseGraph.Participants ? _ => Task.CompletedTask : session => graph.RelayAsync(session, bench.Request(SumBench.Coordinator).Step),
            Neighbours = participants < SparseGraph.Participants ? null : graph.Neighbours,
            Survivors = (to, all) => ToldItDropped(to) ? all.Remove(Victim) : all,
            PassesSignature = (to, signer) => ToldItDropped(to) == ToldItDropped(signer),
        };
        var run = await bench.RunAsync(name => name == SumBench.Coordinator ? rogue : new SecureAggregationSum());
        Assert.Equal(participants, rogue.Vectors.Count);
        Assert.Empty(rogue.Released);
        Assert.All(run.Participants.Values, p => Assert.Equal(ProtocolErrorCode.BelowThreshold, Assert.IsType<ProtocolException>(p.Error).Code));
    }

    [Fact]
    public async Task SumAsync_HalfIsToldTheVictimDroppedAndSeesAllSignatures_TheCoordinatorIsNamed()
    {
        var bench = new SumBench(6);
        var rogue = new RogueCoordinator { Survivors = (to, all) => bench.Names.IndexOf(to) >= 3 ? all.Remove(Victim) : all };
        var run = await bench.RunAsync(name => name == SumBench.Coordinator ? rogue : new SecureAggregationSum());
        Assert.Empty(rogue.Released);
        Assert.All(run.Participants.Values, p => Assert.Equal(SumBench.Coordinator.Name, Tampering.Blamed(p.Error)));
    }

    /// <summary>The naive protocol signs nothing: every holder releases what the coordinator's story asks for.</summary>
    [Fact]
    public void NaiveUnmasking_WithoutSignatures_GivesBothSecretsAway()
    {
        byte[] seed = [.. Enumerable.Range(1, 32).Select(i => (byte)i)], key = [.. Enumerable.Range(101, 32).Select(i => (byte)i)];
        int[] points = [1, 2, 3, 4, 5, 6, 7, 8];
        const int threshold = 4;   // no more than half: two stories find enough believers each
        var seedShares = Shamir.Split(seed, threshold, points, Core.Randomness.CryptographicRandom.Instance);
        var keyShares = Shamir.Split(key, threshold, points, Core.Randomness.CryptographicRandom.Instance);
        var released = points.Select((_, i) => (Survived: i % 2 == 0, Share: i % 2 == 0 ? seedShares[i] : keyShares[i])).ToArray();
        Assert.Equal(seed, Shamir.Reconstruct([.. released.Where(r => r.Survived).Select(r => r.Share)], threshold));
        Assert.Equal(key, Shamir.Reconstruct([.. released.Where(r => !r.Survived).Select(r => r.Share)], threshold));
    }
}
