using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Federation.Identity;

/// <summary>Asks for a first certificate.</summary>
/// <param name="Invitation">The invitation's name, 16 bytes.</param>
/// <param name="Proof">See <see cref="InvitationProof"/>.</param>
/// <param name="Request">PKCS#10, DER.</param>
internal sealed record JoinRequest(byte[] Invitation, byte[] Proof, byte[] Request)
{
    public byte[] Encode() => MessageCodec.Write(1, Invitation, Proof, Request);

    public static JoinRequest Decode(ReadOnlySpan<byte> message) => MessageCodec.Read(message, 1, CertificateProfile.MaximumBytes) is [var invitation, var proof, var request]
        ? new JoinRequest(invitation, proof, request)
        : throw MessageCodec.Malformed();
}

/// <summary>Asks for the next certificate.</summary>
/// <param name="Certificate">The certificate held now, DER.</param>
/// <param name="Request">PKCS#10, DER, for a new key.</param>
/// <param name="Signature">Of the key held now, over <see cref="SignedBytes"/>.</param>
internal sealed record RenewRequest(byte[] Certificate, byte[] Request, byte[] Signature)
{
    public byte[] Encode() => MessageCodec.Write(2, Certificate, Request, Signature);

    public static RenewRequest Decode(ReadOnlySpan<byte> message) => MessageCodec.Read(message, 2, CertificateProfile.MaximumBytes) is [var certificate, var request, var signature]
        ? new RenewRequest(certificate, request, signature)
        : throw MessageCodec.Malformed();

    public static byte[] SignedBytes(ReadOnlySpan<byte> authority, ReadOnlySpan<byte> request)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie renew v1");
        writer.WriteBytes(authority);
        writer.WriteBytes(request);
        return writer.ToArray();
    }
}

/// <summary>What the authority answers.</summary>
/// <param name="Certificate">The new certificate, DER; empty where none was asked for.</param>
/// <param name="Authority">The authority's certificate, DER.</param>
/// <param name="Revocations">The revocation list, signed.</param>
internal sealed record IdentityGrant(byte[] Certificate, byte[] Authority, byte[] Revocations)
{
    public byte[] Encode() => MessageCodec.Write(3, Certificate, Authority, Revocations);

    public static IdentityGrant Decode(ReadOnlySpan<byte> message) => MessageCodec.Read(message, 3, RevocationList.MaximumBytes) is [var certificate, var authority, var revocations]
        ? new IdentityGrant(certificate, authority, revocations)
        : throw MessageCodec.Malformed();
}

/// <summary>The form all three have: a version, a kind and three byte strings.</summary>
internal static class MessageCodec
{
    private const byte Version = 1;

    public static byte[] Write(byte kind, params ReadOnlySpan<byte[]> parts)
    {
        var writer = new WireWriter();
        writer.WriteByte(Version);
        writer.WriteByte(kind);
        foreach (var part in parts) writer.WriteBytes(part);
        return writer.ToArray();
    }

    public static byte[][] Read(ReadOnlySpan<byte> message, byte kind, int maximumBytes)
    {
        try
        {
            var reader = new WireReader(message, default, new StepTag("identity"));
            if (reader.ReadByte() != Version || reader.ReadByte() != kind) throw Malformed();
            byte[][] parts = [reader.ReadBytes(maximumBytes).ToArray(), reader.ReadBytes(maximumBytes).ToArray(), reader.ReadBytes(maximumBytes).ToArray()];
            reader.End();
            return parts;
        }
        catch (ProtocolException)
        {
            throw Malformed();
        }
    }

    public static IdentityException Malformed() => new(IdentityReason.Malformed, "The message is not one of this version of Coterie.");
}
