using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Federation.Identity;

/// <summary>What an authority keeps of an invitation: the hash of its secret, never the secret.</summary>
/// <param name="SecretHash">SHA-256, 32 bytes.</param>
/// <param name="Name">Who is invited.</param>
/// <param name="Role">As what.</param>
/// <param name="Expires">Until when.</param>
internal sealed record StoredInvitation(byte[] SecretHash, PartyId Name, PartyRole Role, DateTimeOffset Expires)
{
    private const string Purpose = "coterie stored invitation v1";

    /// <summary>No such file is longer.</summary>
    public const int MaximumBytes = 512;

    public byte[] Encode()
    {
        var writer = new WireWriter();
        writer.WriteText(Purpose);
        writer.WriteBytes(SecretHash);
        writer.WriteText(Name.Name);
        writer.WriteText(RoleNames.Of(Role));
        writer.WriteInt64(Expires.ToUnixTimeSeconds());
        return writer.ToArray();
    }

    public static StoredInvitation Decode(ReadOnlySpan<byte> content, string path)
    {
        try
        {
            var reader = new WireReader(content, default, new StepTag("stored invitation"));
            if (reader.ReadText(Purpose.Length) != Purpose) throw Damaged(path);
            var read = new StoredInvitation(
                reader.ReadExactBytes(InvitationProof.Length).ToArray(), reader.ReadPartyId(), RoleNames.Find(reader.ReadText(16)) ?? throw Damaged(path),
                DateTimeOffset.FromUnixTimeSeconds(reader.ReadInt64()));
            reader.End();
            return read;
        }
        catch (Exception error) when (error is ProtocolException or ArgumentOutOfRangeException)
        {
            throw Damaged(path);
        }
    }

    private static IdentityException Damaged(string path) => new(IdentityReason.Malformed, $"{path} is damaged; delete it and invite again.");
}
