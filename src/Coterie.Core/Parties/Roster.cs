using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Wire;

namespace Coterie.Core.Parties;

/// <summary>
/// The parties of one run with their keys and roles, and the terms every party checks before a secret leaves it.
/// Two parties with equal digests agree on all of it.
/// </summary>
public sealed class Roster
{
    private readonly ImmutableDictionary<PartyId, Party> _byId;

    /// <summary>Fixes a roster.</summary>
    /// <param name="runId">Names the run; never used twice.</param>
    /// <param name="parties">Exactly one coordinator, at most one model owner besides, any number of participants and helpers, names distinct.</param>
    /// <param name="mode">The mode's name in task files.</param>
    /// <param name="threshold">Participants needed to open a sum; 0 where the mode has no threshold.</param>
    /// <param name="allowSmallRoster">Whether sums over fewer than three participants are agreed to.</param>
    /// <param name="termsHash">SHA-256 of the task's terms: learner, preprocessing and declared schema.</param>
    /// <exception cref="ArgumentException">The parties are not as described.</exception>
    public Roster(string runId, IEnumerable<Party> parties, string mode, int threshold, bool allowSmallRoster, ReadOnlySpan<byte> termsHash)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(runId);
        ArgumentNullException.ThrowIfNull(parties);
        ArgumentException.ThrowIfNullOrWhiteSpace(mode);
        RunId = runId;
        Parties = [.. parties];
        Mode = mode;
        Threshold = threshold;
        AllowSmallRoster = allowSmallRoster;
        TermsHash = [.. termsHash];
        if (Parties.DistinctBy(p => p.Id).Count() != Parties.Length)
            throw new ArgumentException("Two parties have the same name.", nameof(parties));
        if (Parties.Count(p => p.Role == PartyRole.Coordinator) != 1)
            throw new ArgumentException("A roster has exactly one coordinator.", nameof(parties));
        _byId = Parties.ToImmutableDictionary(p => p.Id);
        Coordinator = Parties.First(p => p.Role == PartyRole.Coordinator).Id;
        if (Parties.Count(p => p.Role == PartyRole.ModelOwner) > 1)
            throw new ArgumentException("A roster has at most one model owner besides the coordinator.", nameof(parties));
        ModelOwner = Parties.FirstOrDefault(p => p.Role == PartyRole.ModelOwner)?.Id ?? Coordinator;
        Helper = Parties.Count(p => p.Role == PartyRole.Helper) == 1 ? Parties.First(p => p.Role == PartyRole.Helper).Id : null;
        Participants = [.. Parties.Where(p => p.Role == PartyRole.Participant).Select(p => p.Id)];
        Digest = [.. ComputeDigest()];
    }

    /// <summary>Names the run.</summary>
    public string RunId { get; }

    /// <summary>All parties, in roster order.</summary>
    public ImmutableArray<Party> Parties { get; }

    /// <summary>The mode's name.</summary>
    public string Mode { get; }

    /// <summary>Participants needed to open a sum; 0 where the mode has no threshold.</summary>
    public int Threshold { get; }

    /// <summary>Whether sums over fewer than three participants are agreed to.</summary>
    public bool AllowSmallRoster { get; }

    /// <summary>SHA-256 of the task's terms.</summary>
    public ImmutableArray<byte> TermsHash { get; }

    /// <summary>The coordinator.</summary>
    public PartyId Coordinator { get; }

    /// <summary>Who may read the final model: the coordinator, unless the roster has a party with that role.</summary>
    public PartyId ModelOwner { get; }

    /// <summary>The helper, in runs that have exactly one; else null.</summary>
    public PartyId? Helper { get; }

    /// <summary>The participants, in roster order.</summary>
    public ImmutableArray<PartyId> Participants { get; }

    /// <summary>SHA-256 over everything above.</summary>
    public ImmutableArray<byte> Digest { get; }

    /// <summary>The party of that name.</summary>
    /// <exception cref="KeyNotFoundException">No such party.</exception>
    public Party this[PartyId id] => _byId[id];

    /// <summary>Whether the party is on the roster.</summary>
    public bool Contains(PartyId id) => _byId.ContainsKey(id);

    /// <summary>0-based position of a participant among the participants; -1 for others.</summary>
    public int IndexOf(PartyId participant) => Participants.IndexOf(participant);

    /// <summary>The same run for some of its participants.</summary>
    /// <param name="participants">Those, in roster order.</param>
    /// <param name="threshold">How many of them a sum needs.</param>
    public Roster Among(IReadOnlyCollection<PartyId> participants, int threshold) =>
        new(RunId, Parties.Where(p => p.Role != PartyRole.Participant || participants.Contains(p.Id)), Mode, threshold, AllowSmallRoster, TermsHash.AsSpan());

    private byte[] ComputeDigest()
    {
        var writer = new WireWriter();
        writer.WriteText("coterie roster v1");
        writer.WriteText(RunId);
        writer.WriteText(Mode);
        writer.WriteInt32(Threshold);
        writer.WriteByte(AllowSmallRoster ? (byte)1 : (byte)0);
        writer.WriteBytes(TermsHash.AsSpan());
        writer.WriteInt32(Parties.Length);
        foreach (var party in Parties)
        {
            writer.WriteText(party.Id.Name);
            writer.WriteInt32((int)party.Role);
            writer.WriteBytes(party.IdentityKey.AsSpan());
        }
        return SHA256.HashData(writer.ToArray());
    }
}
