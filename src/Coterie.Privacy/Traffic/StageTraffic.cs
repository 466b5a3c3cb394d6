using System.Collections.Immutable;
using Coterie.Core.Learning;

namespace Coterie.Privacy.Traffic;

/// <summary>What a stage sends whose rounds are not sums of clear or masked vectors with a broadcast after each.</summary>
/// <param name="Beginning">Before the first contribution.</param>
/// <param name="Sum">A round's contributions, by the round and their blocks.</param>
/// <param name="Told">What goes before every further round.</param>
/// <param name="End">After the last one.</param>
public sealed record StageTraffic(TrafficEstimate Beginning, Func<Round, ImmutableArray<BlockSpec>, TrafficEstimate> Sum, TrafficEstimate Told, TrafficEstimate End)
{
    /// <summary>What rounds send where they are prepared; null where nothing can be.</summary>
    public Func<Round, ImmutableArray<BlockSpec>, PreparedTraffic>? Prepared { get; init; }

    /// <summary>What preparing takes besides, however many rounds.</summary>
    public TrafficEstimate AheadOnce { get; init; }
}
