using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Core.Wire;

namespace Coterie.Federation.Identity;

/// <summary>
/// Lets one party join a consortium, once: who it will be, which authority to believe, and a secret. Whoever reads the token can join in the
/// party's place, so it goes by a private way.
/// </summary>
public sealed class Invitation
{
    /// <summary>What every token starts with.</summary>
    public const string Prefix = "coterie-invite-";

    internal const int IdBytes = 16;
    internal const int SecretBytes = 32;

    private const byte Version = 1;
    private const int ChecksumBytes = 4;   // tells one typo in 2^32; it is no protection, the secret is
    private const int MaximumToken = 1024;

    private readonly byte[] _secret;

    private Invitation(byte[] id, byte[] secret, ImmutableArray<byte> authority, PartyId name, PartyRole role, DateTimeOffset expires, Uri? server)
    {
        Id = [.. id];
        _secret = secret;
        AuthorityFingerprint = authority;
        Name = name;
        Role = role;
        Expires = expires;
        Server = server;
    }

    /// <summary>Names the invitation; 16 bytes, no secret.</summary>
    public ImmutableArray<byte> Id { get; }

    /// <summary>SHA-256 of the certificate of the authority that invites.</summary>
    public ImmutableArray<byte> AuthorityFingerprint { get; }

    /// <summary>The name the party will have.</summary>
    public PartyId Name { get; }

    /// <summary>The role the party will have.</summary>
    public PartyRole Role { get; }

    /// <summary>When it ends, in whole seconds.</summary>
    public DateTimeOffset Expires { get; }

    /// <summary>Where to join; null where the authority's folder is on the same machine.</summary>
    public Uri? Server { get; }

    /// <summary>The secret; stays with the party.</summary>
    internal ReadOnlySpan<byte> Secret => _secret;

    /// <summary>Reads a token.</summary>
    /// <exception cref="IdentityException"><see cref="IdentityReason.Malformed"/>: it is none, or a character is wrong or missing.</exception>
    public static Invitation Parse(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        var text = token.Trim();
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)) throw Malformed($"An invitation starts with {Prefix}; what is given does not.");
        if (text.Length > MaximumToken) throw Malformed($"An invitation has at most {MaximumToken} characters; {text.Length} are given.");
        byte[] bytes;
        try
        {
            bytes = Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length));
        }
        catch (FormatException)
        {
            throw Damaged();
        }
        // Every bit counts: base64 leaves some unused at the end, which a typo could change unnoticed.
        if (bytes.Length <= ChecksumBytes || Base64Url.EncodeToString(bytes) != text[Prefix.Length..]) throw Damaged();
        var body = bytes.AsSpan(..^ChecksumBytes);
        if (!Checksum(body).AsSpan().SequenceEqual(bytes.AsSpan(^ChecksumBytes..))) throw Damaged();
        return Read(body);
    }

    /// <summary>The invitation as one word to hand on; it holds the secret.</summary>
    public string ToToken()
    {
        var writer = new WireWriter();
        writer.WriteByte(Version);
        writer.WriteBytes(Id.AsSpan());
        writer.WriteBytes(_secret);
        writer.WriteBytes(AuthorityFingerprint.AsSpan());
        writer.WriteText(Name.Name);
        writer.WriteText(RoleNames.Of(Role));
        writer.WriteInt64(Expires.ToUnixTimeSeconds());
        writer.WriteText(Server?.AbsoluteUri ?? "");
        var body = writer.ToArray();
        return Prefix + Base64Url.EncodeToString([.. body, .. Checksum(body)]);
    }

    /// <summary>Who is invited until when; without the secret.</summary>
    public override string ToString() => $"invitation of {Name} as {RoleNames.Of(Role)} until {Expires:u}";

    internal static Invitation Draw(ImmutableArray<byte> authority, PartyId name, PartyRole role, DateTimeOffset expires, Uri? server) => new(
        CryptographicRandom.Instance.Bytes(IdBytes), CryptographicRandom.Instance.Bytes(SecretBytes), authority, name, role,
        DateTimeOffset.FromUnixTimeSeconds(expires.ToUnixTimeSeconds()), server);

    private static Invitation Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new WireReader(body, default, new StepTag("invitation"));
            if (reader.ReadByte() != Version) throw Malformed("The invitation was made by another version of Coterie; ask for one of version 1.");
            var id = reader.ReadExactBytes(IdBytes).ToArray();
            var secret = reader.ReadExactBytes(SecretBytes).ToArray();
            ImmutableArray<byte> authority = [.. reader.ReadExactBytes(SHA256.HashSizeInBytes)];
            var name = reader.ReadPartyId();
            var role = RoleNames.Find(reader.ReadText(16)) ?? throw Damaged();
            var expires = DateTimeOffset.FromUnixTimeSeconds(reader.ReadInt64());
            var server = reader.ReadText(ServerAddress.MaximumLength);
            reader.End();
            return new Invitation(id, secret, authority, name, role, expires, server.Length == 0 ? null : ServerAddress.Parse(server));
        }
        catch (Exception error) when (error is ProtocolException or ArgumentOutOfRangeException)
        {
            throw Damaged();
        }
    }

    private static byte[] Checksum(ReadOnlySpan<byte> body) => SHA256.HashData([.. "coterie invitation checksum v1"u8, .. body])[..ChecksumBytes];

    private static IdentityException Damaged() => Malformed("The invitation is damaged: a character is wrong or missing; copy the whole of it again.");

    private static IdentityException Malformed(string message) => new(IdentityReason.Malformed, message);
}
