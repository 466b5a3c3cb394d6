using System.Collections.Immutable;

namespace Coterie.Learning.Preprocessing;

/// <summary>What the participants agreed about their rows.</summary>
/// <param name="TotalRows">Training rows of all participants.</param>
/// <param name="FeatureBounds">Per feature the agreed power of two above every absolute value; 0 where the schema knew the range.</param>
/// <param name="TargetBound">The same for a numeric target.</param>
/// <param name="WeightBound">The same for row weights; 1 without weights.</param>
/// <param name="ClassCounts">Rows per class; empty where nothing is classified.</param>
/// <param name="ClassLabels">The raw label of each class where labels were counted on the public grid; empty where classes were declared.</param>
public sealed record SchemaFacts(
    long TotalRows, ImmutableArray<double> FeatureBounds, double TargetBound, double WeightBound,
    ImmutableArray<long> ClassCounts, ImmutableArray<double> ClassLabels);
