using System.Collections.Concurrent;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

public sealed class BatchesTests
{
    [Fact]
    public void Run_AnyBlocksOnAnyThreads_CoversEachBlockOnceInAsManyParts()
    {
        for (var blocks = 0; blocks < 12; blocks++)
        {
            for (var threads = 0; threads < 6; threads++)
            {
                var ranges = new ConcurrentBag<(int From, int To)>();
                Batches.Run(blocks, threads, (from, to) => ranges.Add((from, to)));
                Assert.Equal(Enumerable.Range(0, blocks), ranges.SelectMany(r => Enumerable.Range(r.From, r.To - r.From)).Order());
                Assert.Equal(Math.Min(blocks, Math.Max(1, threads)), ranges.Count);
                // No part has two blocks more than another: the last thread would be waited for.
                if (!ranges.IsEmpty) Assert.InRange(ranges.Max(r => r.To - r.From) - ranges.Min(r => r.To - r.From), 0, 1);
            }
        }
    }

    [Fact]
    public void Run_OnOneThread_StaysOnTheCallers()
    {
        var thread = 0;
        Batches.Run(9, 1, (_, _) => thread = Environment.CurrentManagedThreadId);
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }
}
