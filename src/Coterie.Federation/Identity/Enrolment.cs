using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;

namespace Coterie.Federation.Identity;

/// <summary>A party's side of joining and renewing: its private key is drawn here and never leaves; what comes back is checked before it is kept.</summary>
public static class Enrolment
{
    /// <summary>Joins at an authority whose folder is on this machine.</summary>
    /// <inheritdoc cref="JoinAsync(Invitation, string, Uri, TimeProvider, CancellationToken)" path="/exception"/>
    public static Task<NodeIdentity> JoinAsync(Invitation invitation, string folder, ConsortiumAuthority authority, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        return JoinAsync(invitation, folder, authority, invitation.Server, time, cancellationToken);
    }

    /// <summary>Joins over the network.</summary>
    /// <param name="invitation">The invitation.</param>
    /// <param name="folder">Where the identity will be; nothing may be there.</param>
    /// <param name="server">The server, https.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it; an invitation that the server has accepted by then is used.</param>
    /// <exception cref="IdentityException">
    /// The invitation, the server or its answer is not accepted, or the folder is not empty: nothing is kept. Or this machine's clock is wrong
    /// (<see cref="IdentityReason.NotYetValid"/>): the identity is kept, and can be loaded once the clock is set.
    /// </exception>
    public static async Task<NodeIdentity> JoinAsync(Invitation invitation, string folder, Uri server, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        ArgumentNullException.ThrowIfNull(server);
        CheckBefore(invitation, folder, time);
        using var client = await IdentityClient.FromInvitationAsync(invitation, server, time, cancellationToken);
        return await JoinAsync(invitation, folder, client, server, time, cancellationToken);
    }

    /// <summary>Replaces the identity's key and certificate, at an authority whose folder is on this machine.</summary>
    /// <inheritdoc cref="RenewAsync(NodeIdentity, Uri, CancellationToken)"/>
    public static Task<DateTimeOffset> RenewAsync(NodeIdentity identity, ConsortiumAuthority authority, CancellationToken cancellationToken) =>
        RenewAsync(identity, (IIdentityAuthority)authority, cancellationToken);

    /// <summary>
    /// Replaces the identity's key and certificate in its folder. The old certificate is accepted for <see cref="ConsortiumAuthority.RenewalGrace"/>;
    /// if the answer is lost, the old one can renew again until then.
    /// </summary>
    /// <returns>When the new certificate ends.</returns>
    /// <exception cref="IdentityException">The certificate held now, the server or its answer is not accepted.</exception>
    public static async Task<DateTimeOffset> RenewAsync(NodeIdentity identity, Uri server, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(identity);
        using var client = new IdentityClient(server, identity.Peers);
        return await RenewAsync(identity, client, cancellationToken);
    }

    internal static async Task<NodeIdentity> JoinAsync(Invitation invitation, string folder, IIdentityAuthority authority, Uri? server, TimeProvider time, CancellationToken cancellationToken)
    {
        CheckBefore(invitation, folder, time);
        using var signer = PartyIdentity.Create();
        var request = CertificateRequests.Create(invitation.Name, signer);
        var proof = InvitationProof.Make(invitation.Secret, invitation.AuthorityFingerprint.AsSpan(), invitation.Id.AsSpan(), request);
        var grant = await authority.JoinAsync(new JoinRequest([.. invitation.Id], proof, request), cancellationToken);

        var peers = PeersOf(invitation, grant, time);
        // Kept whatever this machine's clock says, because the invitation is used up; loading it says what is wrong with the clock.
        using var key = Accept(grant, signer, peers.Identify, invitation.Name, invitation.Role);
        new IdentityFolder(folder).Create(key.Certificate, signer, peers, server);
        return NodeIdentity.Load(folder, time);
    }

    internal static async Task<DateTimeOffset> RenewAsync(NodeIdentity identity, IIdentityAuthority authority, CancellationToken cancellationToken)
    {
        using var signer = PartyIdentity.Create();
        var request = CertificateRequests.Create(identity.Name, signer);
        var signature = identity.Signer.Sign(RenewRequest.SignedBytes(identity.Peers.AuthorityFingerprint.AsSpan(), request));
        var grant = await authority.RenewAsync(new RenewRequest(identity.Certificate.RawData, request, signature), cancellationToken);
        if (!grant.Authority.AsSpan().SequenceEqual(identity.Peers.AuthorityCertificate.Span)) throw OtherAuthority();
        using var key = Accept(grant, signer, identity.Peers.Verify, identity.Name, identity.Role);
        identity.Replace(key);
        identity.InstallRevocations(grant.Revocations);
        return CertificateProfile.End(key.Certificate);
    }

    /// <summary>What others are judged by, once the authority is the one that the invitation names.</summary>
    internal static PeerVerifier PeersOf(Invitation invitation, IdentityGrant grant, TimeProvider time)
    {
        if (!SHA256.HashData(grant.Authority).AsSpan().SequenceEqual(invitation.AuthorityFingerprint.AsSpan())) throw OtherAuthority();
        var authority = KeyFile.ReadCertificate(grant.Authority, "The answer");
        return new PeerVerifier(authority, RevocationList.Read(grant.Revocations, authority), time);
    }

    private static KeyFile Accept(IdentityGrant grant, PartyIdentity signer, Func<X509Certificate2, Party> judge, PartyId name, PartyRole role)
    {
        using var certificate = KeyFile.ReadCertificate(grant.Certificate, "The answer");
        var self = judge(certificate);
        if (self.Id != name || self.Role != role || !self.IdentityKey.AsSpan().SequenceEqual(signer.PublicKey.AsSpan()))
            throw new IdentityException(IdentityReason.Malformed, $"The answer holds a certificate of {self.Id} for another key or role; one of {name} as {RoleNames.Of(role)} was asked for.");
        var secret = signer.ExportPrivateKey();
        try
        {
            return KeyFile.Open(certificate, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static void CheckBefore(Invitation invitation, string folder, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(time);
        PrivateFiles.RefuseExisting(folder);
        if (time.GetUtcNow() > invitation.Expires)
            throw new IdentityException(IdentityReason.InvitationExpired, $"The invitation ended at {invitation.Expires:u}; this machine's clock says {time.GetUtcNow():u}. Ask for another, or set the clock if it is wrong.");
    }

    private static IdentityException OtherAuthority() => new(IdentityReason.UnknownAuthority, "The authority that answers is not the one that invited: its certificate is another. Nothing was kept.");
}
