using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;

namespace Coterie.Federation.Nodes;

/// <summary>What one party can tell about a run it took part in.</summary>
/// <param name="Party">The party.</param>
/// <param name="Roster">The run's roster.</param>
/// <param name="History">Every round of every stage; at the coordinator, else empty.</param>
/// <param name="Openings">What was opened to this party.</param>
/// <param name="Traffic">What this party sent and received since its process started.</param>
/// <param name="Times">Where its time went since then.</param>
/// <param name="Elapsed">How long its last process life in the run was.</param>
internal sealed record PartyReport(
    PartyId Party, Roster Roster, ImmutableArray<RoundRecord> History, ImmutableArray<Opening> Openings, TrafficMeter Traffic, TimeLedger Times, TimeSpan Elapsed)
{
    /// <summary>What a coordinator knows of the whole run: its own openings and times, and what passed it by.</summary>
    public TrainingOutcome ToOutcome(TrainedModel model) => new()
    {
        Model = model,
        Roster = Roster,
        History = History,
        Openings = ImmutableSortedDictionary<PartyId, ImmutableArray<Opening>>.Empty.Add(Party, Openings),
        Traffic = Traffic,
        Times = ImmutableSortedDictionary<PartyId, TimeLedger>.Empty.Add(Party, Times),
        Elapsed = Elapsed,
    };
}
