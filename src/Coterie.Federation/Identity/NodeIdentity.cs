using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;

namespace Coterie.Federation.Identity;

/// <summary>A party's own identity on this machine: its key, its certificate, and what it judges others by.</summary>
public sealed class NodeIdentity : IDisposable
{
    private readonly IdentityFolder _folder;
    private readonly KeyFile _key;
    private readonly Lock _writing = new();

    private NodeIdentity(IdentityFolder folder, KeyFile key, PeerVerifier peers, TimeProvider time)
    {
        _folder = folder;
        _key = key;
        Peers = peers;
        Time = time;
        var self = CertificateProfile.Read(key.Certificate);
        Name = self.Id;
        Role = self.Role;
    }

    /// <summary>This party's name.</summary>
    public PartyId Name { get; }

    /// <summary>This party's role.</summary>
    public PartyRole Role { get; }

    /// <summary>The certificate with its private key, as TLS needs it.</summary>
    public X509Certificate2 Certificate => _key.Certificate;

    /// <summary>The same key, for signatures; its public key is what rosters hold.</summary>
    public PartyIdentity Signer => _key.Signer;

    /// <summary>Judges other parties' certificates.</summary>
    public PeerVerifier Peers { get; }

    /// <summary>Where the authority answers; null where it was not told.</summary>
    public Uri? Server => _folder.ReadServer();

    internal TimeProvider Time { get; }

    internal KeyFile Key => _key;

    /// <summary>Loads what <c>coterie identity join</c> has left in <paramref name="folder"/>.</summary>
    /// <exception cref="IdentityException">There is none, its certificate is not accepted at this time, or others can read its key.</exception>
    public static NodeIdentity Load(string folder, TimeProvider time)
    {
        var identity = Open(folder, time);
        try
        {
            identity.Peers.Verify(identity.Certificate);
            return identity;
        }
        catch (IdentityException)
        {
            identity.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="Load"/>, but the certificate may have expired or be revoked: to look at, not to act with.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static NodeIdentity Open(string folder, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(time);
        var files = new IdentityFolder(folder);
        var key = files.ReadKey();
        try
        {
            return new NodeIdentity(files, key, files.ReadPeers(time), time);
        }
        catch (IdentityException)
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Takes up a newer revocation list, in memory and in the folder.</summary>
    /// <returns>The list that is held now.</returns>
    /// <inheritdoc cref="PeerVerifier.Install" path="/exception"/>
    public RevocationList InstallRevocations(ReadOnlySpan<byte> list)
    {
        lock (_writing)
        {
            // Another process may have written a newer list since this one was started; it must not be replaced by an older one.
            Peers.Install(_folder.ReadPeers(Time).Revocations.Encoded.Span);
            var held = Peers.Install(list);
            _folder.WriteRevocations(held);
            return held;
        }
    }

    /// <summary>Replaces key and certificate in the folder; this object keeps the old ones.</summary>
    internal void Replace(KeyFile renewed) => _folder.WriteKey(renewed.Certificate, renewed.Signer);

    /// <summary>Forgets the private key.</summary>
    public void Dispose() => _key.Dispose();
}
