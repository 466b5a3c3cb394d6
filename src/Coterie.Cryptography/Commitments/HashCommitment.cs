using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Core.Wire;

namespace Coterie.Cryptography.Commitments;

/// <summary>
/// Commit, then reveal: nobody can choose a value after seeing the others'. The commitment is
/// SHA-256(domain || run || party || value || nonce), binding by collision resistance and hiding by the 32-byte random nonce.
/// </summary>
public static class HashCommitment
{
    /// <summary>Bytes of a value, of a nonce and of a commitment.</summary>
    public const int Length = 32;

    /// <summary>Draws a fresh value and nonce.</summary>
    public static CommitmentOpening Draw(PartyId party, CryptographicRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new CommitmentOpening(party, random.Bytes(Length), random.Bytes(Length));
    }

    /// <summary>The commitment to <paramref name="opening"/> in <paramref name="runId"/>: 32 bytes.</summary>
    public static byte[] Commit(string runId, CommitmentOpening opening)
    {
        ArgumentNullException.ThrowIfNull(runId);
        ArgumentNullException.ThrowIfNull(opening);
        var writer = new WireWriter();
        writer.WriteText("coterie commitment v1");
        writer.WriteText(runId);
        writer.WriteText(opening.Party.Name);
        writer.WriteBytes(opening.Value.Span);
        writer.WriteBytes(opening.Nonce.Span);
        return SHA256.HashData(writer.WrittenMemory.Span);
    }

    /// <summary>Whether <paramref name="opening"/> opens <paramref name="commitment"/>; compared in fixed time.</summary>
    public static bool Verify(string runId, ReadOnlySpan<byte> commitment, CommitmentOpening opening) =>
        CryptographicOperations.FixedTimeEquals(commitment, Commit(runId, opening));

    /// <summary>
    /// A seed nobody chose, as long as one party's value was random: SHA-256 over the reveals in roster order. Verify every
    /// opening first.
    /// </summary>
    /// <exception cref="ArgumentException">There is no opening, or a party opens twice.</exception>
    public static byte[] JointSeed(string runId, IReadOnlyList<CommitmentOpening> openingsInRosterOrder)
    {
        ArgumentNullException.ThrowIfNull(runId);
        ArgumentNullException.ThrowIfNull(openingsInRosterOrder);
        if (openingsInRosterOrder.Count == 0) throw new ArgumentException("A joint seed needs an opening.", nameof(openingsInRosterOrder));
        if (openingsInRosterOrder.DistinctBy(o => o.Party).Count() != openingsInRosterOrder.Count)
            throw new ArgumentException("A party opens twice.", nameof(openingsInRosterOrder));
        var writer = new WireWriter();
        writer.WriteText("coterie joint seed v1");
        writer.WriteText(runId);
        writer.WriteInt32(openingsInRosterOrder.Count);
        foreach (var opening in openingsInRosterOrder)
        {
            writer.WriteText(opening.Party.Name);
            writer.WriteBytes(opening.Value.Span);
        }
        return SHA256.HashData(writer.WrittenMemory.Span);
    }
}
