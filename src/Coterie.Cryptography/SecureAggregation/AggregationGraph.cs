using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Wire;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// Who shares masks and secrets with whom. Small rosters use the complete graph; larger ones a k-regular Harary graph over a
/// random permutation: position i of a ring is joined to the k/2 nearest positions on both sides and, for odd k, to the one
/// opposite. Equal seeds give equal graphs on every machine. Source: Bell et al., "Secure Single-Server Aggregation with
/// (Poly)Logarithmic Overhead" (CCS 2020), section 3.
/// </summary>
public sealed class AggregationGraph
{
    /// <summary>Up to so many participants the graph is complete: there a sparse one saves nothing.</summary>
    public const int CompleteUpTo = 32;

    /// <summary>Bytes of a seed.</summary>
    public const int SeedLength = 32;

    private readonly ImmutableArray<ImmutableArray<int>> _neighbours;

    private AggregationGraph(ImmutableArray<ImmutableArray<int>> neighbours)
    {
        _neighbours = neighbours;
        Degree = neighbours[0].Length;
    }

    /// <summary>Participants.</summary>
    public int Participants => _neighbours.Length;

    /// <summary>Neighbours of every participant.</summary>
    public int Degree { get; }

    /// <summary>Whether everybody is everybody's neighbour.</summary>
    public bool IsComplete => Degree == Participants - 1;

    /// <summary>The graph in which everybody is everybody's neighbour.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no participant.</exception>
    public static AggregationGraph Complete(int participants)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(participants, 1);
        return new AggregationGraph([.. Enumerable.Range(0, participants).Select(i =>
            Enumerable.Range(0, participants).Where(j => j != i).ToImmutableArray())]);
    }

    /// <summary>
    /// The graph of a public seed; complete for at most <see cref="CompleteUpTo"/> participants or when
    /// <paramref name="neighbours"/> reaches everybody. An odd number of neighbours is raised by one where the number of
    /// participants is odd too: no such regular graph exists.
    /// </summary>
    /// <param name="participants">At least 2.</param>
    /// <param name="neighbours">k, at least 2; see <see cref="AggregationParameters.Compute"/>.</param>
    /// <param name="seed32">32 bytes nobody chose: a <see cref="Commitments.HashCommitment.JointSeed"/>.</param>
    /// <exception cref="ArgumentException">A number is out of range or the seed does not have 32 bytes.</exception>
    public static AggregationGraph Create(int participants, int neighbours, ReadOnlySpan<byte> seed32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(participants, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 2);
        if (seed32.Length != SeedLength) throw new ArgumentException($"A graph seed has {SeedLength} bytes.", nameof(seed32));
        var degree = FeasibleDegree(participants, neighbours);
        if (participants <= CompleteUpTo || degree >= participants - 1) return Complete(participants);
        return new AggregationGraph(Harary(Permutation(participants, degree, seed32), degree));
    }

    /// <summary>The neighbours of the participant at <paramref name="index"/>, ascending.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such participant.</exception>
    public ImmutableArray<int> Neighbours(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Participants);
        return _neighbours[index];
    }

    /// <summary>Whether two participants are neighbours.</summary>
    public bool AreNeighbours(int first, int second) => Neighbours(first).BinarySearch(second) >= 0;

    /// <summary>The smallest degree of at least <paramref name="neighbours"/> for which a regular graph exists.</summary>
    internal static int FeasibleDegree(int participants, int neighbours) =>
        Math.Min(participants - 1, neighbours + (neighbours & participants & 1));

    private static ImmutableArray<ImmutableArray<int>> Harary(int[] permutation, int degree)
    {
        var n = permutation.Length;
        var neighbours = new ImmutableArray<int>[n];
        for (var position = 0; position < n; position++)
        {
            var own = new List<int>(degree);
            for (var distance = 1; distance <= degree / 2; distance++)
            {
                own.Add(permutation[(position + distance) % n]);
                own.Add(permutation[(position - distance + n) % n]);
            }
            if (degree % 2 == 1) own.Add(permutation[(position + (n / 2)) % n]);
            own.Sort();
            neighbours[permutation[position]] = [.. own];
        }
        return [.. neighbours];
    }

    /// <summary>Every order equally likely over the seeds (Fisher, Yates), drawn from the seed's keystream.</summary>
    private static int[] Permutation(int participants, int degree, ReadOnlySpan<byte> seed32)
    {
        var info = new WireWriter();
        info.WriteText("coterie aggregation graph v1");
        info.WriteInt32(participants);
        info.WriteInt32(degree);
        var key = new byte[MaskGenerator.KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, seed32, key, [], info.WrittenMemory.Span);
        var stream = new KeyedStream(key);
        int[] order = [.. Enumerable.Range(0, participants)];
        for (var i = participants - 1; i > 0; i--)
        {
            var j = stream.Next(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}
