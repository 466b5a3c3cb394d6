using System.Collections.Immutable;

namespace Coterie.Federation.Reports;

/// <summary>Actual and predicted values of the same rows.</summary>
/// <param name="Actual">Length n.</param>
/// <param name="Predicted">Length n.</param>
public sealed record RegressionResult(ImmutableArray<double> Actual, ImmutableArray<double> Predicted)
{
    /// <summary>The target's name or unit, for axes.</summary>
    public string Target { get; init; } = "";
}

/// <summary>Labels and probabilities of the same rows.</summary>
/// <param name="IsPositive">Length n: whether the row belongs to the positive class.</param>
/// <param name="Probabilities">Length n: probability of the positive class (or any score that grows with it).</param>
public sealed record BinaryResult(ImmutableArray<bool> IsPositive, ImmutableArray<double> Probabilities)
{
    /// <summary>The negative class's name.</summary>
    public string NegativeName { get; init; } = "negative";

    /// <summary>The positive class's name.</summary>
    public string PositiveName { get; init; } = "positive";

    /// <summary>From this probability on a row is predicted positive.</summary>
    public double Threshold { get; init; } = 0.5;
}

/// <summary>How often each class was predicted for each actual class.</summary>
/// <param name="ClassNames">Length c.</param>
/// <param name="Counts">c rows (actual) of c counts (predicted).</param>
public sealed record ConfusionResult(ImmutableArray<string> ClassNames, ImmutableArray<ImmutableArray<long>> Counts);

/// <summary>Sizes of clusters and, optionally, where their centroids lie in a projection to the plane.</summary>
/// <param name="Counts">Rows per cluster, in cluster order.</param>
public sealed record ClusterResult(ImmutableArray<long> Counts)
{
    /// <summary>First coordinates of the projected centroids; empty or one per cluster.</summary>
    public ImmutableArray<double> X { get; init; } = [];

    /// <summary>Second coordinates of the projected centroids; empty or one per cluster.</summary>
    public ImmutableArray<double> Y { get; init; } = [];
}
