using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Federation.Identity;

namespace Coterie.Tests.Identity;

/// <summary>A clock that stands until it is set.</summary>
internal sealed class SetClock(DateTimeOffset start) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = start;

    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>An authority and its parties in a folder of their own.</summary>
internal sealed class Consortium : IDisposable
{
    public static readonly CancellationToken None = CancellationToken.None;

    public Consortium(string name = "north hospitals")
    {
        Folder = Directory.CreateTempSubdirectory("coterie-identity-").FullName;
        Authority = ConsortiumAuthority.Create(AuthorityFolder, name, Clock);
    }

    public SetClock Clock { get; } = new(TimeProvider.System.GetUtcNow());

    public string Folder { get; }

    public string AuthorityFolder => Path.Combine(Folder, "authority");

    public ConsortiumAuthority Authority { get; }

    public string FolderOf(string name) => Path.Combine(Folder, "homes", name, "identity");

    public Task<Invitation> InviteAsync(string name, PartyRole role = PartyRole.Participant, TimeSpan? validity = null) =>
        Authority.InviteAsync(new PartyId(name), role, validity ?? TimeSpan.FromHours(24), null, None);

    public async Task<NodeIdentity> JoinAsync(string name, PartyRole role = PartyRole.Participant) =>
        await Enrolment.JoinAsync(await InviteAsync(name, role), FolderOf(name), Authority, Clock, None);

    public PeerVerifier Peers()
    {
        using var key = KeyFile.Read(AuthorityFolder);
        return new PeerVerifier(X509CertificateLoader.LoadCertificate(key.Certificate.RawData), Authority.Revocations(), Clock);
    }

    /// <summary>What an honest party would send for this invitation, with a key of its own.</summary>
    public static JoinRequest Request(Invitation invitation, byte[]? request = null)
    {
        using var signer = PartyIdentity.Create();
        var csr = request ?? CertificateRequests.Create(invitation.Name, signer);
        return new JoinRequest([.. invitation.Id], InvitationProof.Make(invitation.Secret, invitation.AuthorityFingerprint.AsSpan(), invitation.Id.AsSpan(), csr), csr);
    }

    /// <summary>A certificate that the authority would never sign, signed by the authority.</summary>
    public X509Certificate2 Forge(Action<CertificateRequest>? change = null, string subject = "CN=mallory", AsymmetricAlgorithm? key = null, int serialBytes = 16)
    {
        using var authority = KeyFile.Read(AuthorityFolder);
        return Forge(authority.Certificate, authority.Key, change, subject, key, serialBytes);
    }

    public X509Certificate2 Forge(X509Certificate2 issuer, ECDsa issuerKey, Action<CertificateRequest>? change, string subject = "CN=mallory", AsymmetricAlgorithm? key = null, int serialBytes = 16)
    {
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = KeyFile.Read(AuthorityFolder);
        using var template = CertificateProfile.Sign(
            new PublicKey(signer), new PartyId("mallory"), PartyRole.Participant, authority.Certificate, authority.Key, Clock.Now.AddMinutes(-1), Clock.Now.AddDays(1), new byte[] { 0x40 }.Concat(new byte[15]).ToArray());
        var publicKey = key is RSA rsa ? new PublicKey(rsa) : new PublicKey((ECDsa?)key ?? signer);
        var request = new CertificateRequest(new X500DistinguishedName(subject), publicKey, HashAlgorithmName.SHA256);
        foreach (var extension in template.Extensions.Where(e => e is not X509AuthorityKeyIdentifierExtension)) request.CertificateExtensions.Add(extension);
        change?.Invoke(request);
        byte[] serial = [0x41, .. RandomNumberGenerator.GetBytes(serialBytes - 1)];
        return request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey), Clock.Now.AddMinutes(-1), Clock.Now.AddDays(1), serial);
    }

    public static IdentityException Refuses(IdentityReason reason, Action act, params string[] words) => Check(Assert.Throws<IdentityException>(act), reason, words);

    public static async Task<IdentityException> RefusesAsync(IdentityReason reason, Func<Task> act, params string[] words) => Check(await Assert.ThrowsAsync<IdentityException>(act), reason, words);

    public void Dispose()
    {
        Authority.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static IdentityException Check(IdentityException error, IdentityReason reason, string[] words)
    {
        Assert.True(error.Reason == reason, $"{reason} expected: {error}");
        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
        return error;
    }
}
