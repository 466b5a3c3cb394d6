using Coterie.Core.Modes;
using Coterie.Core.Parties;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>What all steps of one secure sum share.</summary>
internal sealed record AggregationRound(Session Session, SumRequest Request, Neighbourhoods Graph)
{
    public Roster Roster => Session.Roster;

    public IChannel Channel => Session.Channel;

    public PartyId Coordinator => Session.Roster.Coordinator;

    /// <summary>This participant's position; -1 at the coordinator.</summary>
    public int Self { get; } = Session.Roster.IndexOf(Session.Self);

    public int Participants => Roster.Participants.Length;

    public PartyId NameOf(int index) => Roster.Participants[index];

    public StepTag Step(string name) => Request.Step.Then(name);

    /// <summary>Insists on a set large enough to go on with, invented identities not counted toward the minimum roster.</summary>
    public void RequireEnough(ParticipantSet set, StepTag step)
    {
        SumPolicy.RequireMinimum(Roster, set.Count, step);
        var known = set.Indices.Count(i => i == Self || Session.IsPinned(Roster[NameOf(i)]));
        if (known < SumPolicy.MinimumContributors(Roster))
            throw new ProtocolException(
                ProtocolErrorCode.BelowThreshold, $"{known} participants that {Session.Self} knows are left at {step}; at least {SumPolicy.MinimumContributors(Roster)} are needed.", step.Path);
    }

    /// <summary>Insists that enough of this participant's share holders are in the set.</summary>
    public void RequireHolders(ParticipantSet set, StepTag step)
    {
        var holders = Graph.HoldersOf(Self).Count(set.Contains);
        if (holders < Graph.Threshold)
            throw new ProtocolException(ProtocolErrorCode.BelowThreshold, $"{holders} share holders of {Session.Self} are left at {step}; {Graph.Threshold} are needed.", step.Path);
    }
}
