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

    /// <inheritdoc cref="ParticipantSet.RequireEnough"/>
    public void RequireEnough(ParticipantSet set, StepTag step) => set.RequireEnough(Session, step);

    /// <summary>Insists that enough of this participant's share holders are in the set.</summary>
    public void RequireHolders(ParticipantSet set, StepTag step)
    {
        var holders = Graph.HoldersOf(Self).Count(set.Contains);
        if (holders < Graph.Threshold)
            throw new ProtocolException(ProtocolErrorCode.BelowThreshold, $"{holders} share holders of {Session.Self} are left at {step}; {Graph.Threshold} are needed.", step.Path);
    }
}
