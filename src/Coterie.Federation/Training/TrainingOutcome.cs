using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Transports;

namespace Coterie.Federation.Training;

/// <summary>A round as it went.</summary>
/// <param name="Stage">Which stage.</param>
/// <param name="Step">The round's step.</param>
/// <param name="Round">0-based within the stage.</param>
/// <param name="Loss">The objective at its start, where the learner reports one.</param>
/// <param name="Change">Relative length of the step.</param>
/// <param name="Survivors">Participants that were added.</param>
public sealed record RoundRecord(string Stage, StepTag Step, int Round, double? Loss, double Change, int Survivors);

/// <summary>What a run in this process gave.</summary>
public sealed record TrainingOutcome
{
    /// <summary>The model, preprocessing included.</summary>
    public required TrainedModel Model { get; init; }

    /// <summary>The roster of the run.</summary>
    public required Roster Roster { get; init; }

    /// <summary>Every round of every stage.</summary>
    public required ImmutableArray<RoundRecord> History { get; init; }

    /// <summary>What was opened, by the party it was opened to.</summary>
    public required ImmutableSortedDictionary<PartyId, ImmutableArray<Opening>> Openings { get; init; }

    /// <summary>Bytes by party and step.</summary>
    public required TrafficMeter Traffic { get; init; }

    /// <summary>Where each party's time went.</summary>
    public required ImmutableSortedDictionary<PartyId, TimeLedger> Times { get; init; }

    /// <summary>Wall time of the run.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Rounds of the learner.</summary>
    public int Rounds => History.Count(r => r.Step.Path.Contains("/learner/", StringComparison.Ordinal));
}
