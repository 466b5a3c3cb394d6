using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>
/// Who masks with whom and who holds whose shares. Up to 32 participants everyone with everyone, a participant holding a share of its
/// own secrets too, and the roster's threshold (Bonawitz et al. 2017); above, a sparse random graph with a threshold per
/// neighbourhood (Bell et al. 2020).
/// </summary>
internal sealed class Neighbourhoods
{
    /// <summary>Largest roster on which everyone masks with everyone.</summary>
    public const int LargestComplete = 32;

    /// <summary>The sparse graph is laid out against a coordinator that lies, for so many corrupt participants, ...</summary>
    public const double CorruptFraction = 0.2;

    /// <summary>... and so many that drop out.</summary>
    public const double DropOutFraction = 0.1;

    private readonly ImmutableArray<int>[] _neighbours;
    private readonly bool _complete;

    private Neighbourhoods(ImmutableArray<int>[] neighbours, int threshold, bool complete)
    {
        _neighbours = neighbours;
        Threshold = threshold;
        _complete = complete;
    }

    /// <summary>Shares that open a secret.</summary>
    public int Threshold { get; }

    public static bool IsComplete(Roster roster) => roster.Participants.Length <= LargestComplete;

    /// <summary>Degree and threshold of the sparse graph of so many participants.</summary>
    public static AggregationParameters ParametersOf(int participants) =>
        AggregationParameters.Compute(participants, CorruptFraction, DropOutFraction, adversary: AggregationAdversary.LyingCoordinator);

    /// <param name="roster">The run's roster.</param>
    /// <param name="seed">32 bytes agreed by commit and reveal; empty for a complete graph.</param>
    public static Neighbourhoods Of(Roster roster, ReadOnlySpan<byte> seed)
    {
        var n = roster.Participants.Length;
        if (IsComplete(roster))
            return new Neighbourhoods([.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Where(j => j != i).ToImmutableArray())], roster.Threshold, complete: true);
        var parameters = ParametersOf(n);
        var graph = AggregationGraph.Create(n, parameters.Neighbours, seed);
        return new Neighbourhoods([.. Enumerable.Range(0, n).Select(i => graph.Neighbours(i).ToImmutableArray())], parameters.Threshold, complete: false);
    }

    /// <summary>Those the participant shares masks with, ascending; symmetric.</summary>
    public ImmutableArray<int> Of(int participant) => _neighbours[participant];

    /// <summary>Those who hold shares of the participant's secrets, ascending: also those whose shares it holds.</summary>
    public IEnumerable<int> HoldersOf(int participant) => _complete ? _neighbours[participant].Append(participant).Order() : _neighbours[participant];
}
