using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>A subset of a roster's participants; on the wire one bit each.</summary>
internal sealed class ParticipantSet
{
    private readonly bool[] _members;

    private ParticipantSet(bool[] members)
    {
        _members = members;
        Count = members.Count(m => m);
    }

    public int Count { get; }

    public static ParticipantSet Of(Roster roster, IEnumerable<PartyId> members)
    {
        var flags = new bool[roster.Participants.Length];
        foreach (var member in members) flags[roster.IndexOf(member)] = true;
        return new ParticipantSet(flags);
    }

    public bool Contains(int index) => _members[index];

    public bool IsSubsetOf(ParticipantSet other) => _members.Zip(other._members).All(p => !p.First || p.Second);

    /// <summary>0-based positions of the members, ascending.</summary>
    public IEnumerable<int> Indices => Enumerable.Range(0, _members.Length).Where(i => _members[i]);

    public ImmutableArray<PartyId> Names(Roster roster) => [.. Indices.Select(i => roster.Participants[i])];

    /// <summary>Insists on a set large enough to go on with, invented identities not counted toward the minimum roster.</summary>
    public void RequireEnough(Session session, StepTag step)
    {
        var roster = session.Roster;
        SumPolicy.RequireMinimum(roster, Count, step);
        var known = Names(roster).Count(p => p == session.Self || session.IsPinned(roster[p]));
        if (known < SumPolicy.MinimumContributors(roster))
            throw new ProtocolException(
                ProtocolErrorCode.BelowThreshold, $"{known} participants that {session.Self} knows are left at {step}; at least {SumPolicy.MinimumContributors(roster)} are needed.", step.Path);
    }

    /// <summary>Insists, where the coordinator returns a sum over this set, that it is the one that the survivors have signed. Null: this participant was not among those who sign.</summary>
    public void RequireSigned(Session session, StepTag sum, ParticipantSet? signed)
    {
        if (signed is null || (signed.IsSubsetOf(this) && IsSubsetOf(signed))) return;
        throw new ProtocolException(
            ProtocolErrorCode.Inconsistent, $"The coordinator returned a sum over other participants than survived at {sum}.", sum.Path, session.Roster.Coordinator);
    }

    public void Write(WireWriter writer)
    {
        var bits = new byte[(_members.Length + 7) / 8];
        foreach (var i in Indices) bits[i / 8] |= (byte)(1 << (i % 8));
        writer.WriteBytes(bits);
    }

    public static ParticipantSet Read(ref WireReader reader, Roster roster)
    {
        var members = new bool[roster.Participants.Length];
        var bits = reader.ReadExactBytes((members.Length + 7) / 8);
        for (var i = 0; i < members.Length; i++) members[i] = (bits[i / 8] >> (i % 8) & 1) == 1;
        return new ParticipantSet(members);
    }
}
