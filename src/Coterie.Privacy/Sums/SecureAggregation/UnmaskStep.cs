using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.SecretSharing;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>
/// Step 4, unmasking: for each participant whose shares it holds, a survivor reveals either the share of the self mask (it survived)
/// or of the mask key (it dropped out after sharing), never both. Which kinds were released is claimed once only.
/// </summary>
internal static class UnmaskStep
{
    private const int ShareBytes = SecretShare.EncodedLength;

    public static async Task CoordinateAsync(
        AggregationRound round, IReadOnlyDictionary<int, Advertisement> keys, ParticipantSet shared, ParticipantSet survivors, IUnmaskable sum, CancellationToken cancellationToken)
    {
        var step = round.Step("unmask");
        var shares = shared.Indices.ToDictionary(i => i, _ => new List<SecretShare>());
        await round.Channel.CollectAsync(survivors.Names(round.Roster), step, 64 + (round.Participants * (ShareBytes + 8)), (sender, message) => Read(round, sender, message.Span, shared, shares), cancellationToken);
        var unmasking = new Unmasking(round, keys, survivors);
        foreach (var owner in shared.Indices)
        {
            if (shares[owner].Count < round.Graph.Threshold)
                throw new ProtocolException(ProtocolErrorCode.BelowThreshold, $"{shares[owner].Count} shares of {round.NameOf(owner)} at {step}; {round.Graph.Threshold} are needed to open the sum.", step.Path);
            unmasking.Remove(owner, shares[owner], sum);
        }
    }

    public static async Task ParticipateAsync(AggregationRound round, ParticipantSecrets secrets, HeldShares held, ParticipantSet survivors, CancellationToken cancellationToken)
    {
        var step = round.Step("unmask");
        var kinds = new WireWriter();
        survivors.Write(kinds);
        foreach (var owner in held.Sealed.Keys.Order()) kinds.WriteInt32(owner);
        await round.Session.OnceOnly.ClaimAsync(step.Path, SHA256.HashData(kinds.WrittenMemory.Span), cancellationToken);

        var released = new List<(int Owner, SecretShare Share)>();
        if (held.OwnSelfMask is { } own) released.Add((round.Self, own));
        foreach (var (owner, envelope) in held.Sealed)
            if (secrets.TryOpen(owner, envelope) is { } pair)
                released.Add((owner, survivors.Contains(owner) ? pair.SelfMaskSeed : pair.MaskKey));

        var writer = new WireWriter(released.Count * (ShareBytes + 8));
        writer.WriteInt32(released.Count);
        var encoded = new byte[ShareBytes];
        foreach (var (owner, share) in released)
        {
            writer.WriteInt32(owner);
            share.Encode(encoded);
            writer.WriteBytes(encoded);
        }
        await round.Channel.SendAsync(round.Coordinator, step, writer.WrittenMemory, cancellationToken);
    }

    private static void Read(AggregationRound round, PartyId sender, ReadOnlySpan<byte> message, ParticipantSet shared, Dictionary<int, List<SecretShare>> shares)
    {
        var holder = round.Roster.IndexOf(sender);
        var reader = new WireReader(message, sender, round.Step("unmask"));
        var count = reader.ReadInt32(0, round.Participants);
        var seen = new HashSet<int>();
        for (var i = 0; i < count; i++)
        {
            var owner = reader.ReadInt32(0, round.Participants - 1);
            if (!shared.Contains(owner) || !round.Graph.Holds(holder, owner) || !seen.Add(owner)) throw reader.Malformed($"no share of participant {owner} was asked of it");
            SecretShare share;
            try
            {
                share = SecretShare.Decode(reader.ReadExactBytes(ShareBytes));
            }
            catch (CryptographicException)
            {
                throw reader.Malformed("not a share");
            }
            if (share.Point != holder + 1) throw reader.Malformed("a share of another holder");
            shares[owner].Add(share);
        }
        reader.End();
    }
}
