using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Coterie.Cryptography.Identity;

namespace Coterie.Federation.Identity;

/// <summary>The files of a party's identity.</summary>
/// <param name="path">The folder.</param>
internal sealed class IdentityFolder(string path)
{
    public const string AuthorityFile = "authority.pem";
    public const string RevocationsFile = "revocations";
    public const string ServerFile = "server";

    private const int MaximumServerBytes = 1024;

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>Writes a new identity; nothing may be there.</summary>
    /// <exception cref="IdentityException"><see cref="IdentityReason.AlreadyExists"/>.</exception>
    public void Create(X509Certificate2 certificate, PartyIdentity signer, PeerVerifier peers, Uri? server) => PrivateFiles.CreateFolder(Path, staging =>
    {
        var folder = new IdentityFolder(staging);
        folder.WriteKey(certificate, signer);
        using (var authority = X509CertificateLoader.LoadCertificate(peers.AuthorityCertificate.Span))
            PrivateFiles.Write(folder.FileOf(AuthorityFile), Encoding.ASCII.GetBytes(authority.ExportCertificatePem() + "\n"));
        folder.WriteRevocations(peers.Revocations);
        if (server is not null) PrivateFiles.Write(folder.FileOf(ServerFile), Encoding.UTF8.GetBytes(server.AbsoluteUri + "\n"));
    });

    /// <summary>Replaces key and certificate at once.</summary>
    public void WriteKey(X509Certificate2 certificate, PartyIdentity signer)
    {
        var content = KeyFile.Encode(certificate, signer);
        try
        {
            PrivateFiles.Write(FileOf(KeyFile.Name), content);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Replaces the revocation list.</summary>
    public void WriteRevocations(RevocationList list) => PrivateFiles.Write(FileOf(RevocationsFile), list.Encoded.Span);

    /// <summary>Reads key and certificate.</summary>
    /// <exception cref="IdentityException">There is no identity, or it is damaged, or others can read it.</exception>
    public KeyFile ReadKey() => File.Exists(FileOf(KeyFile.Name)) ? KeyFile.Read(Path) : throw NoIdentity();

    /// <summary>Reads what others are judged by.</summary>
    /// <exception cref="IdentityException">It is not there or is damaged.</exception>
    public PeerVerifier ReadPeers(TimeProvider time)
    {
        var authority = KeyFile.ReadCertificate(FileOf(AuthorityFile));
        return new PeerVerifier(authority, RevocationList.Read(PrivateFiles.Read(FileOf(RevocationsFile), RevocationList.MaximumBytes), authority), time);
    }

    /// <summary>Where the authority answers, if it was told at joining.</summary>
    public Uri? ReadServer() => File.Exists(FileOf(ServerFile))
        ? ServerAddress.Parse(Encoding.UTF8.GetString(PrivateFiles.Read(FileOf(ServerFile), MaximumServerBytes)).Trim())
        : null;

    private string FileOf(string name) => System.IO.Path.Combine(Path, name);

    private IdentityException NoIdentity() => new(IdentityReason.NotFound, $"There is no identity in {Path}; 'coterie identity join INVITATION' makes one.");
}
