using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Federation.Nodes.Offers;

/// <summary>The canonical bytes of a roster.</summary>
internal static class RosterCodec
{
    private const int MaximumParties = 100_002;
    private const int MaximumKeyBytes = 256;
    private const int HashBytes = 32;

    /// <summary>Fewest bytes a party takes: the lengths of its name and key, and its role.</summary>
    private const int SmallestPartyBytes = 12;

    public static byte[] ToBytes(Roster roster)
    {
        var writer = new WireWriter();
        writer.WriteText(roster.RunId);
        writer.WriteText(roster.Mode);
        writer.WriteInt32(roster.Threshold);
        writer.WriteByte(roster.AllowSmallRoster ? (byte)1 : (byte)0);
        writer.WriteBytes(roster.TermsHash.AsSpan());
        writer.WriteInt32(roster.Parties.Length);
        foreach (var party in roster.Parties)
        {
            writer.WriteText(party.Id.Name);
            writer.WriteInt32((int)party.Role);
            writer.WriteBytes(party.IdentityKey.AsSpan());
        }
        return writer.ToArray();
    }

    /// <exception cref="ProtocolException">The bytes are no roster.</exception>
    public static Roster Read(ReadOnlySpan<byte> bytes, PartyId sender, StepTag step)
    {
        var reader = new WireReader(bytes, sender, step);
        var run = reader.ReadText(256);
        var mode = reader.ReadText(64);
        var threshold = reader.ReadInt32(0, MaximumParties);
        var allowsSmall = reader.ReadByte() switch { 0 => false, 1 => true, _ => throw reader.Malformed("a flag is 0 or 1") };
        var terms = reader.ReadExactBytes(HashBytes);
        var count = reader.ReadInt32(1, MaximumParties);
        if (reader.Remaining / SmallestPartyBytes < count) throw reader.Malformed($"{count} parties announced, too few bytes follow");
        var parties = ImmutableArray.CreateBuilder<Party>(count);
        for (var i = 0; i < count; i++)
            parties.Add(new Party(reader.ReadPartyId(), (PartyRole)reader.ReadInt32((int)PartyRole.Participant, (int)PartyRole.ModelOwner), [.. reader.ReadBytes(MaximumKeyBytes)]));
        reader.End();
        try
        {
            return new Roster(run, parties, mode, threshold, allowsSmall, terms);
        }
        catch (ArgumentException refused)
        {
            throw reader.Malformed(refused.Message);
        }
    }
}
