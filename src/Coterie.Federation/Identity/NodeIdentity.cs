using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;

namespace Coterie.Federation.Identity;

/// <summary>A party's own identity on this machine: its key, its certificate, and what it judges others by.</summary>
public sealed class NodeIdentity : IDisposable
{
    internal NodeIdentity(Party self, X509Certificate2 certificate, PartyIdentity signer, PeerVerifier peers)
    {
        Name = self.Id;
        Role = self.Role;
        Certificate = certificate;
        Signer = signer;
        Peers = peers;
    }

    /// <summary>This party's name.</summary>
    public PartyId Name { get; }

    /// <summary>This party's role.</summary>
    public PartyRole Role { get; }

    /// <summary>The certificate with its private key, as TLS needs it.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The same key, for signatures; its public key is what rosters hold.</summary>
    public PartyIdentity Signer { get; }

    /// <summary>Judges other parties' certificates.</summary>
    public PeerVerifier Peers { get; }

    /// <summary>Loads what <c>coterie identity join</c> has left in <paramref name="folder"/>.</summary>
    /// <exception cref="IdentityException">There is none, it is not valid, or others can read its key.</exception>
    public static NodeIdentity Load(string folder, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(time);
        throw new IdentityException(IdentityReason.NotFound, $"{folder} holds no identity.");
    }

    /// <summary>Forgets the private key.</summary>
    public void Dispose()
    {
        Certificate.Dispose();
        Signer.Dispose();
    }
}
