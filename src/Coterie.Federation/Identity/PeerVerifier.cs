using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;

namespace Coterie.Federation.Identity;

/// <summary>Judges peers' certificates by one consortium's authority and its revocation list. Thread-safe.</summary>
public sealed class PeerVerifier
{
    private readonly TimeProvider _time;

    internal PeerVerifier(TimeProvider time) => _time = time;

    /// <summary>The party that <paramref name="certificate"/> proves: its name, its role and its key (SubjectPublicKeyInfo, 91 bytes).</summary>
    /// <exception cref="IdentityException">The certificate is not accepted; the reason says why.</exception>
    public Party Verify(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        throw new IdentityException(IdentityReason.UnknownAuthority, $"No certificate is accepted yet at {_time.GetUtcNow():u}.");
    }

    /// <summary>As <see cref="Verify(X509Certificate2)"/>, and the role is <paramref name="expected"/>.</summary>
    /// <inheritdoc cref="Verify(X509Certificate2)" path="/exception"/>
    public Party Verify(X509Certificate2 certificate, PartyRole expected)
    {
        var party = Verify(certificate);
        return party.Role == expected ? party : throw new IdentityException(IdentityReason.WrongRole, $"{party.Id} is a {party.Role}; a {expected} is expected.");
    }
}
