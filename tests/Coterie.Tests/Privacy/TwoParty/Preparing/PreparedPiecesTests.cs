using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Federation.RunStore;
using Coterie.Privacy.TwoParty.Preparing;

namespace Coterie.Tests.Privacy.TwoParty.Preparing;

public sealed class PreparedPiecesTests
{
    private static readonly StepTag Place = new("run/learner/0/prepared/peer");

    [Fact]
    public async Task ReadAsync_WhatWasWritten_WhateverThePieces()
    {
        var (store, bytes) = (new MemoryStore(), CryptographicRandom.Instance.Bytes((5 << 20) / 2));
        using var writing = new PreparedPieces(store, Place);
        foreach (var part in bytes.Chunk(777_777)) await writing.WriteAsync(part, CancellationToken.None);
        await writing.FinishAsync(CancellationToken.None);
        Assert.Equal(bytes.Length, writing.Written);
        Assert.Equal(1 << 20, (await store.LoadAsync("run/learner/0/prepared/peer/pieces/1", CancellationToken.None))!.Value.Length);
        using var reading = new PreparedPieces(store, Place);
        var read = new List<byte>();
        foreach (var count in (int[])[1, 0, 1 << 20, 300_000, bytes.Length - (1 << 20) - 300_001]) read.AddRange(await reading.ReadAsync(count, CancellationToken.None));
        Assert.Equal(bytes, read);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await reading.ReadAsync(1, CancellationToken.None));
    }

    [Fact]
    public async Task SaveAsync_OfTheRoundsEnd_LetsGoOfThem()
    {
        var store = new MemoryStore();
        using var writing = new PreparedPieces(store, Place);
        await writing.WriteAsync(new byte[10], CancellationToken.None);
        await writing.FinishAsync(CancellationToken.None);
        await store.SaveAsync("run/learner/position", new byte[1], new StepTag("run/learner/0"), CancellationToken.None);
        using var reading = new PreparedPieces(store, Place);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await reading.ReadAsync(1, CancellationToken.None));
    }
}
