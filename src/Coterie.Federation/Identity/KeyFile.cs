using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Coterie.Cryptography.Identity;

namespace Coterie.Federation.Identity;

/// <summary>
/// A private key and its certificate in one file (PEM, PKCS#8), so that both change at once. It is the only file with the key.
/// </summary>
internal sealed class KeyFile : IDisposable
{
    public const string Name = "key.pem";

    private const string KeyLabel = "PRIVATE KEY";
    private const string CertificateLabel = "CERTIFICATE";
    private const int MaximumBytes = 16 << 10;

    private KeyFile(X509Certificate2 certificate, PartyIdentity signer, ECDsa key)
    {
        Certificate = certificate;
        Signer = signer;
        Key = key;
    }

    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The key, for signatures over messages.</summary>
    public PartyIdentity Signer { get; }

    /// <summary>The key, for signatures over certificates and requests.</summary>
    public ECDsa Key { get; }

    /// <summary>The file's content; the caller zeroes it.</summary>
    public static byte[] Encode(X509Certificate2 certificate, PartyIdentity signer)
    {
        var secret = signer.ExportPrivateKey();
        var pem = PemEncoding.Write(KeyLabel, secret);
        var publicPart = "\n" + certificate.ExportCertificatePem() + "\n";
        var content = new byte[pem.Length + publicPart.Length];
        Encoding.ASCII.GetBytes(pem, content);
        Encoding.ASCII.GetBytes(publicPart, content.AsSpan(pem.Length));
        CryptographicOperations.ZeroMemory(secret);
        Array.Clear(pem);
        return content;
    }

    /// <summary>Reads the file of that name in <paramref name="folder"/>.</summary>
    /// <exception cref="IdentityException">It is not there, others can read it, or it is not such a file.</exception>
    public static KeyFile Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        var content = PrivateFiles.ReadSecret(path, MaximumBytes);
        var text = new char[content.Length];
        byte[]? secret = null;
        try
        {
            Encoding.Latin1.GetChars(content, text);
            secret = Decode(text, KeyLabel, path);
            using var bare = ReadCertificate(Decode(text, CertificateLabel, path), path);
            return Open(bare, secret);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            // What the framework says of a key that it could not parse is not passed on.
            throw new IdentityException(IdentityReason.Malformed, $"{path} does not hold a private key of P-256 and the certificate for it.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
            Array.Clear(text);
            if (secret is not null) CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Key and certificate in memory.</summary>
    public static KeyFile Open(X509Certificate2 bare, ReadOnlySpan<byte> privateKey)
    {
        var signer = PartyIdentity.ImportPrivateKey(privateKey);
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(privateKey, out _);
        try
        {
            return new KeyFile(ForTls(bare, key), signer, key);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            signer.Dispose();
            key.Dispose();
            throw;
        }
    }

    /// <summary>Reads a certificate, PEM, from the file.</summary>
    /// <exception cref="IdentityException">It is not there or is none.</exception>
    public static X509Certificate2 ReadCertificate(string path)
    {
        var content = PrivateFiles.Read(path, MaximumBytes);
        return ReadCertificate(Decode(Encoding.Latin1.GetString(content), CertificateLabel, path), path);
    }

    /// <summary>Reads one certificate, DER, and nothing after it.</summary>
    /// <exception cref="IdentityException">It is none.</exception>
    public static X509Certificate2 ReadCertificate(ReadOnlySpan<byte> encoded, string where)
    {
        try
        {
            if (encoded.Length is 0 or > CertificateProfile.MaximumBytes) throw new CryptographicException("Too long.");
            var certificate = X509CertificateLoader.LoadCertificate(encoded);
            if (certificate.RawDataMemory.Span.SequenceEqual(encoded)) return certificate;
            certificate.Dispose();
            throw new CryptographicException("Not DER.");
        }
        catch (CryptographicException)
        {
            throw new IdentityException(IdentityReason.Malformed, $"{where} does not hold a certificate.");
        }
    }

    public void Dispose()
    {
        Certificate.Dispose();
        Signer.Dispose();
        Key.Dispose();
    }

    private static X509Certificate2 ForTls(X509Certificate2 bare, ECDsa key)
    {
        var certificate = bare.CopyWithPrivateKey(key);
        if (!OperatingSystem.IsWindows()) return certificate;
        // Windows' TLS takes no key that lives in memory only.
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    private static byte[] Decode(ReadOnlySpan<char> text, string label, string path)
    {
        while (PemEncoding.TryFind(text, out var found))
        {
            if (text[found.Label].SequenceEqual(label))
            {
                var decoded = new byte[found.DecodedDataLength];
                return Convert.TryFromBase64Chars(text[found.Base64Data], decoded, out _) ? decoded : throw new IdentityException(IdentityReason.Malformed, $"{path} is damaged.");
            }
            text = text[found.Location.End..];
        }
        throw new IdentityException(IdentityReason.Malformed, $"{path} has no '{label}'.");
    }
}
