using Coterie.Core.Parties;
using Coterie.Core.Randomness;

namespace Coterie.Tests.Transports.Carriers.WebSockets;

/// <summary>Connections that break at any moment.</summary>
public sealed class ReconnectionTests
{
    private static readonly PartyId A = TestNetwork.A;
    private static readonly PartyId B = TestNetwork.B;

    /// <summary>Whatever breaks when: frames arrive unaltered and in order, each at most once, and the way is good again in the end.</summary>
    [Fact]
    public async Task Connections_CutAtRandom_NeverDisorderOrAlterFrames()
    {
        await using var network = await TestNetwork.StartAsync();
        await using var toA = new CuttingProxy(network.Server.Endpoint.Port);
        await using var toB = new CuttingProxy(network.Server.Endpoint.Port);
        var (a, b) = (await network.JoinAsync(A, via: toA.Address), await network.JoinAsync(B, via: toB.Address));
        a.Carrier.Expect(B);
        await a.Receiver.UpAsync(B);
        using var stop = new CancellationTokenSource();
        var sending = new[] { (a, B), (b, A) }.Select(p => SendAsync(p.Item1, p.Item2, stop.Token)).ToArray();
        var random = new SeededRandom(7);
        for (var cut = 0; cut < 12; cut++)
        {
            await Task.Delay(20 + random.NextInt32(150));
            if (random.NextInt32(3) != 0) toA.Cut();
            if (random.NextInt32(3) != 0) toB.Cut();
        }
        await stop.CancelAsync();
        await Task.WhenAll(sending).WaitAsync(TimeSpan.FromSeconds(10));
        foreach (var (from, to) in ((RunningCarrier, RunningCarrier)[])[(a, b), (b, a)])
        {
            // What is sent before the last break has been noticed is lost, so it is sent until it arrives.
            using var arrived = new CancellationTokenSource();
            var last = SendAsync(from, to.Id, arrived.Token, first: 1 << 30);
            await to.Receiver.UntilAsync(() => to.Receiver.Last(from.Id) is { } frame && Number(frame) >= 1 << 30, "a frame after the breaks");
            await arrived.CancelAsync();
            await last;
            var numbers = to.Receiver.From(from.Id).Select(Number).ToArray();
            Assert.True(numbers.Length > 20, $"only {numbers.Length} frames arrived");
            Assert.Equal(numbers.Order().Distinct(), numbers);
            Assert.True(to.Receiver.Ups(from.Id) >= 3);
        }
    }

    /// <summary>Nobody reads while the break is noticed by sending: what reads next finds a connection that is gone already, which ends nothing but the connection.</summary>
    [Fact]
    public async Task Connection_FoundBrokenWhileSendingAndReadAfterwards_IsMadeAgain()
    {
        await using var network = await TestNetwork.StartAsync();
        await using var proxy = new CuttingProxy(network.Server.Endpoint.Port);
        var a = await network.JoinAsync(A, via: proxy.Address);
        await a.Receiver.UpAsync(TestNetwork.Coordinator);
        await network.Hub.Receiver.UpAsync(A);
        var broken = new TaskCompletionSource();
        a.Receiver.BeforeFrame = async _ =>
        {
            if (broken.Task.IsCompleted) return;
            proxy.Cut();
            for (var i = 0; i < 1_000 && await a.Carrier.SendAsync(TestNetwork.Coordinator, Numbered(1), CancellationToken.None); i++) await Task.Delay(2);
            broken.SetResult();
        };
        Assert.True(await network.Hub.SendAsync(A, Numbered(1)));
        await broken.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await a.Receiver.UpAsync(TestNetwork.Coordinator, 2);
        Assert.False(a.Running.IsCompleted);
    }

    private static async Task SendAsync(RunningCarrier from, PartyId to, CancellationToken cancellationToken, int first = 0)
    {
        for (var number = first; !cancellationToken.IsCancellationRequested; number++)
            if (!await from.Carrier.SendAsync(to, Numbered(number), CancellationToken.None) || number % 16 == 0) await Task.Delay(2, CancellationToken.None);
    }

    private static byte[] Numbered(int number)
    {
        var frame = new byte[2_000];
        frame.AsSpan().Fill(unchecked((byte)number));
        BitConverter.TryWriteBytes(frame, number);
        return frame;
    }

    private static int Number(byte[] frame)
    {
        var number = BitConverter.ToInt32(frame);
        Assert.Equal(Numbered(number), frame);
        return number;
    }
}
