using System.Collections.Immutable;
using Coterie.Benchmarks.Measuring;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports;
using Coterie.Privacy;
using Coterie.Privacy.Sums;

namespace Coterie.Benchmarks.SecureSums;

/// <summary>What sums cost in a run of five participants, in seconds of processor time but for the wall's, and in bytes.</summary>
internal sealed record RepeatedFigures(double Keys, double First, double Later, double Coordinator, double Wall, double Sent, double Received, double CoordinatorSent);

/// <summary>Several sums of one run among parties of this process, each under a meter of its own: what is agreed or made once shows in the first.</summary>
internal sealed class RepeatedSums
{
    private const int Participants = 5;
    private const int LaterSums = 3;

    private static readonly PartyId Coordinator = new("coordinator");
    private static readonly ImmutableArray<PartyId> Names = [.. Enumerable.Range(0, Participants).Select(i => new PartyId($"p{i:0000}"))];

    private readonly int _length;
    private readonly InProcessNetwork _network = new(TimeSpan.FromMinutes(5));
    private readonly Dictionary<PartyId, Session> _sessions;
    private readonly Dictionary<PartyId, ISecureSum> _sums;
    private readonly Dictionary<PartyId, MeteredScheduler> _meters;

    private RepeatedSums(ModeOptions mode, int length)
    {
        _length = length;
        var identities = Names.Append(Coordinator).ToDictionary(n => n, _ => PartyIdentity.Create());
        var parties = identities.Select(i => new Party(i.Key, i.Key == Coordinator ? PartyRole.Coordinator : PartyRole.Participant, i.Value.PublicKey));
        var roster = new Roster("bench", parties, mode.Mode, ModeCatalogue.ThresholdFor(mode, Participants), allowSmallRoster: false, new byte[32]);
        _meters = identities.Keys.ToDictionary(n => n, _ => new MeteredScheduler());
        _sums = identities.Keys.ToDictionary(n => n, _ => Create(mode));
        _sessions = identities.ToDictionary(i => i.Key, i =>
        {
            var store = new MemoryStore();
            return new Session { Self = i.Key, Roster = roster, Channel = _network.Connect(roster[i.Key]), Signer = i.Value, Checkpoints = store, OnceOnly = store };
        });
    }

    /// <summary>Agrees, and adds four times.</summary>
    public static async Task<RepeatedFigures> RunAsync(ModeOptions mode, int length)
    {
        var run = new RepeatedSums(mode, length);
        var agreed = await run.MeasureAsync(async party =>
        {
            if (run._sums[party] is IHiddenSum hidden) await hidden.AgreeAsync(run._sessions[party], CancellationToken.None);
        });
        var first = await run.SumAsync(0);
        var later = new List<Measured>();
        for (var i = 1; i <= LaterSums; i++) later.Add(await run.SumAsync(i));
        foreach (var sum in run._sums.Values.OfType<IDisposable>()) sum.Dispose();
        double Of(Func<Measured, double> figure) => Stopwatches.Median([.. later.Select(figure)]);
        return new RepeatedFigures(
            agreed.Participant, first.Participant, Of(m => m.Participant), Of(m => m.Coordinator), Of(m => m.Wall), Of(m => m.Sent), Of(m => m.Received), Of(m => m.CoordinatorSent));
    }

    private sealed record Measured(double Participant, double Coordinator, double Wall, double Sent, double Received, double CoordinatorSent);

    private Task<Measured> SumAsync(int number) => MeasureAsync(async party =>
    {
        var request = new SumRequest(new StepTag($"bench/{number}"), [new BlockSpec("values", _length, 1, 1)], new Round(number, 100, Participants, 0), new byte[32]);
        var mine = party == Coordinator ? null : SumRunner.Contribution(Names.IndexOf(party), _length);
        var outcome = await _sums[party].SumAsync(_sessions[party], request, mine, CancellationToken.None);
        if (party == Coordinator && !outcome.Survivors.SequenceEqual(Names)) throw new InvalidOperationException("The sum did not come about as planned.");
        if (outcome.Total is { } total) SumRunner.CheckTotal(total, Participants, _length);
    });

    private async Task<Measured> MeasureAsync(Func<PartyId, Task> work)
    {
        double Seconds(PartyId party) => _meters[party].Cpu.TotalSeconds;
        var before = _meters.Keys.ToDictionary(n => n, n => (Cpu: Seconds(n), Sent: _network.Traffic.SentBy(n), Received: _network.Traffic.ReceivedBy(n)));
        var elapsed = await Stopwatches.ProcessAsync(async () =>
        {
            await Task.WhenAll(_meters.Select(m => m.Value.RunAsync(async () =>
            {
                await work(m.Key);
                return true;
            })));
            foreach (var meter in _meters.Values) await meter.SettleAsync();
        });
        return new Measured(
            Names.Average(n => Seconds(n) - before[n].Cpu), Seconds(Coordinator) - before[Coordinator].Cpu, elapsed.Wall.TotalSeconds, Names.Average(n => _network.Traffic.SentBy(n) - before[n].Sent),
            Names.Average(n => _network.Traffic.ReceivedBy(n) - before[n].Received), _network.Traffic.SentBy(Coordinator) - before[Coordinator].Sent);
    }

    private static ISecureSum Create(ModeOptions mode) => mode.Mode switch
    {
        ModeCatalogue.Federated => new FederatedSum(),
        ModeCatalogue.SecureAggregation => new SecureAggregationSum(),
        ModeCatalogue.SharedKey => new SharedKeySum(),
        _ => new SeparateKeysSum(ModeCatalogue.KeyBitsFor(mode)),
    };
}
