using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Coterie.Core.Parties;

namespace Coterie.Federation.Identity;

/// <summary>The certificates an authority has signed, and its journal: a line for everything it did, only ever added to.</summary>
/// <param name="folder">The folder of the certificates.</param>
/// <param name="journal">The journal's file.</param>
internal sealed class IssuedCertificates(string folder, string journal)
{
    /// <summary>Keeps a certificate.</summary>
    public void Add(X509Certificate2 certificate) =>
        PrivateFiles.Write(Path.Combine(folder, certificate.SerialNumber.ToLowerInvariant() + ".pem"), Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n"));

    /// <summary>All of them; the caller disposes them.</summary>
    public X509Certificate2[] All() => [.. Directory.EnumerateFiles(folder, "*.pem").Order(StringComparer.Ordinal).Select(KeyFile.ReadCertificate)];

    /// <summary>Those that are neither expired nor revoked, of one party.</summary>
    public static X509Certificate2[] Live(IEnumerable<X509Certificate2> all, PartyId name, RevocationList revocations, DateTimeOffset now) =>
        [.. all.Where(c => CertificateProfile.Read(c).Id == name && now <= CertificateProfile.End(c) && !(revocations.RevokedFrom(c) <= now))];

    /// <summary>Adds a line.</summary>
    public void Note(DateTimeOffset now, string what)
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(journal, options);
        stream.Write(Encoding.UTF8.GetBytes($"{now:u} {what}\n"));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>A certificate as the journal names it: serial number, end, and SHA-256 of the key.</summary>
    public static string Describe(X509Certificate2 certificate) =>
        $"certificate {certificate.SerialNumber.ToLowerInvariant()} until {CertificateProfile.End(certificate):u} key {Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()))}";
}
