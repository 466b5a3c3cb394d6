using System.Collections.Immutable;
using Coterie.Benchmarks.Measuring;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports;
using Coterie.Privacy;
using Coterie.Privacy.Sums;

namespace Coterie.Benchmarks.SecureSums;

/// <summary>Runs one sum among parties of this process, each under a meter of its own, and checks the total.</summary>
internal sealed class SumRunner
{
    private static readonly PartyId Coordinator = new("coordinator");

    private readonly SumCase _case;
    private readonly ImmutableArray<PartyId> _names;
    private readonly Dictionary<PartyId, PartyIdentity> _identities;
    private readonly Dictionary<PartyId, MeteredScheduler> _meters;
    private readonly Roster _roster;
    private readonly InProcessNetwork _network = new(TimeSpan.FromMinutes(5));

    private SumRunner(SumCase sum)
    {
        _case = sum;
        _names = [.. Enumerable.Range(0, sum.Participants).Select(i => new PartyId($"p{i:0000}"))];
        _identities = _names.Append(Coordinator).ToDictionary(n => n, _ => PartyIdentity.Create());
        _meters = _identities.Keys.ToDictionary(n => n, _ => new MeteredScheduler());
        var mode = new ModeOptions(sum.IsSecure ? ModeCatalogue.SecureAggregation : ModeCatalogue.Federated);
        var parties = _names.Select(n => new Party(n, PartyRole.Participant, _identities[n].PublicKey))
            .Prepend(new Party(Coordinator, PartyRole.Coordinator, _identities[Coordinator].PublicKey));
        _roster = new Roster("bench", parties, mode.Mode, ModeCatalogue.ThresholdFor(mode, sum.Participants), allowSmallRoster: false, new byte[32]);
    }

    public static async Task<SumFigures> RunAsync(SumCase sum)
    {
        var runner = new SumRunner(sum);
        try
        {
            return await runner.RunAsync();
        }
        finally
        {
            foreach (var identity in runner._identities.Values) identity.Dispose();
        }
    }

    private async Task<SumFigures> RunAsync()
    {
        // The last ones drop out; what everybody adds is there before the clock starts.
        var stay = _names[..^_case.Dropped];
        var contributions = _names.Select((n, i) => (n, Contribution(i, _case.Length))).ToDictionary(c => c.n, c => c.Item2);
        SumOutcome? outcome = null;
        var elapsed = await Stopwatches.ProcessAsync(async () =>
        {
            var parties = _names.Select(n => PartyAsync(n, contributions[n], !stay.Contains(n))).Append(PartyAsync(Coordinator, null, false)).ToArray();
            outcome = (await Task.WhenAll(parties))[^1];
            foreach (var meter in _meters.Values) await meter.SettleAsync();
        });
        Check(outcome, stay);
        var all = _meters.Values.Aggregate(TimeSpan.Zero, (sum, m) => sum + m.Cpu);
        return new SumFigures(
            stay.Average(n => _meters[n].Cpu.TotalSeconds), _meters[Coordinator].Cpu.TotalSeconds, (elapsed.Cpu - all).TotalSeconds, elapsed.Wall.TotalSeconds,
            stay.Average(n => _network.Traffic.SentBy(n)), stay.Average(n => _network.Traffic.ReceivedBy(n)));
    }

    /// <summary>One party, on its own meter; a participant that dropped out has no outcome.</summary>
    private Task<SumOutcome?> PartyAsync(PartyId party, Blocks<Matrix>? mine, bool vanishes)
    {
        var store = new MemoryStore();
        var channel = _network.Connect(_roster[party]);
        if (vanishes) channel = new VanishingChannel(channel, _network, party);
        var session = new Session { Self = party, Roster = _roster, Channel = channel, Signer = _identities[party], Checkpoints = store, OnceOnly = store };
        ISecureSum sum = _case.IsSecure ? new SecureAggregationSum() : new FederatedSum();
        var request = new SumRequest(new StepTag("bench/0"), [new BlockSpec("values", _case.Length, 1, 1)], new Round(0, 100, _names.Length, 0), new byte[32]);
        return _meters[party].RunAsync<SumOutcome?>(async () =>
        {
            try
            {
                if (vanishes && !_case.IsSecure) throw new PeerUnavailableException(party, request.Step, "this party has left the run");
                return await sum.SumAsync(session, request, mine, CancellationToken.None);
            }
            catch (PeerUnavailableException error) when (vanishes && error.Peer == party)
            {
                return null;
            }
            finally
            {
                if (vanishes) _network.Disconnect(party);
            }
        });
    }

    /// <summary>Values in [-1, 1], different for every participant and place.</summary>
    public static Blocks<Matrix> Contribution(int participant, int length) =>
        Blocks<Matrix>.Of(("values", Matrix.Create(length, 1, values =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = Value(participant, i);
        })));

    /// <summary>Compares a total with the sum of the first participants' contributions, at about a hundred places.</summary>
    /// <exception cref="InvalidOperationException">It is another.</exception>
    public static void CheckTotal(Blocks<Matrix> total, int contributors, int length)
    {
        for (var place = 0; place < length; place += Math.Max(1, length / 97))
        {
            var expected = 0.0;
            for (var p = 0; p < contributors; p++) expected += Value(p, place);
            if (Math.Abs(expected - total["values"].Values[place]) > 1e-9 * contributors) throw new InvalidOperationException($"The sum is wrong at {place}.");
        }
    }

    private static double Value(int participant, int place) => (((participant * 7919L) + (place * 104729L)) % 2001 / 1000.0) - 1;

    private void Check(SumOutcome? outcome, ImmutableArray<PartyId> stay)
    {
        if (outcome?.Total is not { } total || !outcome.Survivors.SequenceEqual(stay)) throw new InvalidOperationException("The sum did not come about as planned.");
        CheckTotal(total, stay.Length, _case.Length);
    }
}
