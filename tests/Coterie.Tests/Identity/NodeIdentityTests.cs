using System.Buffers.Text;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Federation.Identity;

namespace Coterie.Tests.Identity;

public sealed class NodeIdentityTests : IDisposable
{
    private readonly Consortium _consortium = new();

    public void Dispose() => _consortium.Dispose();

    [Fact]
    public async Task Load_OfWhatJoiningLeft_SignsAndAuthenticatesWithOneKey()
    {
        using (await _consortium.JoinAsync("clinic-a", PartyRole.Helper)) { }
        using var loaded = NodeIdentity.Load(_consortium.FolderOf("clinic-a"), _consortium.Clock);
        Assert.Equal(("clinic-a", PartyRole.Helper, "north hospitals"), (loaded.Name.Name, loaded.Role, loaded.Peers.Consortium));
        Assert.True(loaded.Certificate.HasPrivateKey);
        Assert.Equal(loaded.Peers.Verify(loaded.Certificate).IdentityKey.AsSpan(), loaded.Signer.PublicKey.AsSpan());
        Assert.True(Signatures.Verify(loaded.Signer.PublicKey.AsSpan(), [1, 2], loaded.Signer.Sign([1, 2])));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Join_LeavesTheKeyInOneFileOfItsOwnerAndNoSecretAtTheAuthority()
    {
        var invitation = await _consortium.InviteAsync("clinic-a");
        using var member = await Enrolment.JoinAsync(invitation, _consortium.FolderOf("clinic-a"), _consortium.Authority, _consortium.Clock, Consortium.None);
        var d = member.Certificate.GetECDsaPrivateKey()!.ExportParameters(true).D!;
        byte[][] secrets = [d, .. Texts(d), invitation.Secret.ToArray(), .. Texts(invitation.Secret.ToArray()), .. Texts(member.Signer.ExportPrivateKey())];
        var holders = new List<string>();
        foreach (var file in Directory.EnumerateFiles(_consortium.Folder, "*", SearchOption.AllDirectories))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file) & (UnixFileMode)0b111_111_111);
            // Line breaks of PEM are no hiding place.
            var content = File.ReadAllBytes(file);
            var joined = content.Where(b => b is not (10 or 13)).ToArray();
            if (secrets.Any(s => content.AsSpan().IndexOf(s) >= 0 || joined.AsSpan().IndexOf(s) >= 0)) holders.Add(file);
        }
        Assert.Equal([Path.Combine(_consortium.FolderOf("clinic-a"), "key.pem")], holders);
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(_consortium.FolderOf("clinic-a")) & (UnixFileMode)0b111_111_111);
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(_consortium.AuthorityFolder) & (UnixFileMode)0b111_111_111);

        static byte[][] Texts(byte[] secret) =>
        [
            Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret)), Encoding.ASCII.GetBytes(Convert.ToHexString(secret)),
            Encoding.ASCII.GetBytes(Convert.ToBase64String(secret).TrimEnd('=')[..^1]), Encoding.ASCII.GetBytes(Base64Url.EncodeToString(secret)[..^1]),
        ];
    }

    [Theory]
    [UnsupportedOSPlatform("windows")]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task Load_OfAKeyThatOthersCanUse_IsRefusedWithTheRemedy(UnixFileMode too)
    {
        using (await _consortium.JoinAsync("clinic-a")) { }
        foreach (var (folder, open) in new (string, Action<string>)[] { (_consortium.FolderOf("clinic-a"), f => NodeIdentity.Load(f, _consortium.Clock).Dispose()), (_consortium.AuthorityFolder, f => ConsortiumAuthority.Open(f, _consortium.Clock).Dispose()) })
        {
            var path = Path.Combine(folder, "key.pem");
            open(folder);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | too);
            Consortium.Refuses(IdentityReason.UnsafeFile, () => open(folder), "chmod 600 " + path);
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Load_OfAKeyThatThisUserCannotRead_SaysSo()
    {
        if (Environment.IsPrivilegedProcess) return;   // may read everything
        using (await _consortium.JoinAsync("clinic-a")) { }
        var path = Path.Combine(_consortium.FolderOf("clinic-a"), "key.pem");
        File.SetUnixFileMode(path, UnixFileMode.None);
        Consortium.Refuses(IdentityReason.UnsafeFile, () => NodeIdentity.Load(_consortium.FolderOf("clinic-a"), _consortium.Clock), path, "user");
    }

    [Fact]
    public async Task Load_OfDamagedFiles_IsRefusedWithoutTellingTheKey()
    {
        using (await _consortium.JoinAsync("clinic-a")) { }
        using (await _consortium.JoinAsync("clinic-b")) { }
        var (a, b) = (Path.Combine(_consortium.FolderOf("clinic-a"), "key.pem"), Path.Combine(_consortium.FolderOf("clinic-b"), "key.pem"));
        var whole = File.ReadAllText(a);
        var key = whole[..whole.IndexOf("-----BEGIN CERT", StringComparison.Ordinal)];
        string[] damaged = ["", "x", key, whole[key.Length..], whole.Replace("M", "N", StringComparison.Ordinal), key + File.ReadAllText(b)[key.Length..], whole[..100]];
        foreach (var text in damaged)
        {
            File.WriteAllText(a, text);
            var error = Consortium.Refuses(IdentityReason.Malformed, () => NodeIdentity.Load(_consortium.FolderOf("clinic-a"), _consortium.Clock), a);
            Assert.DoesNotContain(key[40..60], error.ToString(), StringComparison.Ordinal);
        }
        File.Delete(a);
        Consortium.Refuses(IdentityReason.NotFound, () => NodeIdentity.Load(_consortium.FolderOf("clinic-a"), _consortium.Clock), "identity join");
        Consortium.Refuses(IdentityReason.NotFound, () => NodeIdentity.Load(_consortium.FolderOf("nobody"), _consortium.Clock), "identity join");
    }

    [Fact]
    public async Task Load_OfAnExpiredOne_IsRefusedButItCanBeLookedAt()
    {
        using (await _consortium.JoinAsync("clinic-a")) { }
        _consortium.Clock.Now = _consortium.Clock.Now.AddDays(400);
        Consortium.Refuses(IdentityReason.Expired, () => NodeIdentity.Load(_consortium.FolderOf("clinic-a"), _consortium.Clock), "clinic-a");
        using var opened = NodeIdentity.Open(_consortium.FolderOf("clinic-a"), _consortium.Clock);
        Assert.Equal("clinic-a", opened.Name.Name);
    }

    [Fact]
    public void ImportPrivateKey_OfAnotherCurveOrWithMoreBytes_IsRefused()
    {
        using var identity = PartyIdentity.Create();
        var key = identity.ExportPrivateKey();
        using var again = PartyIdentity.ImportPrivateKey(key);
        Assert.Equal(identity.PublicKey.AsSpan(), again.PublicKey.AsSpan());
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.ThrowsAny<CryptographicException>(() => PartyIdentity.ImportPrivateKey(p384.ExportPkcs8PrivateKey()));
        Assert.ThrowsAny<CryptographicException>(() => PartyIdentity.ImportPrivateKey([.. key, 0]));
        Assert.ThrowsAny<CryptographicException>(() => PartyIdentity.ImportPrivateKey([]));
    }
}
