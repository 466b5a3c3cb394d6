using Coterie.Core.Randomness;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Tests.Cryptography.SecureAggregation;

public sealed class AggregationGraphTests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Theory]
    [InlineData(33, 2)]
    [InlineData(33, 4)]
    [InlineData(40, 5)]
    [InlineData(41, 6)]
    [InlineData(100, 99)]
    [InlineData(1000, 74)]
    [InlineData(1000, 113)]
    public void Create_OfAnySize_IsRegularSymmetricConnectedAndLoopless(int participants, int neighbours)
    {
        var graph = AggregationGraph.Create(participants, neighbours, Seed);
        Assert.Equal(neighbours, graph.Degree);
        for (var i = 0; i < participants; i++)
        {
            var own = graph.Neighbours(i);
            Assert.Equal(neighbours, own.Distinct().Count());
            Assert.Equal(own.Order(), own);
            Assert.All(own, j => Assert.True(j != i && graph.Neighbours(j).Contains(i) && graph.AreNeighbours(i, j)));
        }
        Assert.Equal(participants, Reached(graph));
    }

    [Fact]
    public void Create_OfFixedSeed_IsTheKnownGraph()
    {
        // Computed from the definition with Python (hmac, OpenSSL's AES-256-CTR): the graph must not depend on the machine.
        var graph = AggregationGraph.Create(41, 6, Seed);
        Assert.Equal([5, 14, 21, 29, 33, 37], graph.Neighbours(0).AsEnumerable());
        Assert.Equal([8, 19, 24, 26, 27, 36], graph.Neighbours(40).AsEnumerable());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(32)]
    public void Create_OfASmallRoster_IsComplete(int participants)
    {
        var graph = AggregationGraph.Create(participants, 2, Seed);
        Assert.True(graph.IsComplete);
        Assert.Equal(Enumerable.Range(0, participants - 1), graph.Neighbours(participants - 1));
    }

    [Fact]
    public void Create_WithOddDegreeAndOddRoster_RaisesTheDegree()
    {
        Assert.Equal(6, AggregationGraph.Create(41, 5, Seed).Degree);
        Assert.False(AggregationGraph.Create(41, 6, Seed).IsComplete);
        Assert.True(AggregationGraph.Create(41, 500, Seed).IsComplete);
    }

    [Fact]
    public void Create_OverManySeeds_JoinsEveryPairEquallyOften()
    {
        // 3,000 graphs of 4 neighbours among 39 others: 308 expected per pair, standard deviation 16.6; 120 away is over
        // seven of them, for 39 pairs a probability below 1e-9 (and the seeds are fixed).
        var counts = new int[40];
        for (var i = 0; i < 3000; i++)
        {
            var seed = new byte[32];
            BitConverter.TryWriteBytes(seed, i);
            foreach (var j in AggregationGraph.Create(40, 4, seed).Neighbours(7)) counts[j]++;
        }
        Assert.Equal(0, counts[7]);
        Assert.All(counts.Where((_, j) => j != 7), c => Assert.InRange(c, 188, 428));
    }

    [Fact]
    public void Create_OfWrongArguments_Throws()
    {
        Assert.ThrowsAny<ArgumentException>(() => AggregationGraph.Create(1, 2, Seed));
        Assert.ThrowsAny<ArgumentException>(() => AggregationGraph.Create(40, 1, Seed));
        Assert.ThrowsAny<ArgumentException>(() => AggregationGraph.Create(40, 4, new byte[31]));
        Assert.ThrowsAny<ArgumentException>(() => AggregationGraph.Complete(0));
        Assert.ThrowsAny<ArgumentException>(() => AggregationGraph.Create(40, 4, Seed).Neighbours(40));
        Assert.ThrowsAny<ArgumentException>(() => AggregationGraph.Create(40, 4, Seed).Neighbours(-1));
    }

    [Fact]
    public void KeyedStream_OfALargerRange_IsUniformAndReproducible()
    {
        // 10,000 draws over 10 cells: 1,000 expected, standard deviation 30; 250 away is over eight of them.
        var stream = new KeyedStream(CryptographicRandom.Instance.Bytes(32));
        var counts = new int[10];
        for (var i = 0; i < 10_000; i++) counts[stream.Next(10)]++;
        Assert.All(counts, c => Assert.InRange(c, 750, 1250));
        KeyedStream first = new(Seed), second = new(Seed);
        for (var i = 0; i < 5000; i++) Assert.Equal(first.Next(1 + i), second.Next(1 + i));
    }

    private static int Reached(AggregationGraph graph)
    {
        var seen = new HashSet<int> { 0 };
        var open = new Stack<int>([0]);
        while (open.TryPop(out var i))
            foreach (var j in graph.Neighbours(i))
                if (seen.Add(j)) open.Push(j);
        return seen.Count;
    }
}
