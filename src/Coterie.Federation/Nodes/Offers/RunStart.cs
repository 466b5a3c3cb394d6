using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Protos;
using Google.Protobuf;

namespace Coterie.Federation.Nodes.Offers;

/// <summary>How a run begins: its roster, and the certificates that prove it.</summary>
/// <param name="Roster">Who takes part, under which terms.</param>
/// <param name="Parties">The same parties in the roster's order, their certificates checked.</param>
/// <param name="Certificates">The certificates (DER), in the same order.</param>
internal sealed record RunStart(Roster Roster, ImmutableArray<VerifiedParty> Parties, ImmutableArray<ImmutableArray<byte>> Certificates)
{
    private const int MaximumCertificateBytes = 16 << 10;
    private const int MaximumRosterBytes = 64 << 20;

    /// <summary>The message that says so.</summary>
    public Beginning ToMessage()
    {
        var message = new Beginning { Run = Roster.RunId, Roster = ByteString.CopyFrom(RosterCodec.ToBytes(Roster)) };
        message.Certificates.AddRange(Certificates.Select(c => ByteString.CopyFrom(c.AsSpan())));
        return message;
    }

    /// <summary>What a coordinator says, with every certificate checked: an invented party has none.</summary>
    /// <exception cref="ProtocolException">The message is malformed, or a party's certificate does not prove it.</exception>
    public static RunStart Read(Beginning message, PartyId sender, PeerVerifier verifier)
    {
        var step = new StepTag("beginning");
        if (!TaskOffer.IsRun(message.Run)) throw Broken(sender, step, "a run's name has 1 to 128 letters, digits, '-', '_' and '.'");
        if (message.Roster.Length > MaximumRosterBytes) throw Broken(sender, step, "the roster is too long");
        var roster = RosterCodec.Read(message.Roster.Span, sender, step);
        if (roster.RunId != message.Run || message.Certificates.Count != roster.Parties.Length) throw Broken(sender, step, "roster and certificates do not go together");
        var parties = roster.Parties.Zip(message.Certificates).Select(p => Prove(p.First, p.Second.Span, sender, step, verifier));
        return new RunStart(roster, [.. parties], [.. message.Certificates.Select(c => c.Span.ToArray().ToImmutableArray())]);
    }

    /// <summary>
    /// What this party has checked and written to its own disk when the run began. Certificates that have expired or were revoked since then do not keep
    /// the others from going on: whoever holds them is no longer let in, and has dropped out.
    /// </summary>
    /// <exception cref="ProtocolException">The message is malformed.</exception>
    public static RunStart Restore(Beginning message, PartyId self)
    {
        var step = new StepTag("beginning");
        var roster = RosterCodec.Read(message.Roster.Span, self, step);
        if (roster.RunId != message.Run || message.Certificates.Count != roster.Parties.Length) throw Broken(self, step, "roster and certificates do not go together");
        var parties = roster.Parties.Zip(message.Certificates).Select(p => new VerifiedParty(p.First, Fingerprint(p.Second.Span)));
        return new RunStart(roster, [.. parties], [.. message.Certificates.Select(c => c.Span.ToArray().ToImmutableArray())]);
    }

    /// <summary>The party that a certificate proves.</summary>
    /// <exception cref="IdentityException">The certificate is not accepted.</exception>
    public static VerifiedParty Verify(ReadOnlySpan<byte> certificate, PeerVerifier verifier)
    {
        if (certificate.Length is 0 or > MaximumCertificateBytes) throw new IdentityException(IdentityReason.Malformed, "A certificate has 1 to 16384 bytes.");
        try
        {
            using var loaded = X509CertificateLoader.LoadCertificate(certificate);
            return new VerifiedParty(verifier.Verify(loaded), Fingerprint(certificate));
        }
        catch (System.Security.Cryptography.CryptographicException malformed)
        {
            throw new IdentityException(IdentityReason.Malformed, "The bytes are no certificate.", malformed);
        }
    }

    /// <summary>The certificate of the party at the other end of a connection, which a message carries.</summary>
    /// <exception cref="IdentityException">The certificate is not accepted, or is another party's.</exception>
    public static VerifiedParty VerifySender(Party sender, ReadOnlySpan<byte> certificate, PeerVerifier verifier)
    {
        var verified = Verify(certificate, verifier);
        return verified.Party.Id == sender.Id && verified.Party.Role == sender.Role && verified.Party.IdentityKey.AsSpan().SequenceEqual(sender.IdentityKey.AsSpan())
            ? verified : throw new IdentityException(IdentityReason.Malformed, $"{sender.Id} sent another party's certificate.");
    }

    /// <summary>SHA-256 of a certificate, as policies write it.</summary>
    public static string Fingerprint(ReadOnlySpan<byte> certificate) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(certificate));

    private static VerifiedParty Prove(Party party, ReadOnlySpan<byte> certificate, PartyId sender, StepTag step, PeerVerifier verifier)
    {
        try
        {
            var verified = Verify(certificate, verifier);
            if (verified.Party.Id == party.Id && verified.Party.Role == party.Role && verified.Party.IdentityKey.AsSpan().SequenceEqual(party.IdentityKey.AsSpan())) return verified;
            throw Broken(sender, step, $"the certificate that is to prove {party.Id} proves the {RoleNames.Of(verified.Party.Role)} {verified.Party.Id}");
        }
        catch (IdentityException refused)
        {
            throw Broken(sender, step, $"the certificate of {party.Id} is not accepted: {refused.Message}");
        }
    }

    private static ProtocolException Broken(PartyId sender, StepTag step, string what) =>
        new(ProtocolErrorCode.RosterMismatch, $"{sender} would begin with a roster that cannot be accepted: {what}.", step.Path, sender);
}
