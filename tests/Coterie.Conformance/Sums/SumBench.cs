using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports;

namespace Coterie.Conformance.Sums;

/// <summary>A roster of parties in one process that only add: what the conformance suite and the attacks run on.</summary>
internal sealed class SumBench
{
    public static readonly PartyId Coordinator = new("coordinator");

    /// <summary>Of every entry.</summary>
    public const double Bound = 1000;

    private readonly Dictionary<PartyId, PartyIdentity> _identities;
    private readonly (int Rows, int Columns) _shape;

    public SumBench(int participants, int? threshold = null, string runId = "test", bool allowSmallRoster = false, (int Rows, int Columns)? shape = null)
    {
        _shape = shape ?? (2, 2);
        Names = [.. Enumerable.Range(0, participants).Select(i => new PartyId($"p{i:000}"))];
        _identities = Names.Append(Coordinator).ToDictionary(n => n, _ => PartyIdentity.Create());
        Roster = new Roster(
            runId,
            Names.Select(n => new Party(n, PartyRole.Participant, _identities[n].PublicKey)).Prepend(new Party(Coordinator, PartyRole.Coordinator, _identities[Coordinator].PublicKey)),
            "test", threshold ?? (2 * participants / 3) + 1, allowSmallRoster, new byte[32]);
    }

    public ImmutableArray<PartyId> Names { get; }

    public Roster Roster { get; set; }

    /// <summary>What each participant adds; by default small distinct values.</summary>
    public Func<int, Matrix> Contribution { get; init; } = i => new Matrix(2, 2, [i + 1, -i, 0.25 * i, 1]);

    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    public Func<Envelope, Envelope?>? Intercept { get; init; }

    /// <summary>The store of each party; lives across sums of one bench.</summary>
    public Dictionary<PartyId, MemoryStore> Stores { get; } = [];

    /// <summary>The model hash each party believes in.</summary>
    public Func<PartyId, byte[]> ModelHash { get; init; } = _ => new byte[32];

    public PartyIdentity IdentityOf(PartyId party) => _identities[party];

    public SumRequest Request(PartyId party, string step = "0") => new(
        new StepTag($"{Roster.RunId}/{step}"), [new BlockSpec("values", _shape.Rows, _shape.Columns, Bound)], new Round(0, 100, Names.Length, 0), ModelHash(party));

    /// <summary>The plain sum over the named participants.</summary>
    public Matrix PlainSum(IEnumerable<PartyId> contributors) =>
        contributors.Select(n => Contribution(Names.IndexOf(n))).Aggregate((a, b) => a + b);

    /// <summary>Runs one sum; returns the coordinator's outcome or its exception, and every participant's.</summary>
    public async Task<SumRun> RunAsync(Func<PartyId, ISecureSum> sums, string step = "0", Func<PartyId, Blocks<Matrix>?>? mine = null)
    {
        InProcessNetwork? network = null;
        network = new InProcessNetwork(Patience) { Intercept = Intercept is null ? null : e => Filter(network!, e) };
        async Task<(SumOutcome? Outcome, Exception? Error)> Party(PartyId party)
        {
            try
            {
                var store = Stores.TryGetValue(party, out var existing) ? existing : Stores[party] = new MemoryStore();
                var session = new Session
                {
                    Self = party,
                    Roster = Roster,
                    Channel = network.Connect(Roster[party]),
                    Signer = _identities[party],
                    Checkpoints = store,
                    OnceOnly = store,
                };
                var blocks = party == Coordinator ? null : mine is null ? Blocks<Matrix>.Of(("values", Contribution(Names.IndexOf(party)))) : mine(party);
                var request = Request(party, step);
                return (await Task.Run(async () => await sums(party).SumAsync(session, request, blocks, CancellationToken.None)), null);
            }
            catch (Exception error) when (error is ProtocolException or PeerUnavailableException)
            {
                return (null, error);
            }
            finally
            {
                network.Disconnect(party);
            }
        }

        foreach (var party in Names.Append(Coordinator)) Stores.TryAdd(party, new MemoryStore());
        var parties = Names.Append(Coordinator).ToDictionary(n => n, Party);
        await Task.WhenAll(parties.Values);
        return new SumRun(
            parties[Coordinator].Result.Outcome, parties[Coordinator].Result.Error, Names.ToDictionary(n => n, n => parties[n].Result), network.Traffic);
    }

    private Envelope? Filter(InProcessNetwork network, Envelope envelope)
    {
        try
        {
            return Intercept!(envelope);
        }
        catch (PartyGoneException)
        {
            network.Disconnect(envelope.From);
            throw new PeerUnavailableException(envelope.From, envelope.Step, "this party has left the run");
        }
    }
}

/// <summary>Thrown by an interceptor: the sender vanishes at this message.</summary>
internal sealed class PartyGoneException : Exception;

/// <summary>How one sum ended at every party.</summary>
internal sealed record SumRun(
    SumOutcome? Outcome, Exception? Error, Dictionary<PartyId, (SumOutcome? Outcome, Exception? Error)> Participants, TrafficMeter Traffic);
