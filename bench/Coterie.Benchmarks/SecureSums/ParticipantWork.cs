using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Reports;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Core.Wire;
using Coterie.Cryptography.Identity;
using Coterie.Cryptography.SecretSharing;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Privacy.Sums;

namespace Coterie.Benchmarks.SecureSums;

/// <summary>
/// The local steps of one participant of a secure sum, in the protocol's order and without a network, for a neighbourhood of any size.
/// Signed statements have the length of real ones.
/// </summary>
internal sealed class ParticipantWork
{
    /// <summary>The subcommand.</summary>
    public const string Name = "participant";

    private const string Method = """
        The local steps of one participant in the order of the protocol (steps 0 to 4), without a network, on one thread: processor time, medians of 7.
        Signed statements have the length of real ones. `plain` is what the same participant does in the clear.
        """;

    private const int StatementBytes = 320;
    private const int Repeats = 7;

    private static readonly PartyId Self = new("self");
    private static readonly CryptographicRandom Random = CryptographicRandom.Instance;

    private readonly RoundContext _context = new("bench", new StepTag("bench/0"), new byte[32]);
    private readonly PartyIdentity _identity = PartyIdentity.Create();
    private readonly byte[] _statement = Random.Bytes(StatementBytes);
    private readonly List<(string Step, double Seconds)> _steps = [];
    private readonly Peer[] _others;
    private readonly Peer[] _peers;
    private readonly int _threshold;
    private readonly SumRequest _request;
    private readonly Blocks<Matrix> _contribution;

    private ParticipantWork(int participants, int neighbours, int threshold, int length)
    {
        _threshold = threshold;
        _others = [.. Enumerable.Range(0, participants - 1).Select(i => new Peer(new PartyId($"p{i:0000}"), _statement))];
        _peers = _others[..neighbours];
        _request = new SumRequest(_context.Step, [new BlockSpec("values", length, 1, 1)], new Round(0, 100, participants, 0), new byte[32]);
        _contribution = Blocks<Matrix>.Of(("values", Matrix.Create(length, 1, v => v.Fill(0.25))));
    }

    /// <summary>Medians of every step, and of their total.</summary>
    public static Report Run()
    {
        var report = new Report(Name, "One participant's own work in a secure sum", Method);
        // A thousand participants as the protocol lays them out, against a coordinator that lies.
        var sparse = AggregationParameters.Compute(1_000, 0.2, 0.1, adversary: AggregationAdversary.LyingCoordinator);
        (int Participants, int Neighbours, int Threshold, int Length)[] sizes =
            [(101, 100, 68, 1_000_000), (1_000, sparse.Neighbours, sparse.Threshold, 10_000), (10, 9, 7, 1_000_000)];
        var table = new MarkdownTable(["step", .. sizes.Select(s => $"{Figures.Count(s.Participants)} participants, {s.Neighbours} neighbours, t = {s.Threshold}, {Figures.Count(s.Length)} values")]);
        var columns = sizes.Select(s => new ParticipantWork(s.Participants, s.Neighbours, s.Threshold, s.Length).Measure()).ToArray();
        for (var row = 0; row < columns[0].Length; row++) table.Add([columns[0][row].Step, .. columns.Select(c => Figures.Seconds(c[row].Seconds))]);
        report.Add(table);
        report.Target("a participant with 100 neighbours and 1,000,000 values", columns[0][^1].Seconds, 0.3, " s");
        return report;
    }

    private (string Step, double Seconds)[] Measure()
    {
        Once();
        var runs = Enumerable.Range(0, Repeats).Select(_ => Once()).ToArray();
        var steps = runs[0].Select((step, s) => (step.Step, Stopwatches.Median([.. runs.Select(r => r[s].Seconds)])));
        return [("plain: check, write in clear", Stopwatches.Kernel(Plain)), .. steps, ("total", Stopwatches.Median([.. runs.Select(r => r.Sum(s => s.Seconds))]))];
    }

    private (string Step, double Seconds)[] Once()
    {
        _steps.Clear();
        RoundKeys keys = null!;
        foreach (var other in _others) other.Identity = new VerifyingKey(other.PublicKey);
        Time("first sum of a run: parse everybody's identity key, verify once", () => VerifyAll(_others));
        Time("0 draw and sign keys", () =>
        {
            keys = RoundKeys.Create(Random);
            keys.CommitToSelfMask(_context, Self);
            _identity.Sign(_statement);
        });
        foreach (var peer in _peers) peer.SealFor(_context, keys);
        Time("0 verify the neighbours' keys", () =>
        {
            VerifyAll(_peers);
            if (!_peers.All(p => AgreementKey.IsValidPublicKey(p.ChannelKey) && AgreementKey.IsValidPublicKey(p.MaskKey))) throw new InvalidOperationException("A key is no point.");
        });
        SharePair[] pairs = [];
        Time("1 share both secrets", () => pairs = Share(keys));
        Time("1 seal the shares", () => SealAll(keys, pairs));
        ulong[] vector = [];
        Time("2 check and encode", () => vector = ContributionCodec.Encode(_request, ContributionCodec.Flatten(_request, _contribution, Self)));
        Time("2 mask", () => Mask(keys, vector));
        Time("2 write and hash for the once-only record", () =>
        {
            var writer = new WireWriter((vector.Length * sizeof(ulong)) + 4);
            writer.WriteUInt64s(vector);
            SHA256.HashData(writer.WrittenMemory.Span);
        });
        Time("3 sign the survivors", () => _identity.Sign(_statement));
        Time("3 verify everybody's signature", () => VerifyAll(_others));
        Time("4 open the received shares", () => OpenAll(keys));
        keys.Dispose();
        return [.. _steps];
    }

    private void Plain()
    {
        var writer = new WireWriter((_request.Length * sizeof(double)) + 4);
        writer.WriteDoubles(ContributionCodec.Flatten(_request, _contribution, Self));
    }

    private SharePair[] Share(RoundKeys keys)
    {
        int[] points = [.. Enumerable.Range(1, _peers.Length)];
        var seeds = keys.SplitSelfMaskSeed(_threshold, points, Random);
        var scalars = keys.SplitMaskKey(_threshold, points, Random);
        return [.. seeds.Zip(scalars, (s, k) => new SharePair(s, k))];
    }

    private void SealAll(RoundKeys keys, SharePair[] pairs)
    {
        for (var i = 0; i < _peers.Length; i++)
            ShareEnvelope.Seal(keys.AgreeToSend(_context, Self, _peers[i].Name, _peers[i].ChannelKey), _context, Self, _peers[i].Name, pairs[i], Random);
    }

    private void Mask(RoundKeys keys, ulong[] vector)
    {
        keys.ApplySelfMask(_context, Self, vector);
        foreach (var peer in _peers) keys.ApplyPairwiseMask(_context, Self, peer.Name, peer.MaskKey, vector);
    }

    private void OpenAll(RoundKeys keys)
    {
        foreach (var peer in _peers)
            ShareEnvelope.Open(keys.AgreeToReceive(_context, Self, peer.Name, peer.ChannelKey), _context, peer.Name, Self, peer.Envelope);
    }

    private void VerifyAll(Peer[] peers)
    {
        foreach (var peer in peers)
            if (!peer.Identity!.Verify(_statement, peer.Signature)) throw new InvalidOperationException("A signature is wrong.");
    }

    private void Time(string step, Action action)
    {
        var start = CpuClock.Thread;
        action();
        _steps.Add((step, (CpuClock.Thread - start).TotalSeconds));
    }

    private sealed class Peer
    {
        private readonly RoundKeys _keys = RoundKeys.Create(Random);

        public Peer(PartyId name, byte[] statement)
        {
            using var identity = PartyIdentity.Create();
            Name = name;
            PublicKey = identity.PublicKey;
            Signature = identity.Sign(statement);
        }

        public PartyId Name { get; }

        public ImmutableArray<byte> PublicKey { get; }

        public VerifyingKey? Identity { get; set; }

        public byte[] Signature { get; }

        public ReadOnlySpan<byte> ChannelKey => _keys.ChannelPublicKey.AsSpan();

        public ReadOnlySpan<byte> MaskKey => _keys.MaskPublicKey.AsSpan();

        public byte[] Envelope { get; private set; } = [];

        public void SealFor(RoundContext context, RoundKeys self)
        {
            var share = new SecretShare(1, 1, 2, 3, 4, 5);
            var key = _keys.AgreeToSend(context, Name, Self, self.ChannelPublicKey.AsSpan());
            Envelope = ShareEnvelope.Seal(key, context, Name, Self, new SharePair(share, share), Random);
        }
    }
}
