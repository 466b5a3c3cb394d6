using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;

namespace Coterie.Tests.Identity;

public sealed class PeerVerifierTests : IDisposable
{
    private readonly Consortium _consortium = new();

    public void Dispose() => _consortium.Dispose();

    [Theory]
    [InlineData(PartyRole.Participant)]
    [InlineData(PartyRole.Coordinator)]
    [InlineData(PartyRole.Helper)]
    public async Task Verify_OfAMember_TellsNameRoleAndKey(PartyRole role)
    {
        using var member = await _consortium.JoinAsync("a-_.9", role);
        var party = _consortium.Peers().Verify(Public(member.Certificate));
        Assert.Equal((new PartyId("a-_.9"), role), (party.Id, party.Role));
        Assert.Equal(member.Signer.PublicKey.AsSpan(), party.IdentityKey.AsSpan());
        Assert.Equal(91, party.IdentityKey.Length);
        var other = role == PartyRole.Helper ? PartyRole.Participant : PartyRole.Helper;
        Consortium.Refuses(IdentityReason.WrongRole, () => _consortium.Peers().Verify(member.Certificate, other), "a-_.9");
    }

    [Fact]
    public void Verify_OfTheForgersTemplate_IsAcceptedSoThatTheOtherTestsMeanSomething()
    {
        using var forged = _consortium.Forge();
        Assert.Equal("mallory", _consortium.Peers().Verify(forged).Id.Name);
    }

    [Fact]
    public async Task Verify_OfAnotherAuthorityWithTheSameNames_IsRefused()
    {
        using var impostor = new Consortium();
        using var member = await impostor.JoinAsync("clinic-a");
        Consortium.Refuses(IdentityReason.UnknownAuthority, () => _consortium.Peers().Verify(member.Certificate), "north hospitals");
    }

    [Fact]
    public async Task Verify_OutsideItsTime_SaysWhatTheClockSays()
    {
        using var member = await _consortium.JoinAsync("clinic-a");
        var peers = _consortium.Peers();
        var now = _consortium.Clock.Now;
        _consortium.Clock.Now = now.AddMinutes(-10);
        Consortium.Refuses(IdentityReason.NotYetValid, () => peers.Verify(member.Certificate), "clinic-a", "clock", _consortium.Clock.Now.ToString("u"));
        _consortium.Clock.Now = now.AddMinutes(-4);
        peers.Verify(member.Certificate);
        _consortium.Clock.Now = now.AddDays(364);
        peers.Verify(member.Certificate);
        _consortium.Clock.Now = now.AddDays(367);
        Consortium.Refuses(IdentityReason.Expired, () => peers.Verify(member.Certificate), "clinic-a", "clock", _consortium.Clock.Now.ToString("u"));
        _consortium.Clock.Now = now.AddYears(11);
        Consortium.Refuses(IdentityReason.Expired, () => peers.Verify(member.Certificate));
    }

    [Fact]
    public async Task Verify_OfARevokedOne_IsRefusedFromItsTimeOn()
    {
        using var member = await _consortium.JoinAsync("clinic-a");
        using var other = await _consortium.JoinAsync("clinic-b");
        var peers = _consortium.Peers();
        peers.Verify(member.Certificate);
        var (list, certificates, _) = await _consortium.Authority.RevokeAsync(new PartyId("clinic-a"), Consortium.None);
        Assert.Equal(1, certificates);
        peers.Install(list.Encoded.Span);
        Consortium.Refuses(IdentityReason.Revoked, () => peers.Verify(member.Certificate), "clinic-a");
        peers.Verify(other.Certificate);
    }

    [Fact]
    public void Verify_OfASelfSignedOneWithARole_IsRefused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var template = _consortium.Forge();
        var request = new CertificateRequest("CN=mallory", key, HashAlgorithmName.SHA256);
        foreach (var extension in template.Extensions) request.CertificateExtensions.Add(extension);
        using var self = request.CreateSelfSigned(_consortium.Clock.Now.AddDays(-1), _consortium.Clock.Now.AddDays(1));
        Consortium.Refuses(IdentityReason.UnknownAuthority, () => _consortium.Peers().Verify(self));
    }

    [Fact]
    public async Task Verify_OfALeafSignedByALeaf_IsRefused()
    {
        using var member = await _consortium.JoinAsync("clinic-a", PartyRole.Coordinator);
        using var forged = _consortium.Forge(Public(member.Certificate), member.Key.Key, null);
        Consortium.Refuses(IdentityReason.UnknownAuthority, () => _consortium.Peers().Verify(forged));
    }

    [Fact]
    public void Verify_OfTheAuthorityItself_IsRefused()
    {
        using var authority = X509CertificateLoader.LoadCertificate(_consortium.Authority.Certificate.Span);
        Assert.Throws<IdentityException>(() => _consortium.Peers().Verify(authority));
    }

    [Fact]
    public void Verify_OfAnAlteredByte_IsRefused()
    {
        using var good = _consortium.Forge();
        var bytes = good.RawData;
        var at = bytes.AsSpan().IndexOf("participant"u8);
        "coordinator"u8.CopyTo(bytes.AsSpan(at));
        using var altered = X509CertificateLoader.LoadCertificate(bytes);
        Consortium.Refuses(IdentityReason.UnknownAuthority, () => _consortium.Peers().Verify(altered));
    }

    /// <summary>An authority that signs what it should not is still held to the profile.</summary>
    [Fact]
    public void Verify_OfWhatDoesNotKeepToTheProfile_IsRefused()
    {
        Malformed("subject", null, "CN=mallory, CN=clinic-a");
        Malformed("subject", null, "CN=mallory, O=x");
        Malformed("subject", null, "CN=Mallory");
        Malformed("subject", null, "O=mallory");
        Malformed("alternative name", null, "CN=clinic-a");
        Malformed("alternative name", r => Drop(r, "2.5.29.17"));
        Malformed("alternative name", r => Replace(r, "2.5.29.17", AlternativeNames("coterie:mallory", "coterie:clinic-a")));
        Malformed("alternative name", r => Replace(r, "2.5.29.17", AlternativeNames("coterie:clinic-a")));
        Malformed("TLS", r => Drop(r, "2.5.29.37"));
        Malformed("TLS", r => Replace(r, new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false)));
        Malformed("party's", r => Replace(r, new X509BasicConstraintsExtension(true, false, 0, true)));
        Malformed("party's", r => Drop(r, "2.5.29.19"));
        Malformed("signatures", r => Replace(r, new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true)));
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        Malformed("P-256", null, key: p384);
        Malformed("P-256", null, key: rsa);
        Malformed("serial", null, serialBytes: 8);
        const string Role = "2.25.226404766063512615328590175393766680805.1";
        Refused(IdentityReason.WrongRole, "role", r => Drop(r, Role));
        Refused(IdentityReason.WrongRole, "role", r => Replace(r, Role, Text("administrator")));
        Refused(IdentityReason.WrongRole, "role", r => Replace(r, Role, [.. Text("helper"), 0]));
    }

    [Fact]
    public void Verify_OfAnUnknownCriticalExtension_IsRefused() =>
        Refused(IdentityReason.UnknownAuthority, "", r => r.CertificateExtensions.Add(new X509Extension("1.2.3.4", [5, 0], critical: true)));

    private void Malformed(string word, Action<CertificateRequest>? change, string subject = "CN=mallory", AsymmetricAlgorithm? key = null, int serialBytes = 16) =>
        Refused(IdentityReason.Malformed, word, change, subject, key, serialBytes);

    private void Refused(IdentityReason reason, string word, Action<CertificateRequest>? change, string subject = "CN=mallory", AsymmetricAlgorithm? key = null, int serialBytes = 16)
    {
        using var forged = _consortium.Forge(change, subject, key, serialBytes);
        Consortium.Refuses(reason, () => _consortium.Peers().Verify(forged), word);
    }

    private static X509Certificate2 Public(X509Certificate2 certificate) => X509CertificateLoader.LoadCertificate(certificate.RawData);

    private static void Drop(CertificateRequest request, string oid) => request.CertificateExtensions.Remove(request.CertificateExtensions.Single(e => e.Oid!.Value == oid));

    private static void Replace(CertificateRequest request, X509Extension extension)
    {
        Drop(request, extension.Oid!.Value!);
        request.CertificateExtensions.Add(extension);
    }

    private static void Replace(CertificateRequest request, string oid, byte[] value) => Replace(request, new X509Extension(oid, value, critical: false));

    private static byte[] AlternativeNames(params string[] names)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
            foreach (var name in names) writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 6));
        return writer.Encode();
    }

    private static byte[] Text(string text)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, text);
        return writer.Encode();
    }
}
