using System.Collections.Concurrent;
using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>
/// Who masks with whom and who holds whose shares. Up to 32 participants everyone with everyone, a participant holding a share of its
/// own secrets too, and the roster's threshold (Bonawitz et al. 2017); above, a sparse random graph with a threshold per
/// neighbourhood (Bell et al. 2020), laid out for a coordinator that lies about drop-outs. Rosters for which no sparse graph is safe
/// enough keep the complete one.
/// </summary>
internal sealed class Neighbourhoods
{
    /// <summary>The sparse graph is laid out for so many corrupt participants, ...</summary>
    public const double CorruptFraction = 0.2;

    /// <summary>... and so many that drop out.</summary>
    public const double DropOutFraction = 0.1;

    private readonly AggregationGraph _graph;
    private readonly bool _complete;

    private Neighbourhoods(AggregationGraph graph, int threshold, bool complete, ReadOnlySpan<byte> seed)
    {
        _graph = graph;
        Threshold = threshold;
        _complete = complete;
        Seed = [.. seed];
    }

    /// <summary>What the graph was drawn from; empty for a complete graph. Survivors sign it.</summary>
    public ImmutableArray<byte> Seed { get; }

    /// <summary>Shares that open a secret.</summary>
    public int Threshold { get; }

    /// <summary>Whether everyone masks with everyone.</summary>
    public static bool IsComplete(int participants) => participants <= AggregationGraph.CompleteUpTo || ParametersOf(participants).Neighbours >= participants - 1;

    /// <param name="roster">The run's roster.</param>
    /// <param name="seed">32 bytes agreed by commit and reveal; empty for a complete graph.</param>
    public static Neighbourhoods Of(Roster roster, ReadOnlySpan<byte> seed)
    {
        var n = roster.Participants.Length;
        if (IsComplete(n)) return Complete(roster);
        var parameters = ParametersOf(n);
        return new Neighbourhoods(AggregationGraph.Create(n, parameters.Neighbours, seed), parameters.Threshold, complete: false, seed);
    }

    /// <summary>Everyone with everyone, whatever their number.</summary>
    public static Neighbourhoods Complete(Roster roster) => new(AggregationGraph.Complete(roster.Participants.Length), roster.Threshold, complete: true, []);

    /// <summary>Degree and threshold of the sparse graph of so many participants.</summary>
    // Laid out for an honest coordinator, t would stay below half of a neighbourhood (13 of 52 at n = 64): two halves told different
    // stories would release both secrets of one participant, and false drop-outs would cut arcs out of the ring and open them alone.
    public static AggregationParameters ParametersOf(int participants) => Layouts.GetOrAdd(
        participants, static n => AggregationParameters.Compute(n, CorruptFraction, DropOutFraction, adversary: AggregationAdversary.LyingCoordinator));

    /// <summary>A public function of the number of participants, remembered because the search takes a while.</summary>
    private static readonly ConcurrentDictionary<int, AggregationParameters> Layouts = new();

    /// <summary>Those the participant shares masks with, ascending; symmetric.</summary>
    public ImmutableArray<int> Of(int participant) => _graph.Neighbours(participant);

    /// <summary>Those who hold shares of the participant's secrets, ascending: also those whose shares it holds.</summary>
    public IEnumerable<int> HoldersOf(int participant) => _complete ? Of(participant).Append(participant).Order() : Of(participant);

    /// <summary>Whether <see cref="HoldersOf"/> an owner includes a participant, without listing them.</summary>
    public bool Holds(int holder, int owner) => _complete || _graph.AreNeighbours(owner, holder);
}
