using Coterie.Core.Parties;

namespace Coterie.Federation.Identity;

/// <summary>
/// An authority's invitations in a folder. That one is used or withdrawn is a file of its own, whose creation can succeed once: it holds even
/// where locks do not.
/// </summary>
/// <param name="folder">The folder.</param>
internal sealed class InvitationBook(string folder)
{
    private const string Open = ".invitation";
    private const string Used = ".used";
    private const string Withdrawn = ".withdrawn";

    /// <summary>Keeps an invitation, without its secret.</summary>
    public void Add(Invitation invitation)
    {
        var stored = new StoredInvitation(InvitationProof.Stored(invitation.Secret), invitation.Name, invitation.Role, invitation.Expires);
        PrivateFiles.Write(PathOf(invitation.Id.AsSpan(), Open), stored.Encode());
    }

    /// <summary>The invitation that a request proves, if it can still be used.</summary>
    /// <exception cref="IdentityException">It is unknown, or the proof does not hold, or it was used, withdrawn or too late.</exception>
    public StoredInvitation Find(JoinRequest request, ReadOnlySpan<byte> authority, DateTimeOffset now)
    {
        if (request.Invitation.Length != Invitation.IdBytes) throw MessageCodec.Malformed();
        var path = PathOf(request.Invitation, Open);
        if (!File.Exists(path)) throw Unknown();
        var stored = StoredInvitation.Decode(PrivateFiles.Read(path, StoredInvitation.MaximumBytes), path);
        // Before anything is told about the invitation.
        if (!InvitationProof.Holds(stored.SecretHash, request.Proof, authority, request.Invitation, request.Request)) throw Unknown();
        if (File.Exists(PathOf(request.Invitation, Used))) throw AlreadyUsed(stored);
        if (File.Exists(PathOf(request.Invitation, Withdrawn))) throw new IdentityException(IdentityReason.InvitationWithdrawn, $"The invitation of {stored.Name} was withdrawn; ask the authority for another.");
        if (now > stored.Expires) throw new IdentityException(IdentityReason.InvitationExpired, $"The invitation of {stored.Name} ended at {stored.Expires:u}; the authority's clock says {now:u}. Ask for another.");
        return stored;
    }

    /// <summary>Marks the invitation as used; succeeds once.</summary>
    /// <exception cref="IdentityException"><see cref="IdentityReason.InvitationUsed"/>.</exception>
    public void Claim(ReadOnlySpan<byte> id, StoredInvitation stored)
    {
        var path = PathOf(id, Used);
        try
        {
            PrivateFiles.Fill(path, []);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw AlreadyUsed(stored);
        }
    }

    /// <summary>Withdraws what the party could still use; says how many.</summary>
    public int Withdraw(PartyId name)
    {
        var count = 0;
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Open).ToArray())
        {
            var (used, withdrawn) = (Path.ChangeExtension(path, Used), Path.ChangeExtension(path, Withdrawn));
            if (File.Exists(used) || File.Exists(withdrawn) || StoredInvitation.Decode(PrivateFiles.Read(path, StoredInvitation.MaximumBytes), path).Name != name) continue;
            PrivateFiles.Fill(withdrawn, []);
            count++;
        }
        return count;
    }

    private string PathOf(ReadOnlySpan<byte> id, string state) => Path.Combine(folder, Convert.ToHexStringLower(id) + state);

    private static IdentityException Unknown() => new(IdentityReason.InvitationUnknown, "The authority knows no such invitation, or it belongs to another certificate request; ask for a new one.");

    private static IdentityException AlreadyUsed(StoredInvitation stored) =>
        new(IdentityReason.InvitationUsed, $"The invitation of {stored.Name} was used before, and each is good for once. If that was not you, tell the authority: someone has joined in your name.");
}
