using System.Buffers.Text;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;

namespace Coterie.Tests.Identity;

public sealed class InvitationTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    [Fact]
    public void Parse_OfAToken_GivesWhatWasInvited()
    {
        var drawn = Draw();
        var read = Invitation.Parse(" " + drawn.ToToken() + "\n");
        Assert.Equal((drawn.Name, drawn.Role, drawn.Expires, drawn.Server), (read.Name, read.Role, read.Expires, read.Server));
        Assert.Equal(drawn.Id.AsSpan(), read.Id.AsSpan());
        Assert.Equal(drawn.AuthorityFingerprint.AsSpan(), read.AuthorityFingerprint.AsSpan());
        Assert.True(drawn.Secret.SequenceEqual(read.Secret));
        Assert.StartsWith("coterie-invite-", drawn.ToToken(), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_WithOneWrongCharacter_SaysThatItIsDamaged()
    {
        var token = Draw().ToToken();
        for (var i = Invitation.Prefix.Length; i < token.Length; i++)
        {
            var wrong = Alphabet[(Alphabet.IndexOf(token[i], StringComparison.Ordinal) + 1 + (i % 60)) % Alphabet.Length];
            var altered = token[..i] + wrong + token[(i + 1)..];
            Consortium.Refuses(IdentityReason.Malformed, () => Invitation.Parse(altered), "damaged");
        }
    }

    [Fact]
    public void Parse_OfAPartOrOfSomethingElse_IsRefused()
    {
        var token = Draw().ToToken();
        Consortium.Refuses(IdentityReason.Malformed, () => Invitation.Parse(token[..^3]), "damaged");
        Consortium.Refuses(IdentityReason.Malformed, () => Invitation.Parse(token + "A"), "damaged");
        Consortium.Refuses(IdentityReason.Malformed, () => Invitation.Parse("letmein"), "coterie-invite-");
        Consortium.Refuses(IdentityReason.Malformed, () => Invitation.Parse(token + new string('A', 5000)), "1024");
        Consortium.Refuses(IdentityReason.Malformed, () => Invitation.Parse(Invitation.Prefix));
    }

    [Fact]
    public void ToString_AndErrors_DoNotHoldTheSecret()
    {
        var drawn = Draw();
        var token = drawn.ToToken();
        var secret = Base64Url.EncodeToString(drawn.Secret)[..20];
        Assert.DoesNotContain(secret, drawn.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(token[30..60], Consortium.Refuses(IdentityReason.Malformed, () => Invitation.Parse(token[..^1])).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Proof_HoldsForItsRequestItsInvitationAndItsAuthorityOnly()
    {
        byte[] secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)], authority = [1], id = [2], request = [3];
        var stored = InvitationProof.Stored(secret);
        var proof = InvitationProof.Make(secret, authority, id, request);
        Assert.True(InvitationProof.Holds(stored, proof, authority, id, request));
        Assert.False(InvitationProof.Holds(stored, proof, [9], id, request));
        Assert.False(InvitationProof.Holds(stored, proof, authority, [9], request));
        Assert.False(InvitationProof.Holds(stored, proof, authority, id, [9]));
        Assert.False(InvitationProof.Holds(stored, proof[..31], authority, id, request));
        // What the authority stores is no secret to prove with.
        Assert.False(InvitationProof.Holds(stored, InvitationProof.Make(stored, authority, id, request), authority, id, request));
        for (var bit = 0; bit < 256; bit++)
        {
            var flipped = proof.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(InvitationProof.Holds(stored, flipped, authority, id, request));
        }
    }

    private static Invitation Draw() =>
        Invitation.Draw([.. Enumerable.Repeat((byte)7, 32)], new PartyId("clinic-a"), PartyRole.Helper, DateTimeOffset.UnixEpoch.AddDays(20000), new Uri("https://hub.example:8443"));
}
