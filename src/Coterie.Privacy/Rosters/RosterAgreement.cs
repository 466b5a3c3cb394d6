using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Identity;
using Coterie.Privacy.Sums;

namespace Coterie.Privacy.Rosters;

/// <summary>
/// Before anything secret leaves a party: every party signs the digest of the roster it holds, the coordinator passes the
/// signatures on, and every party verifies all of them against its own digest. Same run, parties, roles, mode, threshold and terms
/// everywhere, or no run.
/// </summary>
public static class RosterAgreement
{
    private const int SignatureBytes = 64;

    /// <summary>Every party calls it first.</summary>
    /// <exception cref="ProtocolException">
    /// <see cref="ProtocolErrorCode.RosterTooSmall"/>; or <see cref="ProtocolErrorCode.RosterMismatch"/>, naming who signed something else.
    /// </exception>
    public static async Task AgreeAsync(Session session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        var roster = session.Roster;
        RequireTerms(session);
        var step = new StepTag($"{roster.RunId}/roster");
        var signature = session.Signer.Sign(Statement(roster));
        if (session.IsCoordinator)
        {
            var signatures = new Dictionary<PartyId, byte[]> { [session.Self] = signature };
            foreach (var (party, theirs) in await CollectAsync(session, step, cancellationToken)) signatures[party] = theirs;
            Verify(roster, signatures, step);
            var writer = new WireWriter();
            foreach (var party in roster.Parties) writer.WriteBytes(signatures[party.Id]);
            foreach (var party in roster.Parties.Where(p => p.Id != session.Self))
                await session.Channel.SendAsync(party.Id, step.Then("signatures"), writer.WrittenMemory, cancellationToken);
        }
        else
        {
            var writer = new WireWriter();
            writer.WriteBytes(signature);
            await session.Channel.SendAsync(roster.Coordinator, step.Then("signature"), writer.WrittenMemory, cancellationToken);
            var message = await session.Channel.ReceiveAsync(roster.Coordinator, step.Then("signatures"), 1024 + (roster.Parties.Length * (SignatureBytes + 4)), cancellationToken);
            Verify(roster, Read(roster, message.Span, step), step);
        }
    }

    /// <summary>All signatures, awaited together: whoever is silent is then silent among others that were not, and is not waited for until the deadline.</summary>
    private static async Task<(PartyId Party, byte[] Signature)[]> CollectAsync(Session session, StepTag step, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var receives = session.Roster.Parties.Where(p => p.Id != session.Self).Select(p => ReceiveAsync(session, p.Id, step, failed.Token)).ToArray();
        // The first that fails ends the agreement; the others end before this does.
        await foreach (var receive in Task.WhenEach(receives).WithCancellation(CancellationToken.None))
            if (!receive.IsCompletedSuccessfully) await failed.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        var fault = receives.FirstOrDefault(r => r.IsFaulted);
        if (fault is not null) await fault;
        return await Task.WhenAll(receives);
    }

    private static async Task<(PartyId Party, byte[] Signature)> ReceiveAsync(Session session, PartyId party, StepTag step, CancellationToken cancellationToken)
    {
        var message = await session.Channel.ReceiveAsync(party, step.Then("signature"), 256, cancellationToken);
        var reader = new WireReader(message.Span, party, step);
        var signature = reader.ReadExactBytes(SignatureBytes).ToArray();
        reader.End();
        return (party, signature);
    }

    /// <summary>The terms this party can judge on its own.</summary>
    private static void RequireTerms(Session session)
    {
        var roster = session.Roster;
        var pinned = roster.Parties.Count(p => p.Role == PartyRole.Participant && (p.Id == session.Self || session.IsPinned(p)));
        if (pinned < SumPolicy.MinimumContributors(roster))
            throw new ProtocolException(ProtocolErrorCode.RosterTooSmall, $"{pinned} participants that this party knows are on the roster; at least {SumPolicy.MinimumRoster} are needed (or 'allow-small-roster: true', and read what that gives away).");
        var invented = roster.Participants.Length - pinned;
        if (roster.Threshold > 0 && invented > 0 && invented >= (2 * roster.Threshold) - roster.Participants.Length)
            throw new ProtocolException(
                ProtocolErrorCode.RosterTooSmall,
                $"{invented} participants are on the roster that this party does not know. Were they the coordinator's inventions, they could open single contributions under a threshold of {roster.Threshold}; fewer than {(2 * roster.Threshold) - roster.Participants.Length} are accepted.");
        if (roster.Threshold > roster.Participants.Length)
            throw new ProtocolException(ProtocolErrorCode.RosterTooSmall, $"A threshold of {roster.Threshold} cannot be met by {roster.Participants.Length} participants.");
    }

    private static Dictionary<PartyId, byte[]> Read(Roster roster, ReadOnlySpan<byte> message, StepTag step)
    {
        var reader = new WireReader(message, roster.Coordinator, step);
        var signatures = new Dictionary<PartyId, byte[]>();
        foreach (var party in roster.Parties) signatures[party.Id] = reader.ReadExactBytes(SignatureBytes).ToArray();
        reader.End();
        return signatures;
    }

    private static void Verify(Roster roster, Dictionary<PartyId, byte[]> signatures, StepTag step)
    {
        var statement = Statement(roster);
        var culprits = roster.Parties.Where(p => !Signatures.Verify(p.IdentityKey.AsSpan(), statement, signatures[p.Id])).Select(p => p.Id).ToArray();
        if (culprits.Length > 0)
            throw new ProtocolException(ProtocolErrorCode.RosterMismatch, $"Another roster, or other terms, were signed by: {string.Join(", ", culprits)}.", step.Path, culprits);
    }

    private static byte[] Statement(Roster roster)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie roster agreement v1");
        writer.WriteBytes(roster.Digest.AsSpan());
        return writer.ToArray();
    }
}
