using System.Collections.Concurrent;
using System.Numerics;
using System.Reflection;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

public sealed class PaillierNoisePoolTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Take_WhatWasFilled_IsEncryptionsOfZero(bool byOwner)
    {
        using var pool = byOwner ? new PaillierNoisePool(Small) : new PaillierNoisePool(Small.PublicKey);
        pool.Fill(5, CryptographicRandom.Instance);
        pool.Fill(20, CryptographicRandom.Instance);
        Assert.Equal(25, pool.Count);
        var seen = new HashSet<BigInteger>();
        foreach (var count in new[] { 3, 0, 9, 13 })
        {
            var noise = pool.Take(count);
            Assert.Equal(count, noise.Count);
            Assert.All(Small.Decrypt(noise).ToInt64s(Small.PublicKey), m => Assert.Equal(0, m));
            Assert.All(Numbers(noise), c => Assert.True(seen.Add(c)));
        }
        Assert.Equal(0, pool.Count);
    }

    /// <summary>What was given out is kept nowhere, and lanes that hold nothing hold a unit: inverting reads them too.</summary>
    [Fact]
    public void Take_Some_ZeroesTheirEntriesAndFillsTheRestOfTheBlock()
    {
        using var pool = new PaillierNoisePool(Small.PublicKey);
        pool.Fill(9, CryptographicRandom.Instance);
        var entries = Entries(pool).ToArray();
        var noise = pool.Take(9);
        Assert.All(entries, e => Assert.False(e.AsSpan().ContainsAnyExcept(0UL)));
        Assert.Equal(new long[9], Small.Decrypt(Small.PublicKey.Negate(noise)).ToInt64s(Small.PublicKey));
    }

    [Fact]
    public void Take_MoreThanThereAre_IsRefusedAndTakesNone()
    {
        using var pool = new PaillierNoisePool(Small.PublicKey);
        pool.Fill(2, CryptographicRandom.Instance);
        Assert.Contains("holds 2 encryptions of zero; 3 are needed", Assert.Throws<InvalidOperationException>(() => pool.Take(3)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Take(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Fill(-1, CryptographicRandom.Instance));
        Assert.Equal(2, pool.Count);
    }

    [Fact]
    public void Take_FromManyThreadsWhileItFills_GivesEachOnce()
    {
        using var pool = new PaillierNoisePool(Small.PublicKey);
        var (taken, refused) = (new ConcurrentBag<BigInteger>(), 0);
        Parallel.For(0, 120, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            if (i % 3 == 0)
            {
                pool.Fill(10, CryptographicRandom.Instance);
                return;
            }
            try
            {
                foreach (var c in Numbers(pool.Take((i % 5) + 1))) taken.Add(c);
            }
            catch (InvalidOperationException)
            {
                Interlocked.Increment(ref refused);
            }
        });
        Assert.Equal(400, taken.Count + pool.Count);
        Assert.NotEmpty(taken);
        Assert.Equal(taken.Count, taken.Distinct().Count());
    }

    [Fact]
    public async Task Take_ManyFromManyThreadsAtOnce_GivesEachOnce()
    {
        const int Each = 500, Takes = 100, Threads = 3;
        using var pool = new PaillierNoisePool(Small.PublicKey);
        // Numbered entries in place of real ones: enough of them that threads meet.
        var entries = Entries(pool);
        for (var i = 0UL; i < Each * Takes * Threads; i++) entries.Enqueue([i + 1, .. new ulong[Small.PublicKey.Engine.EntryLength - 1]]);
        using var start = new Barrier(Threads);
        var taken = new ConcurrentBag<ulong[]>();
        var threads = Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                Assert.True(start.SignalAndWait(TimeSpan.FromSeconds(30)));
                for (var i = 0; i < Takes; i++) taken.Add(Numbered(pool.Take(Each)));
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
        await Task.WhenAll(threads).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(Enumerable.Range(1, Each * Takes * Threads).Select(i => (ulong)i), taken.SelectMany(t => t).Order());
        Assert.Equal(0, pool.Count);

        static ulong[] Numbered(Ciphertexts noise)
        {
            var (engine, entry) = (noise.Key.Engine, new ulong[noise.Key.Engine.EntryLength]);
            return [.. Enumerable.Range(0, noise.Count).Select(i =>
            {
                engine.Extract(noise.Key.Block(noise.Blocks, i / engine.Lanes), i % engine.Lanes, entry);
                return entry[0];
            })];
        }
    }

    [Fact]
    public void Encrypt_FromThePool_DecryptsAndUsesItUp()
    {
        using var pool = new PaillierNoisePool(Small.PublicKey);
        pool.Fill(12, CryptographicRandom.Instance);
        var x = Small.PublicKey.Encrypt(Plaintexts.FromInt64(Small.PublicKey, [1, -2, 3]), pool);
        Assert.Equal([1, -2, 3], Small.Decrypt(x).ToInt64s(Small.PublicKey));
        Assert.Equal(9, pool.Count);
        Assert.Contains("another key", Assert.Throws<ArgumentException>(() => Other.PublicKey.Encrypt(Plaintexts.FromInt64(Other.PublicKey, [1]), pool)).Message, StringComparison.Ordinal);
        Assert.Equal(9, pool.Count);
        // What cannot be encrypted uses nothing up.
        Assert.Throws<ArgumentException>("plaintexts", () => Small.PublicKey.Encrypt(Residues(Small.PublicKey, Integer(Small.PublicKey.Modulus)), pool));
        Assert.Equal(9, pool.Count);
    }

    [Fact]
    public void Dispose_WithSomeLeft_GivesNoneOut()
    {
        var pool = new PaillierNoisePool(Small.PublicKey);
        pool.Fill(3, CryptographicRandom.Instance);
        var entries = Entries(pool).ToArray();
        pool.Dispose();
        Assert.Equal(0, pool.Count);
        Assert.Equal(3, entries.Length);
        Assert.All(entries, e => Assert.False(e.AsSpan().ContainsAnyExcept(0UL)));
        Assert.Throws<ObjectDisposedException>(() => pool.Take(1));
        Assert.Throws<ObjectDisposedException>(() => pool.Fill(1, CryptographicRandom.Instance));
    }

    private static Queue<ulong[]> Entries(PaillierNoisePool pool) =>
        (Queue<ulong[]>)typeof(PaillierNoisePool).GetField("_entries", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(pool)!;
}
