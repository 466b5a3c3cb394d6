using System.Collections.Immutable;

namespace Coterie.Learning.Preprocessing;

/// <summary>What the participants agreed about their rows.</summary>
/// <param name="TotalRows">Training rows of all participants.</param>
/// <param name="FeatureRanges">Per feature the agreed range, its ends powers of two or zero; 0 and 0 where the schema knew it.</param>
/// <param name="TargetBound">The agreed power of two that no absolute value of a numeric target exceeds; 0 where the schema knew the range.</param>
/// <param name="WeightBound">The same for row weights; 1 without weights.</param>
/// <param name="ClassCounts">Rows per class; empty where nothing is classified.</param>
/// <param name="ClassLabels">The raw label of each class where labels were counted on the public grid; empty where classes were declared.</param>
public sealed record SchemaFacts(
    long TotalRows, ImmutableArray<(double Minimum, double Maximum)> FeatureRanges, double TargetBound, double WeightBound,
    ImmutableArray<long> ClassCounts, ImmutableArray<double> ClassLabels);
