using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;

namespace Coterie.Federation.Identity;

/// <summary>
/// What certificates of a consortium say, and in which form (RFC 5280). A party's name stands twice, in the subject and as the only
/// alternative name; its role stands in an extension of our own. What is written one way is accepted in no other.
/// </summary>
internal static class CertificateProfile
{
    /// <summary>Bytes of a serial number: random, so that nobody can tell the next one.</summary>
    public const int SerialBytes = 16;

    /// <summary>No certificate of this profile needs as many bytes, nor a request.</summary>
    public const int MaximumBytes = 4096;

    // An arc that needs no registration: 2.25 and a random UUID as one number (ITU-T X.667).
    private const string Arc = "2.25.226404766063512615328590175393766680805";
    private const string RoleExtension = Arc + ".1";
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";
    private const string AlternativeName = "2.5.29.17";
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";
    private const string NameScheme = "coterie:";

    // A space keeps it apart from every party's name, so that no party's subject is the authority's.
    private const string AuthorityName = "consortium authority";

    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);   // GeneralName ::= CHOICE { ... uniformResourceIdentifier [6] IA5String }

    /// <summary>Whether text can name a consortium: 1 to 64 letters, digits, spaces, '-', '_' and '.', no space at an end.</summary>
    public static bool IsConsortium(string name) => name.Length is > 0 and <= 64 && name.Trim().Length == name.Length
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '_' or '.');

    /// <summary>The subject of a party's certificate and of its request.</summary>
    public static X500DistinguishedName SubjectOf(PartyId name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name.Name);
        return builder.Build();
    }

    /// <summary>A new authority's own certificate.</summary>
    public static X509Certificate2 SelfSign(ECDsa key, string consortium, DateTimeOffset notBefore, DateTimeOffset notAfter, ReadOnlySpan<byte> serial)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddOrganizationName(consortium);
        builder.AddCommonName(AuthorityName);
        var subject = builder.Build();
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.Create(subject, X509SignatureGenerator.CreateForECDsa(key), notBefore, notAfter, serial.ToArray());
    }

    /// <summary>A party's certificate, signed by the authority.</summary>
    public static X509Certificate2 Sign(
        PublicKey key, PartyId name, PartyRole role, X509Certificate2 authority, ECDsa authorityKey, DateTimeOffset notBefore, DateTimeOffset notAfter, ReadOnlySpan<byte> serial)
    {
        var request = new CertificateRequest(SubjectOf(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUse), new Oid(ClientUse)], critical: false));
        request.CertificateExtensions.Add(new X509Extension(AlternativeName, EncodeAlternativeName(name), critical: false));
        // Not critical: chain building refuses critical extensions it does not know. Peers insist on it themselves.
        request.CertificateExtensions.Add(new X509Extension(RoleExtension, EncodeRole(role), critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        return request.Create(authority.SubjectName, X509SignatureGenerator.CreateForECDsa(authorityKey), notBefore, notAfter, serial.ToArray());
    }

    /// <summary>What a party's certificate says; who signed it is the caller's question.</summary>
    /// <exception cref="IdentityException"><see cref="IdentityReason.Malformed"/>, or <see cref="IdentityReason.WrongRole"/> for a role that does not exist.</exception>
    public static Party Read(X509Certificate2 certificate)
    {
        if (certificate.Version != 3) throw Malformed("version 3 is expected");
        if (certificate.SerialNumberBytes.Length != SerialBytes) throw Malformed($"a serial number of {SerialBytes} bytes is expected");
        if (certificate.Extensions.DistinctBy(e => e.Oid?.Value, StringComparer.Ordinal).Count() != certificate.Extensions.Count) throw Malformed("an extension stands twice");
        if (certificate.Extensions.OfType<X509BasicConstraintsExtension>().SingleOrDefault() is not { CertificateAuthority: false }) throw Malformed("it is not marked as a party's: an authority's certificate proves no party");
        if (certificate.Extensions.OfType<X509KeyUsageExtension>().SingleOrDefault() is not { KeyUsages: X509KeyUsageFlags.DigitalSignature }) throw Malformed("its key is to be for signatures only");
        if (certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().SingleOrDefault() is not { } use
            || !use.EnhancedKeyUsages.Cast<Oid>().Select(o => o.Value).Order(StringComparer.Ordinal).SequenceEqual([ServerUse, ClientUse], StringComparer.Ordinal))
            throw Malformed("it has to be for TLS servers and TLS clients");
        var name = ReadName(certificate);
        return new Party(name, ReadRole(certificate), ReadKey(certificate.PublicKey) ?? throw Malformed("its key is not of the curve P-256"));
    }

    /// <summary>The consortium an authority's certificate is for.</summary>
    /// <exception cref="IdentityException">It is not an authority's.</exception>
    public static string ReadConsortium(X509Certificate2 authority)
    {
        var parts = Parts(authority.SubjectName);
        if (authority.Extensions.OfType<X509BasicConstraintsExtension>().SingleOrDefault() is not { CertificateAuthority: true } || ReadKey(authority.PublicKey) is null
            || parts is not [(Organization, { } consortium), (CommonName, AuthorityName)] || !IsConsortium(consortium))
            throw new IdentityException(IdentityReason.Malformed, "The authority's certificate is not one that 'coterie identity init' makes.");
        return consortium;
    }

    /// <summary>From when on a certificate is valid.</summary>
    public static DateTimeOffset Start(X509Certificate2 certificate) => new DateTimeOffset(certificate.NotBefore).ToUniversalTime();

    /// <summary>Until when a certificate is valid.</summary>
    public static DateTimeOffset End(X509Certificate2 certificate) => new DateTimeOffset(certificate.NotAfter).ToUniversalTime();

    /// <summary>SubjectPublicKeyInfo, 91 bytes; null for keys that are not of P-256.</summary>
    public static ImmutableArray<byte>? ReadKey(PublicKey key)
    {
        try
        {
            var encoded = key.ExportSubjectPublicKeyInfo();
            return PartyIdentity.IsPublicKey(encoded) ? [.. encoded] : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static PartyId ReadName(X509Certificate2 certificate)
    {
        if (Parts(certificate.SubjectName) is not [(CommonName, { } name)] || !PartyId.IsValid(name)) throw Malformed("its subject has to be one common name that names a party, and nothing else");
        var found = certificate.Extensions.SingleOrDefault(e => e.Oid?.Value == AlternativeName)?.RawData;
        if (found is null || !found.AsSpan().SequenceEqual(EncodeAlternativeName(new PartyId(name)))) throw Malformed($"its only alternative name has to be {NameScheme}{name}, as in its subject");
        return new PartyId(name);
    }

    private static PartyRole ReadRole(X509Certificate2 certificate)
    {
        var found = certificate.Extensions.SingleOrDefault(e => e.Oid?.Value == RoleExtension)?.RawData;
        foreach (var role in Enum.GetValues<PartyRole>())
            if (found is not null && found.AsSpan().SequenceEqual(EncodeRole(role))) return role;
        throw new IdentityException(IdentityReason.WrongRole, "The certificate names no role that exists: participant, coordinator, helper or model-owner.");
    }

    private static (string? Type, string? Value)[] Parts(X500DistinguishedName name)
    {
        try
        {
            return [.. name.EnumerateRelativeDistinguishedNames().Select(p => p.HasMultipleElements ? (null, null) : (p.GetSingleElementType().Value, p.GetSingleElementValue()))];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    private static byte[] EncodeAlternativeName(PartyId name)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence()) writer.WriteCharacterString(UniversalTagNumber.IA5String, NameScheme + name.Name, UriTag);
        return writer.Encode();
    }

    private static byte[] EncodeRole(PartyRole role)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, RoleNames.Of(role));
        return writer.Encode();
    }

    private static IdentityException Malformed(string what) => new(IdentityReason.Malformed, $"The certificate is not one of a party: {what}.");
}
