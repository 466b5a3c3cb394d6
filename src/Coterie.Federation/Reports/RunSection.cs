using System.Collections.Immutable;
using Coterie.Learning.Evaluation;

namespace Coterie.Federation.Reports;

/// <summary>One run: one learner trained in one mode. What is left empty or null is left out of the report.</summary>
/// <param name="Mode">The mode's name as in task files.</param>
/// <param name="Learner">The learner's name as in task files.</param>
/// <param name="Seconds">Wall-clock seconds from roster to model.</param>
/// <param name="Rounds">The learner's own iterations, as <c>stop.rounds</c> counts them.</param>
public sealed record RunSection(string Mode, string Learner, double Seconds, int Rounds)
{
    /// <summary>What the mode hides from whom, in one sentence.</summary>
    public string? ModeSummary { get; init; }

    /// <summary>The learner's parameters.</summary>
    public ImmutableArray<ReportFact> Parameters { get; init; } = [];

    /// <summary>Who trained, in roster order.</summary>
    public ImmutableArray<ParticipantRows> Participants { get; init; } = [];

    /// <summary>At least so many participants must survive each round; null where the mode has no threshold.</summary>
    public int? Threshold { get; init; }

    /// <summary>How the parties are connected, for example "star" or "ring".</summary>
    public string? Topology { get; init; }

    /// <summary>The model's figures beside those of the baselines; the first row stands for the run in summaries.</summary>
    public ImmutableArray<MetricRow> Metrics { get; init; } = [];

    /// <summary>One entry per round, ascending.</summary>
    public ImmutableArray<HistoryPoint> History { get; init; } = [];

    /// <summary>Test rows of a regression.</summary>
    public RegressionResult? Regression { get; init; }

    /// <summary>Test rows of a classification into two classes.</summary>
    public BinaryResult? Binary { get; init; }

    /// <summary>Counts of actual against predicted classes; for two classes it is derived from <see cref="Binary"/> where absent.</summary>
    public ConfusionResult? Confusion { get; init; }

    /// <summary>Sizes of clusters.</summary>
    public ClusterResult? Clusters { get; init; }

    /// <summary>What the model owes to its features, the most important first.</summary>
    public ImmutableArray<FeatureImportance> Importance { get; init; } = [];

    /// <summary>What each party sent and received, by kind of step.</summary>
    public ImmutableArray<TrafficRow> Traffic { get; init; } = [];

    /// <summary>How long each party computed and waited, by kind of step.</summary>
    public ImmutableArray<TimeRow> Times { get; init; } = [];

    /// <summary>What parties learned in clear beyond their own input; see <see cref="LeakageText.Rows"/>.</summary>
    public ImmutableArray<LearnedRow> Learned { get; init; } = [];

    /// <summary>Remarks, for example about a small roster.</summary>
    public ImmutableArray<ReportNote> Notes { get; init; } = [];
}

/// <summary>A participant and the size of its shard.</summary>
/// <param name="Name">The participant.</param>
/// <param name="Rows">Its training rows; at least 0.</param>
public sealed record ParticipantRows(string Name, long Rows);

/// <summary>One round of training.</summary>
/// <param name="Round">0-based round.</param>
/// <param name="Loss">The learner's objective at the round's start, where it reports one.</param>
/// <param name="Change">Size of the model's step, where it is known.</param>
/// <param name="ComputingSeconds">Seconds in which parties computed.</param>
/// <param name="WaitingSeconds">Seconds in which parties waited for others.</param>
/// <param name="Survivors">Participants whose contributions were added.</param>
public sealed record HistoryPoint(int Round, double? Loss, double? Change, double ComputingSeconds, double WaitingSeconds, int Survivors)
{
    /// <summary>Bytes each party sent in the round.</summary>
    public ImmutableArray<PartyBytes> BytesSent { get; init; } = [];
}

/// <summary>Bytes of one party.</summary>
/// <param name="Party">The party.</param>
/// <param name="Bytes">How many; at least 0.</param>
public sealed record PartyBytes(string Party, long Bytes);

/// <summary>What a party sent and received in one kind of step over the whole run.</summary>
/// <param name="Party">The party.</param>
/// <param name="Step">The kind of step, for example "contribution".</param>
/// <param name="SentBytes">Bytes sent.</param>
/// <param name="ReceivedBytes">Bytes received.</param>
public sealed record TrafficRow(string Party, string Step, long SentBytes, long ReceivedBytes);

/// <summary>How long a party was busy with one kind of step over the whole run.</summary>
/// <param name="Party">The party.</param>
/// <param name="Step">The kind of step, for example "training".</param>
/// <param name="ComputingSeconds">Seconds computing.</param>
/// <param name="WaitingSeconds">Seconds waiting for others.</param>
public sealed record TimeRow(string Party, string Step, double ComputingSeconds, double WaitingSeconds);
