using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Training;
using Coterie.Learning.Evaluation;

namespace Coterie.Federation.Runs;

/// <summary>A model's figures on the parts of the data that exist.</summary>
/// <param name="Train">On all training rows; null where they are on other machines.</param>
/// <param name="Validation">On the validation rows.</param>
/// <param name="Test">On the test rows.</param>
public sealed record PartMetrics(Metrics? Train, Metrics? Validation, Metrics? Test)
{
    /// <summary>The figures people ask for first: test where there is one, else validation, else train; null where no row is on this machine.</summary>
    public Metrics? Headline => Test ?? Validation ?? Train;
}

/// <summary>What a participant gets from its own rows alone.</summary>
/// <param name="Name">The participant.</param>
/// <param name="Metrics">Its model's figures; null where no model came about.</param>
/// <param name="Reason">Why none came about.</param>
public sealed record LocalBaseline(PartyId Name, PartMetrics? Metrics, string? Reason);

/// <summary>A finished run of a task, with the baselines it stands beside.</summary>
public sealed record TaskResult
{
    /// <summary>The task.</summary>
    public required PreparedTask Task { get; init; }

    /// <summary>The run.</summary>
    public required TrainingOutcome Outcome { get; init; }

    /// <summary>The model's figures.</summary>
    public required PartMetrics Metrics { get; init; }

    /// <summary>The model on the test rows; null without a test part.</summary>
    public Evaluated? Test { get; init; }

    /// <summary>What compression of contributions saved and cost; null where there was none.</summary>
    public CompressionFigures? Compression => CompressionFigures.Of(this);

    /// <summary>The same learner on all rows pooled; null when baselines were not asked for.</summary>
    public PartMetrics? Centralised { get; init; }

    /// <summary>Each participant alone; empty when baselines were not asked for.</summary>
    public ImmutableArray<LocalBaseline> Local { get; init; } = [];
}
