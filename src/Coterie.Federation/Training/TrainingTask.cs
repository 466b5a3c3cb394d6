using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Privacy;

namespace Coterie.Federation.Training;

/// <summary>A participant's name and rows.</summary>
/// <param name="Name">Its name on the roster.</param>
/// <param name="Shard">Its rows.</param>
public sealed record ParticipantShard(PartyId Name, Shard Shard);

/// <summary>A run in which all parties live in this process.</summary>
public sealed record TrainingTask
{
    /// <summary>What is trained.</summary>
    public required TrainingPlan Plan { get; init; }

    /// <summary>How contributions are hidden.</summary>
    public required ModeOptions Mode { get; init; }

    /// <summary>Columns and target, with whatever the task declares about them.</summary>
    public required Schema Schema { get; init; }

    /// <summary>Who takes part, with its rows.</summary>
    public required ImmutableArray<ParticipantShard> Participants { get; init; }

    /// <summary>Names the run; steps, keys and checkpoints are bound to it.</summary>
    public string RunId { get; init; } = "run";

    /// <summary>How long a party waits for a silent one before it counts as gone.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Told after every round; may be null.</summary>
    public IProgress<RunProgress>? Progress { get; init; }
}
