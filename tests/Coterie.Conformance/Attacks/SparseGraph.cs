using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Commitments;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Conformance.Attacks;

/// <summary>What a coordinator of an attacker's own has to do to follow the sparse graph: pass the parts of its seed on, and draw it.</summary>
internal sealed class SparseGraph
{
    /// <summary>A roster large enough for a graph that is not complete.</summary>
    public const int Participants = 64;

    private AggregationGraph? _graph;

    public IEnumerable<int> Neighbours(int participant) => _graph!.Neighbours(participant);

    /// <summary>Relays commitments, then reveals, and draws the graph of the sum at <paramref name="step"/>.</summary>
    public async Task RelayAsync(Session session, StepTag step)
    {
        var prefix = new StepTag($"{session.Roster.RunId}/graph");
        await RelayAsync(session, prefix.Then("commitment"), prefix.Then("commitments"));
        var reveals = await RelayAsync(session, prefix.Then("reveal"), prefix.Then("reveals"));
        var seed = HashCommitment.JointSeed(session.Roster.RunId, [.. session.Roster.Participants.Zip(reveals, OpeningOf)]);
        var n = session.Roster.Participants.Length;
        var k = AggregationParameters.Compute(n, 0.2, 0.1, adversary: Adversary).Neighbours;
        _graph = AggregationGraph.Create(n, k, HKDF.DeriveKey(HashAlgorithmName.SHA256, seed, 32, info: Encoding.UTF8.GetBytes($"coterie aggregation graph v1/{step}")));
    }

    /// <summary>The adversary the graph is laid out for.</summary>
    public const AggregationAdversary Adversary = AggregationAdversary.LyingCoordinator;

    private static CommitmentOpening OpeningOf(PartyId party, byte[] message)
    {
        var reveal = new WireReader(message, party, default).ReadExactBytes(64).ToArray();
        return new CommitmentOpening(party, reveal.AsMemory(0, 32), reveal.AsMemory(32));
    }

    private static async Task<ImmutableArray<byte[]>> RelayAsync(Session session, StepTag from, StepTag to)
    {
        var parts = new List<byte[]>();
        foreach (var name in session.Roster.Participants) parts.Add((await session.Channel.ReceiveAsync(name, from, 4096, default)).ToArray());
        foreach (var name in session.Roster.Participants) await session.Channel.SendAsync(name, to, parts.SelectMany(p => p).ToArray(), default);
        return [.. parts];
    }
}
