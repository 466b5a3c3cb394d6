using System.Collections.Concurrent;
using System.Collections.Immutable;
using Coterie.Conformance.Sums;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports;
using Coterie.Privacy.Rosters;
using Coterie.Privacy.Sums;

namespace Coterie.Conformance.Attacks;

/// <summary>Rosters made up by a coordinator: invented participants, different rosters for different parties, terms below the agreed.</summary>
public sealed class RosterTests
{
    [Fact]
    public async Task AgreeAsync_OneKnownParticipantAmongInvented_Refuses()
    {
        var bench = new SumBench(8);
        var errors = await AgreeAsync(bench, rosterOf: _ => bench.Roster, isPinned: (self, peer) => false);
        Assert.Equal(ProtocolErrorCode.RosterTooSmall, Assert.IsType<ProtocolException>(errors[bench.Names[0]]).Code);
    }

    // Three known participants are the minimum, yet seven invented ones hold seven shares of every secret and the threshold is seven.
    [Theory]
    [InlineData(10, 3, null)]
    [InlineData(10, 5, null)]
    [InlineData(5, 3, 4)]
    [InlineData(9, 6, null)]
    public async Task AgreeAsync_InventedParticipantsCouldOpenASecret_Refuses(int participants, int known, int? threshold)
    {
        var bench = new SumBench(participants, threshold);
        var pinned = bench.Names.Take(known).ToHashSet();
        var errors = await AgreeAsync(bench, _ => bench.Roster, (_, peer) => pinned.Contains(peer.Id));
        var lying = (2 * bench.Roster.Threshold) - participants;
        Assert.Equal(participants - known >= lying, errors[bench.Names[0]] is ProtocolException { Code: ProtocolErrorCode.RosterTooSmall });
    }

    // Three known and two invented under a threshold of four: when one of the known drops out, four are enough for the threshold, and the
    // sum would be over two known ones.
    [Fact]
    public async Task SumAsync_TooFewKnownParticipantsSurvive_NobodyReleasesAShare()
    {
        var bench = new SumBench(5, threshold: 4);
        var known = bench.Names.Take(3).ToHashSet();
        var released = new ConcurrentQueue<PartyId>();
        InProcessNetwork network = null!;
        network = new InProcessNetwork(TimeSpan.FromSeconds(20))
        {
            Intercept = e =>
            {
                if (e.IsAt("unmask") && known.Contains(e.From)) released.Enqueue(e.From);
                if (e.From.Name != "p002" || !e.IsAt("masked")) return e;
                network.Disconnect(e.From);   // it vanishes
                return null;
            },
        };
        var errors = await RunAsync(bench, network, _ => bench.Roster, (_, peer) => known.Contains(peer.Id), async session =>
            await new SecureAggregationSum().SumAsync(session, bench.Request(session.Self), session.IsCoordinator ? null : Blocks<Matrix>.Of(("values", Matrix.Zero(2, 2))), default));
        Assert.Empty(released);
        Assert.Equal(ProtocolErrorCode.BelowThreshold, Assert.IsType<ProtocolException>(errors[bench.Names[0]]).Code);
    }

    [Fact]
    public async Task AgreeAsync_TwoRostersAreSigned_BothSidesRefuse()
    {
        var bench = new SumBench(6);
        var other = With(bench.Roster, threshold: bench.Roster.Threshold, terms: new byte[32], parties: [.. bench.Roster.Parties.Where(p => p.Id.Name != "p005")]);
        var errors = await AgreeAsync(bench, name => name.Name is "p003" or "p004" ? other : bench.Roster, (_, _) => true);
        Assert.All(errors.Where(e => e.Key.Name != "p005"), e => Assert.NotNull(e.Value));
        var error = Assert.IsType<ProtocolException>(errors[SumBench.Coordinator]);
        Assert.Equal(ProtocolErrorCode.RosterMismatch, error.Code);
        Assert.Equal("p003 p004", Tampering.Blamed(error));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AgreeAsync_TheCoordinatorSignedOtherTerms_IsNamed(bool threshold)
    {
        var bench = new SumBench(5);
        var other = threshold ? With(bench.Roster, 5, new byte[32], bench.Roster.Parties) : With(bench.Roster, bench.Roster.Threshold, [.. Enumerable.Repeat((byte)1, 32)], bench.Roster.Parties);
        // A coordinator that lies passes the signatures on all the same: its own is exchanged for one over other terms.
        var network = new InProcessNetwork(TimeSpan.FromSeconds(20))
        {
            Intercept = e => !e.IsAt("signatures") ? e : e with { Payload = Tampering.Joined(Tampering.Parts(e.Payload).Select((p, i) => i == 0 ? SignedRoster(bench, other) : p)) },
        };
        var errors = await RunAsync(bench, network, _ => bench.Roster, (_, _) => true, session => RosterAgreement.AgreeAsync(session, default));
        Assert.All(bench.Names, n => Assert.Equal(SumBench.Coordinator.Name, Tampering.Blamed(errors[n])));
    }

    [Theory]
    [InlineData(6, 4)]
    [InlineData(5, 3)]
    [InlineData(9, 6)]
    [InlineData(3, 2)]
    public async Task SumAsync_ThresholdOfTwoThirdsOrLess_EveryParticipantRefuses(int participants, int threshold)
    {
        var sent = 0;
        var bench = new SumBench(participants, threshold) { Intercept = e => { Interlocked.Increment(ref sent); return e; } };
        var run = await bench.RunAsync(_ => new SecureAggregationSum());
        Assert.Equal(0, sent);
        Assert.All(run.Participants.Values, p => Assert.Equal(ProtocolErrorCode.RosterMismatch, Assert.IsType<ProtocolException>(p.Error).Code));
    }

    private static byte[] SignedRoster(SumBench bench, Roster roster)
    {
        var statement = new Core.Wire.WireWriter();
        statement.WriteText("coterie roster agreement v1");
        statement.WriteBytes(roster.Digest.AsSpan());
        return bench.IdentityOf(SumBench.Coordinator).Sign(statement.WrittenMemory.Span);
    }

    private static Roster With(Roster roster, int threshold, byte[] terms, ImmutableArray<Party> parties) =>
        new(roster.RunId, parties, roster.Mode, threshold, roster.AllowSmallRoster, terms);

    private static Task<Dictionary<PartyId, Exception?>> AgreeAsync(SumBench bench, Func<PartyId, Roster> rosterOf, Func<PartyId, Party, bool> isPinned) =>
        RunAsync(bench, new InProcessNetwork(TimeSpan.FromSeconds(20)), rosterOf, isPinned, session => RosterAgreement.AgreeAsync(session, default));

    private static async Task<Dictionary<PartyId, Exception?>> RunAsync(
        SumBench bench, InProcessNetwork network, Func<PartyId, Roster> rosterOf, Func<PartyId, Party, bool> isPinned, Func<Session, Task> act)
    {
        async Task<Exception?> Party(PartyId party)
        {
            try
            {
                var store = new MemoryStore();
                var roster = rosterOf(party);
                await act(new Session
                {
                    Self = party,
                    Roster = roster,
                    Channel = network.Connect(roster[party]),
                    Signer = bench.IdentityOf(party),
                    Checkpoints = store,
                    OnceOnly = store,
                    IsPinned = peer => party == SumBench.Coordinator || isPinned(party, peer),
                });
                return null;
            }
            catch (Exception error) when (error is ProtocolException or PeerUnavailableException)
            {
                return error;
            }
            finally
            {
                network.Disconnect(party);
            }
        }

        var parties = bench.Names.Append(SumBench.Coordinator).ToDictionary(n => n, n => Task.Run(() => Party(n)));
        await Task.WhenAll(parties.Values);
        return parties.ToDictionary(p => p.Key, p => p.Value.Result);
    }
}
