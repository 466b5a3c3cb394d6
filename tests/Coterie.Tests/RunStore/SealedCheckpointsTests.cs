using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Identity;
using Coterie.Federation.RunStore;

namespace Coterie.Tests.RunStore;

public sealed class SealedCheckpointsTests
{
    private readonly MemoryStore _kept = new();
    private readonly PartyIdentity _identity = PartyIdentity.Create();
    private readonly byte[] _state = CryptographicRandom.Instance.Bytes(200);

    [Fact]
    public async Task LoadAsync_WhatWasSaved_IsTheSameAndNotToBeSeen()
    {
        using var closed = Open("run");
        await closed.SaveAsync("run/0/secret", _state, CancellationToken.None);
        Assert.Equal(_state, (await closed.LoadAsync("run/0/secret", CancellationToken.None))!.Value.ToArray());
        var kept = (await _kept.LoadAsync("run/0/secret", CancellationToken.None))!.Value.ToArray();
        Assert.Equal(_state.Length + 29, kept.Length);
        for (var i = 0; i + 16 <= _state.Length; i++) Assert.Equal(-1, kept.AsSpan().IndexOf(_state.AsSpan(i, 16)));
        Assert.Null(await closed.LoadAsync("run/1/secret", CancellationToken.None));
        // No two savings look alike.
        await closed.SaveAsync("run/0/secret", _state, CancellationToken.None);
        Assert.NotEqual(kept[..29], (await _kept.LoadAsync("run/0/secret", CancellationToken.None))!.Value[..29].ToArray());
    }

    [Fact]
    public async Task LoadAsync_EmptyState_IsEmptyAndThere()
    {
        using var closed = Open("run");
        await closed.SaveAsync("run/over", ReadOnlyMemory<byte>.Empty, CancellationToken.None);
        Assert.Equal(0, (await closed.LoadAsync("run/over", CancellationToken.None))!.Value.Length);
    }

    [Fact]
    public async Task SaveAsync_WithAStepThatIsFinished_LetsGoOfItsCheckpoints()
    {
        using var closed = Open("run");
        await closed.SaveAsync("run/0/secret", _state, CancellationToken.None);
        await closed.SaveAsync("run/position", _state, new StepTag("run/0"), CancellationToken.None);
        Assert.Null(await closed.LoadAsync("run/0/secret", CancellationToken.None));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(29)]
    [InlineData(228)]
    public async Task LoadAsync_AlteredByte_IsRefused(int at)
    {
        using var closed = Open("run");
        await closed.SaveAsync("key", _state, CancellationToken.None);
        var bytes = (await _kept.LoadAsync("key", CancellationToken.None))!.Value.ToArray();
        bytes[at] ^= 1;
        await _kept.SaveAsync("key", bytes, CancellationToken.None);
        await Assert.ThrowsAsync<StoreException>(async () => await closed.LoadAsync("key", CancellationToken.None));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(28)]
    public async Task LoadAsync_CutOff_IsRefused(int length)
    {
        using var closed = Open("run");
        await closed.SaveAsync("key", _state, CancellationToken.None);
        await _kept.SaveAsync("key", (await _kept.LoadAsync("key", CancellationToken.None))!.Value[..length], CancellationToken.None);
        await Assert.ThrowsAsync<StoreException>(async () => await closed.LoadAsync("key", CancellationToken.None));
    }

    /// <summary>What was kept for one place, run or party says nothing at another.</summary>
    [Fact]
    public async Task LoadAsync_FromAnotherPlaceRunOrParty_IsRefused()
    {
        using var closed = Open("run");
        await closed.SaveAsync("key", _state, CancellationToken.None);
        await _kept.SaveAsync("other", (await _kept.LoadAsync("key", CancellationToken.None))!.Value, CancellationToken.None);
        await Assert.ThrowsAsync<StoreException>(async () => await closed.LoadAsync("other", CancellationToken.None));
        using var ofRun = Open("run-2");
        await Assert.ThrowsAsync<StoreException>(async () => await ofRun.LoadAsync("key", CancellationToken.None));
        using var stranger = PartyIdentity.Create();
        using var ofStranger = new SealedCheckpoints(_kept, "run", stranger.DeriveKey(SealedCheckpoints.PurposeOf("run")));
        await Assert.ThrowsAsync<StoreException>(async () => await ofStranger.LoadAsync("key", CancellationToken.None));
    }

    private SealedCheckpoints Open(string run) => new(_kept, run, _identity.DeriveKey(SealedCheckpoints.PurposeOf(run)));
}
