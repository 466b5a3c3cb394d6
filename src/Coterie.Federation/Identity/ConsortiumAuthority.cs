using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Identity;

namespace Coterie.Federation.Identity;

/// <summary>
/// A consortium's certificate authority in a folder: invites parties, signs their certificates, revokes them. Several processes may use the
/// folder at once. Thread-safe.
/// </summary>
public sealed class ConsortiumAuthority : IIdentityAuthority, IDisposable
{
    /// <summary>An invitation lasts at most so long.</summary>
    public static readonly TimeSpan LongestInvitation = TimeSpan.FromDays(30);

    /// <summary>After a renewal the old certificate is accepted for so long, so that runs that use it can end.</summary>
    public static readonly TimeSpan RenewalGrace = TimeSpan.FromHours(24);

    private const int AuthorityYears = 10;
    private const int PartyYears = 1;
    private const string Invitations = "invitations";
    private const string Issued = "issued";
    private const string Journal = "journal.txt";

    // Clocks differ a little: a certificate is valid to a peer whose clock is this much behind.
    private static readonly TimeSpan AuthorityBackdate = TimeSpan.FromHours(1);
    private static readonly TimeSpan PartyBackdate = TimeSpan.FromMinutes(5);

    private readonly string _folder;
    private readonly KeyFile _key;
    private readonly TimeProvider _time;
    private readonly InvitationBook _invitations;
    private readonly IssuedCertificates _issued;

    private ConsortiumAuthority(string folder, KeyFile key, TimeProvider time)
    {
        _folder = folder;
        _key = key;
        _time = time;
        _invitations = new InvitationBook(Path.Combine(folder, Invitations));
        _issued = new IssuedCertificates(Path.Combine(folder, Issued), Path.Combine(folder, Journal));
        Consortium = CertificateProfile.ReadConsortium(key.Certificate);
        Fingerprint = [.. SHA256.HashData(key.Certificate.RawData)];
    }

    /// <summary>The consortium's name.</summary>
    public string Consortium { get; }

    /// <summary>SHA-256 of the authority's certificate.</summary>
    public ImmutableArray<byte> Fingerprint { get; }

    /// <summary>When the authority's own certificate ends.</summary>
    public DateTimeOffset Expires => CertificateProfile.End(_key.Certificate);

    /// <summary>The authority's certificate, DER.</summary>
    public ReadOnlyMemory<byte> Certificate => _key.Certificate.RawDataMemory;

    /// <summary>Draws an authority's key and writes its folder, whole or not at all.</summary>
    /// <exception cref="ArgumentException">The name is not one of a consortium.</exception>
    /// <exception cref="IdentityException"><see cref="IdentityReason.AlreadyExists"/>: there is something in the folder.</exception>
    public static ConsortiumAuthority Create(string folder, string consortium, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(consortium);
        ArgumentNullException.ThrowIfNull(time);
        if (!CertificateProfile.IsConsortium(consortium))
            throw new IdentityException(IdentityReason.Malformed, $"'{consortium}' is no name of a consortium: use 1 to 64 letters, digits, spaces, '-', '_' and '.', no space at an end.");
        PrivateFiles.CreateFolder(folder, staging => Fill(staging, consortium, time.GetUtcNow()));
        return Open(folder, time);
    }

    /// <summary>Opens an authority's folder.</summary>
    /// <exception cref="IdentityException">There is none, it is damaged, or others can read its key.</exception>
    public static ConsortiumAuthority Open(string folder, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(time);
        if (!File.Exists(Path.Combine(folder, KeyFile.Name)))
            throw new IdentityException(IdentityReason.NotFound, $"There is no authority in {folder}; 'coterie identity init' makes one.");
        var key = KeyFile.Read(folder);
        try
        {
            return new ConsortiumAuthority(folder, key, time);
        }
        catch (IdentityException)
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Invites a party; earlier invitations of the same name are withdrawn.</summary>
    /// <param name="name">The name it will have.</param>
    /// <param name="role">The role it will have.</param>
    /// <param name="validity">More than nothing, at most <see cref="LongestInvitation"/>.</param>
    /// <param name="server">Where it will join, https; null where this folder is on its machine.</param>
    /// <param name="cancellationToken">Ends the wait for another process.</param>
    /// <exception cref="IdentityException"><see cref="IdentityReason.Taken"/>: a valid certificate has that name.</exception>
    public async Task<Invitation> InviteAsync(PartyId name, PartyRole role, TimeSpan validity, Uri? server, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(validity, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(validity, LongestInvitation);
        var checkedServer = server is null ? null : ServerAddress.Parse(server.OriginalString);
        using var held = await AuthorityLock.AcquireAsync(_folder, cancellationToken);
        var now = _time.GetUtcNow();
        RefuseTaken(name, now);
        _invitations.Withdraw(name);
        var invitation = Invitation.Draw(Fingerprint, name, role, now + validity, checkedServer);
        _invitations.Add(invitation);
        _issued.Note(now, $"invited {name} as {RoleNames.Of(role)} until {invitation.Expires:u}");
        return invitation;
    }

    /// <summary>Revokes every certificate of the party at once and withdraws its invitations.</summary>
    /// <returns>The new revocation list, and how many certificates were added to it.</returns>
    /// <exception cref="IdentityException"><see cref="IdentityReason.NotFound"/>: it has neither.</exception>
    public async Task<(RevocationList List, int Certificates, int Invitations)> RevokeAsync(PartyId name, CancellationToken cancellationToken)
    {
        using var held = await AuthorityLock.AcquireAsync(_folder, cancellationToken);
        var now = _time.GetUtcNow();
        var list = Revocations();
        var all = _issued.All();
        var live = IssuedCertificates.Live(all, name, list, now);
        var withdrawn = _invitations.Withdraw(name);
        if (live.Length == 0 && withdrawn == 0) throw new IdentityException(IdentityReason.NotFound, $"{name} has no valid certificate and no open invitation in {_folder}.");
        if (live.Length > 0) list = Revoke(live, list, now, now);
        _issued.Note(now, $"revoked {name}: {live.Length} certificates, {withdrawn} invitations, revocation list {list.Number}");
        Release(all);
        return (list, live.Length, withdrawn);
    }

    /// <summary>The revocation list as the folder has it now.</summary>
    public RevocationList Revocations() => RevocationList.Read(PrivateFiles.Read(Path.Combine(_folder, IdentityFolder.RevocationsFile), RevocationList.MaximumBytes), _key.Certificate);

    /// <summary>The answer to a request that proves an invitation.</summary>
    /// <exception cref="IdentityException">The request is refused.</exception>
    internal async Task<IdentityGrant> IssueAsync(JoinRequest request, CancellationToken cancellationToken)
    {
        using var held = await AuthorityLock.AcquireAsync(_folder, cancellationToken);
        var now = _time.GetUtcNow();
        var invitation = _invitations.Find(request, Fingerprint.AsSpan(), now);
        var key = CertificateRequests.Read(request.Request);
        RefuseTaken(invitation.Name, now, key);
        // Whatever fails from here on costs the invitation, never its being good for once.
        _invitations.Claim(request.Invitation, invitation);
        using var certificate = Sign(key, invitation.Name, invitation.Role, now);
        _issued.Note(now, $"joined {invitation.Name} as {RoleNames.Of(invitation.Role)}: {IssuedCertificates.Describe(certificate)}");
        return Grant(certificate, Revocations());
    }

    /// <summary>The answer to a party that asks for a certificate for its next key.</summary>
    /// <exception cref="IdentityException">The request is refused.</exception>
    internal async Task<IdentityGrant> RenewAsync(RenewRequest request, CancellationToken cancellationToken)
    {
        using var held = await AuthorityLock.AcquireAsync(_folder, cancellationToken);
        var now = _time.GetUtcNow();
        var list = Revocations();
        using var current = KeyFile.ReadCertificate(request.Certificate, "The request");
        var party = new PeerVerifier(_key.Certificate, list, _time).Verify(current);
        if (!Signatures.Verify(party.IdentityKey.AsSpan(), RenewRequest.SignedBytes(Fingerprint.AsSpan(), request.Request), request.Signature))
            throw new IdentityException(IdentityReason.Malformed, $"The request is not signed with the key of {party.Id}'s certificate.");
        var key = CertificateRequests.Read(request.Request);
        RefuseKnown(key);
        var all = _issued.All();
        var superseded = IssuedCertificates.Live(all, party.Id, list, now);
        using var certificate = Sign(key, party.Id, party.Role, now);
        list = Revoke(superseded, list, now + RenewalGrace, now);
        _issued.Note(now, $"renewed {party.Id}: {IssuedCertificates.Describe(certificate)}, revocation list {list.Number}");
        Release(all);
        return Grant(certificate, list);
    }

    Task<IdentityGrant> IIdentityAuthority.JoinAsync(JoinRequest request, CancellationToken cancellationToken) => IssueAsync(request, cancellationToken);

    Task<IdentityGrant> IIdentityAuthority.RenewAsync(RenewRequest request, CancellationToken cancellationToken) => RenewAsync(request, cancellationToken);

    Task<byte[]> IIdentityAuthority.RevocationsAsync(CancellationToken cancellationToken) => Task.FromResult(Revocations().Encoded.ToArray());

    /// <summary>Forgets the authority's key.</summary>
    public void Dispose() => _key.Dispose();

    private static void Fill(string folder, string consortium, DateTimeOffset now)
    {
        using var signer = PartyIdentity.Create();
        var secret = signer.ExportPrivateKey();
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(secret, out _);
        CryptographicOperations.ZeroMemory(secret);
        using var certificate = CertificateProfile.SelfSign(key, consortium, now - AuthorityBackdate, now.AddYears(AuthorityYears), Serial());
        var content = KeyFile.Encode(certificate, signer);
        PrivateFiles.Write(Path.Combine(folder, KeyFile.Name), content);
        CryptographicOperations.ZeroMemory(content);
        PrivateFiles.Write(Path.Combine(folder, IdentityFolder.RevocationsFile), RevocationList.First(now, certificate, signer).Encoded.Span);
        PrivateFiles.CreateFolder(Path.Combine(folder, Invitations));
        PrivateFiles.CreateFolder(Path.Combine(folder, Issued));
        new IssuedCertificates(Path.Combine(folder, Issued), Path.Combine(folder, Journal)).Note(now, $"created the authority of {consortium}: {IssuedCertificates.Describe(certificate)}");
    }

    private X509Certificate2 Sign(PublicKey key, PartyId name, PartyRole role, DateTimeOffset now)
    {
        var (earliest, latest) = (CertificateProfile.Start(_key.Certificate), CertificateProfile.End(_key.Certificate));
        if (now < earliest || now >= latest) throw new IdentityException(IdentityReason.Expired, $"The authority is valid from {earliest:u} to {latest:u}; it is {now:u}, and it can sign nothing.");
        var (start, end) = (now - PartyBackdate, now.AddYears(PartyYears));
        var certificate = CertificateProfile.Sign(key, name, role, _key.Certificate, _key.Key, start < earliest ? earliest : start, end > latest ? latest : end, Serial());
        _issued.Add(certificate);
        return certificate;
    }

    /// <summary>128 bits, of which two are fixed: positive, and never shorter when a number's leading zeros are dropped.</summary>
    private static byte[] Serial()
    {
        var serial = CryptographicRandom.Instance.Bytes(CertificateProfile.SerialBytes);
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40);
        return serial;
    }

    private RevocationList Revoke(X509Certificate2[] certificates, RevocationList list, DateTimeOffset from, DateTimeOffset now)
    {
        var next = list.With(certificates, from, now, _key.Certificate, _key.Signer);
        PrivateFiles.Write(Path.Combine(_folder, IdentityFolder.RevocationsFile), next.Encoded.Span);
        return next;
    }

    private void RefuseTaken(PartyId name, DateTimeOffset now, PublicKey? key = null)
    {
        if (key is not null) RefuseKnown(key);
        var all = _issued.All();
        var live = IssuedCertificates.Live(all, name, Revocations(), now);
        Release(all);
        if (live.Length > 0)
            throw new IdentityException(IdentityReason.Taken, $"{name} holds a valid certificate already; use another name, or 'coterie identity revoke {name}' first.");
    }

    /// <summary>One key, one certificate: a key that two names share proves neither.</summary>
    private void RefuseKnown(PublicKey key)
    {
        var encoded = key.ExportSubjectPublicKeyInfo();
        var all = _issued.All();
        var known = all.Append(_key.Certificate).Any(c => c.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(encoded));
        Release(all);
        if (known) throw new IdentityException(IdentityReason.Taken, "Another certificate has this key; a new key is expected.");
    }

    private IdentityGrant Grant(X509Certificate2 certificate, RevocationList list) => new(certificate.RawData, _key.Certificate.RawData, list.Encoded.ToArray());

    private static void Release(X509Certificate2[] certificates)
    {
        foreach (var certificate in certificates) certificate.Dispose();
    }
}
