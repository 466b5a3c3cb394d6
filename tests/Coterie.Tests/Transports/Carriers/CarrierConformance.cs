using Coterie.Core.Parties;
using Coterie.Federation.Transports.Carriers;

namespace Coterie.Tests.Transports.Carriers;

/// <summary>
/// What every carrier promises, on a coordinator and parties a and b. A new carrier is one derived class. Broken promises that the receivers notice
/// (up and down out of turn, two frames of a peer at once) fail when the network is disposed.
/// </summary>
public abstract class CarrierConformance
{
    private protected static readonly PartyId A = new("a");
    private protected static readonly PartyId B = new("b");
    private protected static readonly PartyId Coordinator = new("coordinator");

    /// <summary>Three carriers that run and are disposed, and their receivers checked, by the network.</summary>
    private protected interface INetwork : IAsyncDisposable
    {
        RunningCarrier Hub { get; }

        RunningCarrier A { get; }

        RunningCarrier B { get; }

        /// <summary>Breaks the party's connections; its carrier comes back by itself.</summary>
        Task CutAsync(PartyId party);
    }

    private protected abstract Task<INetwork> StartAsync();

    [Fact]
    public async Task OnUp_AfterConnecting_NamesThePartyWithRoleAndKey()
    {
        await using var network = await UpAsync();
        var party = network.A.Receiver.Parties.Single(p => p.Id == B);
        Assert.Equal(PartyRole.Participant, party.Role);
        Assert.Equal(91, party.IdentityKey.Length);
        Assert.Equal(PartyRole.Coordinator, network.A.Receiver.Parties.First(p => p.Id == Coordinator).Role);
    }

    [Fact]
    public async Task SendAsync_ManyFrames_ArriveInOrderAndUnaltered()
    {
        await using var network = await UpAsync();
        foreach (var (from, to) in ((RunningCarrier, RunningCarrier)[])[(network.A, network.B), (network.B, network.A), (network.A, network.Hub), (network.Hub, network.B)])
        {
            const int Count = 300;
            for (var i = 0; i < Count; i++) Assert.True(await from.SendAsync(to.Id, Frame(i, i * 7)));
            await to.Receiver.CountAsync(from.Id, Count);
            Assert.Equal(Enumerable.Range(0, Count).Select(i => Frame(i, i * 7)), to.Receiver.From(from.Id));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(CarrierLimits.ChunkBytes)]
    [InlineData(CarrierLimits.MaximumFrameBytes)]
    public async Task SendAsync_OfAnyLength_Arrives(int length)
    {
        await using var network = await UpAsync();
        Assert.True(await network.A.SendAsync(B, Frame(1, length)));
        Assert.True(await network.A.SendAsync(Coordinator, Frame(2, length)));
        await network.B.Receiver.CountAsync(A, 1);
        await network.Hub.Receiver.CountAsync(A, 1);
        Assert.Equal(Frame(1, length), network.B.Receiver.From(A).Single());
        Assert.Equal(Frame(2, length), network.Hub.Receiver.From(A).Single());
    }

    [Fact]
    public async Task SendAsync_LongerThanAFrame_IsTheCallersMistake()
    {
        await using var network = await UpAsync();
        await Assert.ThrowsAnyAsync<ArgumentException>(() => network.A.SendAsync(B, new byte[CarrierLimits.MaximumFrameBytes + 1]));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => network.Hub.SendAsync(B, new byte[CarrierLimits.MaximumFrameBytes + 1]));
    }

    [Fact]
    public async Task SendAsync_TheBufferAfterwards_IsTheCallersAgain()
    {
        await using var network = await UpAsync();
        var frame = Frame(3, 1_000);
        await network.A.SendAsync(B, frame);
        frame.AsSpan().Clear();
        await network.B.Receiver.CountAsync(A, 1);
        Assert.Equal(Frame(3, 1_000), network.B.Receiver.From(A).Single());
    }

    [Fact]
    public async Task SendAsync_ToSomebodyUnknown_SaysNo()
    {
        await using var network = await UpAsync();
        Assert.False(await network.A.SendAsync(new PartyId("nobody"), Frame(0, 10)));
        Assert.False(await network.Hub.SendAsync(new PartyId("nobody"), Frame(0, 10)));
    }

    [Fact]
    public async Task Break_OfAConnection_IsToldAndHeals()
    {
        await using var network = await UpAsync();
        await network.CutAsync(B);
        await network.A.Receiver.UpAsync(B, 2);
        await network.B.Receiver.UpAsync(A, 2);
        await network.Hub.Receiver.UpAsync(B, 2);
        Assert.True(await network.A.SendAsync(B, Frame(7, 70)));
        await network.B.Receiver.LastAsync(A, Frame(7, 70));
    }

    [Fact]
    public async Task Break_DuringASeries_LosesOnlyAtTheBreak()
    {
        await using var network = await UpAsync();
        const int Count = 400;
        var cutting = Task.CompletedTask;
        for (var i = 0; i < Count; i++)
        {
            if (i == Count / 2)
            {
                await network.B.Receiver.CountAsync(A, Count / 2);   // what is on its way at the break may be lost
                cutting = network.CutAsync(B);
            }
            while (!await network.A.SendAsync(B, Frame(i, 2_000))) await network.A.Receiver.UpAsync(B);
        }
        await cutting;
        await network.A.Receiver.UpAsync(B, 2);
        await network.B.Receiver.UpAsync(A, 2);
        Assert.True(await network.A.SendAsync(B, Frame(Count, 2_000)));
        await network.B.Receiver.LastAsync(A, Frame(Count, 2_000));
        var received = network.B.Receiver.From(A).Select(f => BitConverter.ToInt32(f)).ToArray();
        Assert.Equal(received.Order().Distinct(), received);
        Assert.Equal(Enumerable.Range(0, Count / 2), received.Take(Count / 2));
        // One hole at most: from the break to the next session.
        Assert.InRange(received.Zip(received.Skip(1)).Count(p => p.Second != p.First + 1), 0, 1);
    }

    [Fact]
    public async Task SendAsync_ToAPeerThatTakesNothing_HoldsTheSenderUpAndNobodyElse()
    {
        await using var network = await UpAsync();
        var gate = new TaskCompletionSource();
        network.Hub.Receiver.BeforeFrame = from => from == A ? gate.Task : Task.CompletedTask;
        var frame = Frame(1, CarrierLimits.ChunkBytes);
        var taken = 0;
        var sending = Task.Run(async () =>
        {
            for (; taken < 200; taken++) Assert.True(await network.A.Carrier.SendAsync(Coordinator, frame, CancellationToken.None));
        });
        Assert.True(await network.B.SendAsync(Coordinator, Frame(2, 100)));
        await network.Hub.Receiver.CountAsync(B, 1);   // another party's frame passes
        Assert.False(sending.IsCompleted);             // 50 MB are more than buffers hold
        gate.SetResult();
        await sending.WaitAsync(TimeSpan.FromSeconds(10));
        await network.Hub.Receiver.CountAsync(A, 200);
    }

    private protected static byte[] Frame(int number, int length)
    {
        var frame = new byte[length];
        for (var i = 0; i < length; i++) frame[i] = unchecked((byte)((number * 31) + (i * 7) + (i >> 8)));
        if (length >= sizeof(int)) BitConverter.TryWriteBytes(frame, number);
        return frame;
    }

    private async Task<INetwork> UpAsync()
    {
        var network = await StartAsync();
        network.A.Carrier.Expect(B);
        network.A.Carrier.Expect(Coordinator);
        network.B.Carrier.Expect(Coordinator);
        await network.A.Receiver.UpAsync(B);
        await network.B.Receiver.UpAsync(A);
        await network.A.Receiver.UpAsync(Coordinator);
        await network.B.Receiver.UpAsync(Coordinator);
        await network.Hub.Receiver.UpAsync(A);
        await network.Hub.Receiver.UpAsync(B);
        return network;
    }
}
