using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;

namespace Coterie.Federation.Identity;

/// <summary>
/// Judges peers' certificates by one consortium's authority and its revocation list; the machine's own trusted authorities mean nothing, and
/// nothing is downloaded. Thread-safe.
/// </summary>
public sealed class PeerVerifier
{
    private readonly X509Certificate2 _authority;
    private readonly TimeProvider _time;
    private readonly Lock _installing = new();
    private volatile RevocationList _revocations;

    internal PeerVerifier(X509Certificate2 authority, RevocationList revocations, TimeProvider time)
    {
        _authority = authority;
        _revocations = revocations;
        _time = time;
        Consortium = CertificateProfile.ReadConsortium(authority);
        AuthorityFingerprint = [.. SHA256.HashData(authority.RawData)];
    }

    /// <summary>The consortium's name, as its authority's certificate has it.</summary>
    public string Consortium { get; }

    /// <summary>SHA-256 of the authority's certificate.</summary>
    public ImmutableArray<byte> AuthorityFingerprint { get; }

    /// <summary>The revocation list that is held.</summary>
    public RevocationList Revocations => _revocations;

    /// <summary>The authority's certificate, DER.</summary>
    public ReadOnlyMemory<byte> AuthorityCertificate => _authority.RawDataMemory;

    /// <summary>The party that <paramref name="certificate"/> proves: its name, its role and its key (SubjectPublicKeyInfo, 91 bytes).</summary>
    /// <exception cref="IdentityException">The certificate is not accepted; the reason says why.</exception>
    public Party Verify(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var party = Identify(certificate);
        CheckTime(certificate, $"The certificate of {party.Id}");
        CheckTime(_authority, $"The certificate of the authority of '{Consortium}'");
        if (_revocations.RevokedFrom(certificate) is { } from && from <= _time.GetUtcNow())
            throw new IdentityException(IdentityReason.Revoked, $"The certificate of {party.Id} is revoked since {from:u}; 'coterie identity join' with a new invitation gives it another.");
        return party;
    }

    /// <summary>Whom the certificate was made for, whether or not it can be used now.</summary>
    internal Party Identify(X509Certificate2 certificate)
    {
        if (!IsSignedByAuthority(certificate))
            throw new IdentityException(IdentityReason.UnknownAuthority, $"The certificate is not one of the consortium '{Consortium}': its authority has not signed it.");
        return CertificateProfile.Read(certificate);
    }

    /// <summary>As <see cref="Verify(X509Certificate2)"/>, and the role is <paramref name="expected"/>.</summary>
    /// <inheritdoc cref="Verify(X509Certificate2)" path="/exception"/>
    public Party Verify(X509Certificate2 certificate, PartyRole expected)
    {
        var party = Verify(certificate);
        return party.Role == expected
            ? party
            : throw new IdentityException(
                IdentityReason.WrongRole, $"The certificate of {party.Id} is one of a {RoleNames.Of(party.Role)}; one of a {RoleNames.Of(expected)} is expected here.");
    }

    /// <summary>Takes up a newer revocation list; the one that is held is taken without effect.</summary>
    /// <returns>The list that is held now.</returns>
    /// <exception cref="IdentityException">
    /// <see cref="IdentityReason.UnknownAuthority"/> or <see cref="IdentityReason.Malformed"/>; <see cref="IdentityReason.Outdated"/>: the list is older than the one held.
    /// </exception>
    public RevocationList Install(ReadOnlySpan<byte> list)
    {
        var offered = RevocationList.Read(list, _authority);
        lock (_installing)
        {
            var held = _revocations;
            if (offered.Number < held.Number)
                throw new IdentityException(IdentityReason.Outdated, $"Revocation list {offered.Number} is older than list {held.Number}, which is held; a newer one is expected.");
            if (offered.Number == held.Number && !offered.Encoded.Span.SequenceEqual(held.Encoded.Span))
                throw new IdentityException(IdentityReason.Outdated, $"There are two different revocation lists with number {held.Number}: the authority, or a copy of it, does not tell everyone the same.");
            if (offered.Number > held.Number) _revocations = offered;
            return _revocations;
        }
    }

    /// <summary>A path of two certificates, the leaf and the authority, whatever the clock says: time is judged apart, with a better message.</summary>
    private bool IsSignedByAuthority(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        try
        {
            chain.Build(certificate);
            return chain.ChainElements.Count == 2
                && chain.ChainElements[1].Certificate.RawDataMemory.Span.SequenceEqual(_authority.RawDataMemory.Span)
                && chain.ChainStatus.All(s => s.Status is X509ChainStatusFlags.NotTimeValid or X509ChainStatusFlags.NoError);
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        }
    }

    private void CheckTime(X509Certificate2 certificate, string whose)
    {
        var now = _time.GetUtcNow();
        var (notBefore, notAfter) = (CertificateProfile.Start(certificate), CertificateProfile.End(certificate));
        var hint = $"it is valid from {notBefore:u} to {notAfter:u}, and this machine's clock says {now:u}; set the clock if it is wrong";
        if (now < notBefore) throw new IdentityException(IdentityReason.NotYetValid, $"{whose} is not valid yet: {hint}.");
        if (now > notAfter) throw new IdentityException(IdentityReason.Expired, $"{whose} has expired: {hint}, else renew the certificate or join again.");
    }
}
