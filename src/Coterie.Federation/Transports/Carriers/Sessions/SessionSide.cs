using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Federation.Transports.Carriers.Sessions;

/// <summary>What one side brings to a session.</summary>
/// <param name="Name">Who it is.</param>
/// <param name="Role">Its role, by its certificate.</param>
/// <param name="Ephemeral">Its fresh public key, 65 bytes.</param>
/// <param name="Nonce">Its nonce, 32 bytes.</param>
/// <param name="Certificate">Its certificate, DER.</param>
internal sealed record SessionSide(PartyId Name, PartyRole Role, ReadOnlyMemory<byte> Ephemeral, ReadOnlyMemory<byte> Nonce, ReadOnlyMemory<byte> Certificate)
{
    /// <summary>The session of two sides: SHA-256 over all that both bring, 32 bytes.</summary>
    public static byte[] Session(SessionSide offerer, SessionSide answerer)
    {
        var writer = new WireWriter(4096);
        writer.WriteText("coterie session v1");
        offerer.Write(writer);
        answerer.Write(writer);
        return SHA256.HashData(writer.WrittenMemory.Span);
    }

    /// <summary>What a side signs: that it takes part in this session, as this side of it, with this peer.</summary>
    public static byte[] Statement(ReadOnlySpan<byte> session, bool asOfferer, PartyId signer, PartyId peer)
    {
        var writer = new WireWriter();
        writer.WriteText(asOfferer ? "coterie session v1 confirm" : "coterie session v1 answer");
        writer.WriteBytes(session);
        writer.WriteText(signer.Name);
        writer.WriteText(peer.Name);
        return writer.ToArray();
    }

    private void Write(WireWriter writer)
    {
        writer.WriteText(Name.Name);
        writer.WriteByte((byte)Role);
        writer.WriteBytes(Ephemeral.Span);
        writer.WriteBytes(Nonce.Span);
        writer.WriteBytes(Certificate.Span);
    }
}
