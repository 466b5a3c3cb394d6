using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Federation.Protos;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports.Carriers.InMemory;
using Coterie.Federation.Transports.Durable;
using Coterie.Privacy.Rosters;
using Coterie.Tests.Transports.Carriers;

namespace Coterie.Tests.Transports.Durable;

/// <summary>Who waits for whom, for how long, and what is remembered of it.</summary>
public sealed class PatienceTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private static readonly RunPatience Short = new() { Absence = TimeSpan.FromMilliseconds(200) };
    private static readonly RunPatience Long = new() { Absence = TimeSpan.FromHours(1) };
    private static readonly StepTag One = new("run/1"), Two = new("run/2");

    private readonly DirectoryInfo _folder = TestNode.TemporaryFolder();
    private readonly Roster _roster = TestNode.RosterOf(2);
    private readonly MemoryCarriers _hub = new();

    private PartyId C => _roster.Coordinator;

    private PartyId P1 => _roster.Participants[0];

    private PartyId P2 => _roster.Participants[1];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task ReceiveAsync_GivenUp_FailsAgainAfterRestartThoughTheMessageCame()
    {
        string before;
        await using (var c = Start(C, Short))
        {
            before = (await Unavailable(c, P1, One)).Message;
            await using var p1 = Start(P1, Long);
            await p1.Channel.SendAsync(C, One, new byte[] { 1 }, default);
            await p1.Channel.SendAsync(C, Two, new byte[] { 2 }, default);
            // Taken and acknowledged, and nobody's.
            await p1.Channel.DrainAsync(default).WaitAsync(Bound);
        }
        await using var again = Start(C, Long);
        Assert.Equal(before, (await Unavailable(again, P1, One)).Message);
        Assert.Equal(2, (await again.Channel.ReceiveAsync(P1, Two, 1, default).AsTask().WaitAsync(Bound)).Span[0]);
    }

    [Fact]
    public async Task ReceiveAsync_PeerComesBackInTime_IsWaitedFor()
    {
        await using var c = Start(C, Long);
        await using (Start(P1, Long)) { }
        var waiting = c.Channel.ReceiveAsync(P1, One, 1, default).AsTask();
        await using var p1 = Start(P1, Long);
        await p1.Channel.SendAsync(C, One, new byte[] { 1 }, default);
        Assert.Equal(1, (await waiting.WaitAsync(Bound)).Span[0]);
    }

    [Fact]
    public async Task ReceiveAsync_ConnectedAndSilent_TheCoordinatorGivesUpAndSaysSo()
    {
        await using var c = Start(C, Long with { Silence = TimeSpan.FromMilliseconds(200) });
        await using var p1 = Start(P1, Long);
        var error = await Unavailable(c, P1, One);
        Assert.True(error.TimedOut);
    }

    /// <summary>Otherwise one participant that never answers, and is never quiet, holds everybody up until the deadline.</summary>
    [Fact]
    public async Task ReceiveAsync_PeerTalksButSendsNothing_IsGivenUpAsIfSilent()
    {
        await using var c = Start(C, Long with { Silence = TimeSpan.FromSeconds(1.5) });
        await using var p1 = Start(P1, Long);
        using var stop = new CancellationTokenSource();
        var talking = Task.Run(async () =>
        {
            var frame = FrameCodec.Write(new Frame { Run = new RunFrame { Run = "run", Acknowledgement = new Acknowledgement { Witness = Google.Protobuf.ByteString.CopyFrom(new byte[16]) } } });
            while (!stop.IsCancellationRequested)
            {
                await p1.Carrier.SendAsync(C, frame, CancellationToken.None);
                await Task.Delay(20);
            }
        });
        try
        {
            // A peer that is up and talks from before the wait began until long after it should have ended.
            while (c.Board.Connected(P1) is null) await Task.Delay(20);
            await Assert.ThrowsAsync<PeerUnavailableException>(() => c.Channel.ReceiveAsync(P1, One, 1, default).AsTask().WaitAsync(TimeSpan.FromSeconds(9)));
        }
        finally
        {
            await stop.CancelAsync();
            await talking;
        }
    }

    [Fact]
    public async Task ReceiveAsync_CoordinatorSilentOrAway_TheParticipantWaitsUntilTheDeadline()
    {
        var patience = new RunPatience { Silence = TimeSpan.FromMilliseconds(50), Absence = TimeSpan.FromMilliseconds(50), Deadline = TimeProvider.System.GetUtcNow().AddSeconds(1.5) };
        await using var p1 = Start(P1, patience);
        // Without the coordinator, another participant cannot be told from absent either.
        var other = p1.Channel.ReceiveAsync(P2, One, 1, default).AsTask();
        var waiting = p1.Channel.ReceiveAsync(C, One, 1, default).AsTask();
        await using (Start(C, Long)) await Task.WhenAny(waiting, Task.Delay(50));
        foreach (var wait in new[] { waiting, other })
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(() => wait.WaitAsync(Bound));
            if (wait == waiting) Assert.Contains("deadline", Assert.IsType<ProtocolException>(error).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ReceiveAsync_CoordinatorThereAndAPeerAway_TheParticipantGivesThePeerUp()
    {
        await using var c = Start(C, Long);
        await using var p1 = Start(P1, Short);
        var error = await Unavailable(p1, P2, One);
        Assert.False(error.TimedOut);
    }

    [Fact]
    public async Task DepartAsync_AfterAMessage_TheMessageCountsAndThenNobodyWaits()
    {
        await using var c = Start(C, Long);
        await using var p1 = Start(P1, Long);
        await p1.Channel.SendAsync(C, One, new byte[] { 1 }, default);
        await p1.Channel.DepartAsync(failed: true, "out of rows", default).WaitAsync(Bound);
        Assert.Equal(1, (await c.Channel.ReceiveAsync(P1, One, 1, default).AsTask().WaitAsync(Bound)).Span[0]);
        Assert.Contains("out of rows", (await Unavailable(c, P1, Two)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReceiveAsync_MedianPeerIsQuick_ASilentOneIsGivenTimeByIt()
    {
        var clock = new StepTimesClock();
        var times = new StepTimes();
        times.Began("s", 0);
        Assert.Null(times.Median("s", 3, clock));
        times.Arrived("s", 10);
        Assert.Null(times.Median("s", 2, clock));
        times.Arrived("s", 20);
        Assert.Equal(TimeSpan.FromSeconds(20), times.Median("s", 1, clock));
        times.Arrived("s", 70);
        Assert.Equal(TimeSpan.FromSeconds(20), times.Median("s", 0, clock));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task ReceiveAsync_OnePeerAwaitedAloneAndSilent_IsGivenFiveMinutes()
    {
        var time = new MovableTime(TimeSpan.Zero, stands: true);
        await using var c = Start(C, Long, time);
        await using var p1 = Start(P1, Long);
        await UpAsync(c, P1);
        var waiting = c.Channel.ReceiveAsync(P1, One, 1, default).AsTask();
        time.Move(TimeSpan.FromMinutes(4.9));
        await SeveralLooks();
        Assert.False(waiting.IsCompleted);
        time.Move(TimeSpan.FromMinutes(0.2));
        Assert.True((await Assert.ThrowsAsync<PeerUnavailableException>(() => waiting.WaitAsync(Bound))).TimedOut);
    }

    /// <summary>A step may be a long one for all: nobody is given up before the first shows how long.</summary>
    [Fact]
    public async Task ReceiveAsync_AllAreSilent_NobodyIsGivenUp()
    {
        var time = new MovableTime(TimeSpan.Zero, stands: true);
        await using var c = Start(C, new RunPatience { Absence = TimeSpan.FromDays(2) }, time);
        await using var p1 = Start(P1, Long);
        await using var p2 = Start(P2, Long);
        await UpAsync(c, P1, P2);
        var waiting = new[] { P1, P2 }.Select(p => c.Channel.ReceiveAsync(p, One, 1, default).AsTask()).ToArray();
        time.Move(TimeSpan.FromHours(3));
        await SeveralLooks();
        Assert.DoesNotContain(waiting, w => w.IsCompleted);
        await p2.Channel.SendAsync(C, One, new byte[] { 2 }, default);
        Assert.Equal(2, (await waiting[1].WaitAsync(Bound)).Span[0]);
        time.Move(TimeSpan.FromHours(26));
        await SeveralLooks();
        Assert.False(waiting[0].IsCompleted);
        time.Move(TimeSpan.FromHours(5));
        Assert.True((await Assert.ThrowsAsync<PeerUnavailableException>(() => waiting[0].WaitAsync(Bound))).TimedOut);
    }

    /// <summary>Otherwise the first of the roster, connected and silent, holds everybody up until the deadline.</summary>
    [Fact]
    public async Task AgreeAsync_TheFirstIsSilentAndTheOthersAreNot_IsGivenUp()
    {
        var roster = TestNode.RosterOf(4);
        var time = new MovableTime(TimeSpan.Zero, stands: true);
        var nodes = roster.Parties.Select(p => TestNode.Start(_hub, roster, p.Id, _folder.FullName, options: o => o with { Patience = Long }, time: p.Id == roster.Coordinator ? time : null)).ToList();
        var c = nodes[0];
        await UpAsync(c, [.. roster.Participants]);
        var store = new MemoryStore();
        var agreeing = RosterAgreement.AgreeAsync(
            new Session { Self = roster.Coordinator, Roster = roster, Channel = c.Channel, Signer = new NoSigner(), Checkpoints = store, OnceOnly = store }, default);
        // All are slow: the first is not given up for being the first.
        time.Move(TimeSpan.FromHours(1));
        await SeveralLooks();
        Assert.False(agreeing.IsCompleted);
        var signature = new WireWriter();
        signature.WriteBytes(new byte[64]);
        foreach (var node in nodes.Skip(2))
        {
            await node.Channel.SendAsync(roster.Coordinator, new StepTag("run/roster/signature"), signature.WrittenMemory, default);
            await node.Channel.DrainAsync(default).WaitAsync(Bound);
        }
        time.Move(TimeSpan.FromHours(11));
        var error = await Assert.ThrowsAsync<PeerUnavailableException>(() => agreeing.WaitAsync(Bound));
        Assert.Equal(roster.Participants[0], error.Peer);
        Assert.True(error.TimedOut);
        foreach (var node in nodes) await node.DisposeAsync();
    }

    private static async Task UpAsync(TestNode node, params PartyId[] peers)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (peers.Any(p => node.Board.Connected(p) is null)) await Task.Delay(5, bound.Token);
    }

    /// <summary>Longer than several periods of the watch.</summary>
    private static Task SeveralLooks() => Task.Delay(800);

    private static async Task<PeerUnavailableException> Unavailable(TestNode node, PartyId from, StepTag step) =>
        await Assert.ThrowsAsync<PeerUnavailableException>(() => node.Channel.ReceiveAsync(from, step, 1, default).AsTask().WaitAsync(Bound));

    private TestNode Start(PartyId party, RunPatience patience, TimeProvider? time = null) =>
        TestNode.Start(_hub, _roster, party, _folder.FullName, options: o => o with { Patience = patience }, time: time);

    private sealed class NoSigner : ISigner
    {
        public byte[] Sign(ReadOnlySpan<byte> data) => new byte[64];
    }

    /// <summary>A tick is a second.</summary>
    private sealed class StepTimesClock : TimeProvider
    {
        public override long TimestampFrequency => 1;
    }
}
