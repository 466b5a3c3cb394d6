using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Federation.Identity;
using Coterie.Federation.Protos;
using Google.Protobuf;

namespace Coterie.Federation.Transports.Carriers.Sessions;

/// <summary>
/// The three messages by which two parties agree a session through a relay that neither trusts: SIGMA (Krawczyk, CRYPTO 2003) with the peer's name and
/// role under the signature. 1. the offerer sends a fresh key; 2. the answerer sends its own, signs both and proves that it has the session's keys;
/// 3. the offerer signs and proves likewise.
/// </summary>
/// <param name="self">This party.</param>
/// <param name="peer">The other.</param>
internal sealed class SessionExchange(NodeIdentity self, PartyId peer)
{
    /// <summary>Bytes of the longest certificate; one of this consortium has less than one kilobyte.</summary>
    private const int CertificateBytes = 4 << 10;

    /// <summary>Step 1, the offerer's.</summary>
    public SessionOffer Offer(EphemeralKey key) => new()
    {
        Ephemeral = UnsafeByteOperations.UnsafeWrap(key.Public),
        Nonce = UnsafeByteOperations.UnsafeWrap(key.Nonce),
        Certificate = ByteString.CopyFrom(self.Certificate.RawData),
    };

    /// <summary>Step 2, the answerer's: the session, which counts only once the offer's sender has confirmed.</summary>
    /// <exception cref="SessionException">The offer is not acceptable.</exception>
    public (SessionAnswer Answer, UnconfirmedSession Session) Answer(SessionOffer offer)
    {
        var offerer = Judge(offer.Ephemeral, offer.Nonce, offer.Certificate, out var party);
        using var key = new EphemeralKey();
        var mine = Mine(key);
        var session = SessionSide.Session(offerer, mine);
        using var keys = key.Agree(offer.Ephemeral.Span, session);
        var answer = new SessionAnswer
        {
            Session = UnsafeByteOperations.UnsafeWrap(session),
            Ephemeral = UnsafeByteOperations.UnsafeWrap(key.Public),
            Nonce = UnsafeByteOperations.UnsafeWrap(key.Nonce),
            Certificate = UnsafeByteOperations.UnsafeWrap(mine.Certificate),
            Signature = UnsafeByteOperations.UnsafeWrap(self.Signer.Sign(SessionSide.Statement(session, asOfferer: false, self.Name, peer))),
            Proof = UnsafeByteOperations.UnsafeWrap(keys.Proof(ofOfferer: false, session)),
        };
        return (answer, new UnconfirmedSession(new SealedSession(party, session, keys, offered: false), session, keys.Proof(ofOfferer: true, session)));
    }

    /// <summary>Step 3, the offerer's: the session is agreed on this side.</summary>
    /// <exception cref="SessionException">The answer is not the peer's answer to this key.</exception>
    public (SessionConfirm Confirm, SealedSession Session) Confirm(EphemeralKey key, SessionAnswer answer)
    {
        var answerer = Judge(answer.Ephemeral, answer.Nonce, answer.Certificate, out var party);
        var session = SessionSide.Session(Mine(key), answerer);
        if (!session.AsSpan().SequenceEqual(answer.Session.Span)) throw new SessionException($"{peer} answered another offer, or one that was altered on its way.");
        CheckSignature(party, session, asOfferer: false, answer.Signature);
        using var keys = key.Agree(answer.Ephemeral.Span, session);
        CheckProof(keys.Proof(ofOfferer: false, session), answer.Proof);
        var confirm = new SessionConfirm
        {
            Session = UnsafeByteOperations.UnsafeWrap(session),
            Signature = UnsafeByteOperations.UnsafeWrap(self.Signer.Sign(SessionSide.Statement(session, asOfferer: true, self.Name, peer))),
            Proof = UnsafeByteOperations.UnsafeWrap(keys.Proof(ofOfferer: true, session)),
        };
        return (confirm, new SealedSession(party, session, keys, offered: true));
    }

    /// <summary>After step 3, the answerer's: throws unless the offerer agrees to the very same session.</summary>
    /// <exception cref="SessionException">The confirmation is not the peer's.</exception>
    public void Check(UnconfirmedSession unconfirmed, SessionConfirm confirm)
    {
        if (!unconfirmed.Id.AsSpan().SequenceEqual(confirm.Session.Span)) throw new SessionException($"{peer} confirmed another session.");
        CheckSignature(unconfirmed.Session.Peer, unconfirmed.Id, asOfferer: true, confirm.Signature);
        CheckProof(unconfirmed.ExpectedProof, confirm.Proof);
    }

    private SessionSide Mine(EphemeralKey key) => new(self.Name, self.Role, key.Public, key.Nonce, self.Certificate.RawData);

    private SessionSide Judge(ByteString ephemeral, ByteString nonce, ByteString certificate, out Party party)
    {
        if (nonce.Length != EphemeralKey.NonceBytes) throw new SessionException($"{peer} sent a nonce of {nonce.Length} bytes; {EphemeralKey.NonceBytes} are expected.");
        if (certificate.Length is 0 or > CertificateBytes) throw new SessionException($"{peer} sent a certificate of {certificate.Length} bytes; 1 to {CertificateBytes} are expected.");
        try
        {
            using var parsed = X509CertificateLoader.LoadCertificate(certificate.Span);
            party = self.Peers.Verify(parsed);
        }
        catch (Exception e) when (e is IdentityException or CryptographicException)
        {
            throw new SessionException($"{peer}'s certificate is not accepted: {e.Message}", e);
        }
        if (party.Id != peer) throw new SessionException($"A certificate of {party.Id} came in the name of {peer}.");
        if (party.Role == PartyRole.Coordinator) throw new SessionException($"{peer} is a coordinator; through a relay only participants, helpers and model owners are spoken to.");
        return new SessionSide(party.Id, party.Role, ephemeral.Memory, nonce.Memory, certificate.Memory);
    }

    private void CheckSignature(Party party, byte[] session, bool asOfferer, ByteString signature)
    {
        if (!Signatures.Verify(party.IdentityKey.AsSpan(), SessionSide.Statement(session, asOfferer, peer, self.Name), signature.Span))
            throw new SessionException($"A session's signature is not {peer}'s.");
    }

    private void CheckProof(byte[] expected, ByteString proof)
    {
        if (!CryptographicOperations.FixedTimeEquals(expected, proof.Span)) throw new SessionException($"{peer} does not have the session's keys.");
    }
}
