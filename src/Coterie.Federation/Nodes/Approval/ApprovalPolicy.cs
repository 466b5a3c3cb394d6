using System.Collections.Immutable;

namespace Coterie.Federation.Nodes.Approval;

/// <summary>Which of a task's preprocessing a participant takes part in.</summary>
public enum PreprocessingRule
{
    /// <summary>Parameters and ranges may be learned by sums that are opened to the participants.</summary>
    Opened,

    /// <summary>Nothing is learned before training: every range is declared, and preprocessors that learn from rows are refused.</summary>
    DeclaredOnly,
}

/// <summary>
/// The <c>approve</c> section: limits, every one of which a task has to keep, and whether a person is asked about those that do. A limit that is
/// not given does not limit, but without a person to ask learners, modes and columns have to be.
/// </summary>
public sealed record ApprovalPolicy
{
    /// <summary>Names of learners; empty: any.</summary>
    public ImmutableArray<string> Learners { get; init; } = [];

    /// <summary>Names of modes; empty: any.</summary>
    public ImmutableArray<string> Modes { get; init; } = [];

    /// <summary>Columns that may be features or target; empty: any.</summary>
    public ImmutableArray<string> Columns { get; init; } = [];

    /// <summary>Coordinators whose tasks are taken; empty: the one of the config.</summary>
    public ImmutableArray<KnownParty> Coordinators { get; init; } = [];

    /// <summary>
    /// Participants this party knows: only they count toward the minimum. Empty: whoever the consortium's authority has certified.
    /// </summary>
    public ImmutableArray<KnownParty> Participants { get; init; } = [];

    /// <summary>
    /// Who may own the model where that is another party than the coordinator; empty: whoever the task names, if a person is asked, and else nobody. A model
    /// owner that works together with the coordinator opens single contributions.
    /// </summary>
    public ImmutableArray<KnownParty> ModelOwners { get; init; } = [];

    /// <summary>
    /// Who may help in modes that need a helper; empty: whoever the task names, if a person is asked, and else nobody. A helper that works together with the coordinator opens rows.
    /// </summary>
    public ImmutableArray<KnownParty> Helpers { get; init; } = [];

    /// <summary>Fewest participants, this one included, that this party knows.</summary>
    public int MinimumParticipants { get; init; }

    /// <summary>Fewest rows of its own that this participant trains on; fewer would show through a sum over few participants.</summary>
    public int MinimumRows { get; init; }

    /// <summary>Most rounds of the learner; null: any number.</summary>
    public int? MaximumRounds { get; init; }

    /// <summary>Whether tasks may allow sums over fewer than three participants.</summary>
    public bool AllowSmallRoster { get; init; }

    /// <summary>What preprocessing may open.</summary>
    public PreprocessingRule Preprocessing { get; init; }

    /// <summary>Largest epsilon of a task's differential privacy, which it then has to have; null: any, or none.</summary>
    public double? Epsilon { get; init; }

    /// <summary>Whether a person is asked about tasks that keep all limits.</summary>
    public bool Ask { get; init; } = true;
}
