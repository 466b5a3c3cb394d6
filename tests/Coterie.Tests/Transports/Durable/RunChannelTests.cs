using Coterie.Core.Parties;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers.InMemory;
using Coterie.Federation.Transports.Durable;

namespace Coterie.Tests.Transports.Durable;

/// <summary>Identity, bounds and order of a run's channel.</summary>
public sealed class RunChannelTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private static readonly StepTag One = new("run/1");

    private readonly DirectoryInfo _folder = TestNode.TemporaryFolder();
    private readonly Roster _roster = TestNode.RosterOf(2);
    private readonly MemoryCarriers _hub = new();

    private PartyId C => _roster.Coordinator;

    private PartyId P1 => _roster.Participants[0];

    private PartyId P2 => _roster.Participants[1];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task SendAsync_SameKeyAfterRestartWithOtherBytes_TheRecordedBytesArrive()
    {
        await using (var p1 = Start(P1)) await p1.Channel.SendAsync(C, One, new byte[] { 1 }, default);
        await using var again = Start(P1);
        await again.Channel.SendAsync(C, One, new byte[] { 2 }, default);
        await again.Channel.SendAsync(C, One, new byte[] { 3 }, default);
        await using var c = Start(C);
        Assert.Equal(1, (await ReceiveAsync(c, P1, One)).Span[0]);
        Assert.Equal(3, (await ReceiveAsync(c, P1, One)).Span[0]);
    }

    [Fact]
    public async Task ReceiveAsync_AfterRestart_GivesTheSameAgainUntilTheStepIsFinished()
    {
        await using var p1 = Start(P1);
        await p1.Channel.SendAsync(C, One, new byte[] { 1 }, default);
        await p1.Channel.SendAsync(C, new StepTag("run/2"), new byte[] { 2 }, default);
        for (var life = 0; life < 2; life++)
        {
            await using var c = Start(C);
            Assert.Equal(1, (await ReceiveAsync(c, P1, One)).Span[0]);
            if (life == 1) await c.Run.SaveAsync("run/x", new byte[1], One, default);
        }
        await using var last = Start(C);
        Assert.Equal(2, (await ReceiveAsync(last, P1, new StepTag("run/2"))).Span[0]);
        Assert.DoesNotContain(last.Run.Messages.Inbox().Keys, k => k.Step == One.Path);
    }

    [Fact]
    public async Task Open_LaterThanThePeerSent_GetsWhatWasSent()
    {
        await using var p1 = Start(P1);
        var carrier = _hub.Attach(_roster[C]);
        var board = new Switchboard(carrier);
        using var stop = new CancellationTokenSource();
        var up = new TaskCompletionSource();
        board.Up += _ => up.TrySetResult();
        var running = carrier.RunAsync(board, stop.Token);
        await up.Task.WaitAsync(Bound);
        await p1.Channel.SendAsync(C, One, new byte[] { 1 }, default);
        using var store = Coterie.Federation.RunStore.NodeStore.Open(Path.Combine(_folder.FullName, "late"));
        await using (var channel = board.Open(new RunChannelOptions { Roster = _roster, Store = store.OpenRun("run") }))
            Assert.Equal(1, (await channel.ReceiveAsync(P1, One, 1, default).AsTask().WaitAsync(Bound)).Span[0]);
        await stop.CancelAsync();
        await running;
    }

    [Theory]
    [InlineData("p1", PartyRole.Participant, "another key")]
    [InlineData("p1", PartyRole.Helper, "key of p1")]
    public async Task Frames_OfAPartyThatIsNotTheRosters_AreRefused(string name, PartyRole role, string key)
    {
        await using var c = Start(C, o => o with { Patience = new RunPatience { Absence = TimeSpan.FromMilliseconds(300) } });
        var impostor = new Party(new PartyId(name), role, [.. System.Text.Encoding.UTF8.GetBytes(key)]);
        var roster = new Roster("run", [_roster[C], impostor], "federated", 0, false, []);
        await using var other = TestNode.Start(_hub, roster, P1, Path.Combine(_folder.FullName, "impostor"));
        await other.Channel.SendAsync(C, One, new byte[] { 1 }, default);
        await Assert.ThrowsAsync<PeerUnavailableException>(() => ReceiveAsync(c, P1, One));
        Assert.True(c.Board.Refused(P1) > 0);
        Assert.Empty(c.Run.Messages.Inbox());
        await _hub.Attach(_roster[P1]).DisposeAsync();
    }

    [Fact]
    public async Task ReceiveAsync_LongerThanAllowed_NamesTheSender()
    {
        await using var c = Start(C);
        await using var p1 = Start(P1);
        await p1.Channel.SendAsync(C, One, new byte[9], default);
        var error = await Assert.ThrowsAsync<ProtocolException>(() => c.Channel.ReceiveAsync(P1, One, 8, default).AsTask().WaitAsync(Bound));
        Assert.Equal(ProtocolErrorCode.MalformedMessage, error.Code);
        Assert.Equal(P1, Assert.Single(error.Culprits));
    }

    [Fact]
    public async Task Frames_LongerThanThePartyAccepts_EndTheWaitAndTouchNoDisk()
    {
        await using var c = Start(C, o => o with { MaximumMessageBytes = 2_000_000 });
        await using var p1 = Start(P1);
        await p1.Channel.SendAsync(C, One, new byte[2_000_001], default);
        await Assert.ThrowsAsync<PeerUnavailableException>(() => ReceiveAsync(c, P1, One));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.FullName, C.Name, "spool")));
    }

    /// <summary>A peer that leaves because its part is done has had what it needed; one that fails, or never comes, has not.</summary>
    [Theory]
    [InlineData(true, false, null)]
    [InlineData(true, true, "its disk fails")]
    [InlineData(false, false, null)]
    public async Task DeliverAsync_ToAPeer_TellsWhetherItHasEverything(bool leaves, bool fails, string? reason)
    {
        await using var c = Start(C);
        await using var p1 = Start(P1, o => o with { MaximumMessageBytes = leaves ? 8 : o.MaximumMessageBytes });
        if (leaves) await p1.Channel.DepartAsync(fails, fails ? "its disk fails" : "", default).WaitAsync(Bound);
        await c.Channel.SendAsync(P1, One, new byte[9], default);
        var missing = await c.Channel.DeliverAsync(P1, default).WaitAsync(Bound);
        if (reason is null) Assert.Null(missing);
        else Assert.Contains(reason, missing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeliverAsync_ToAPeerThatStaysAway_Waits()
    {
        await using var c = Start(C);
        await using var p2 = Start(P2);
        await c.Channel.SendAsync(P1, One, new byte[1], default);
        await c.Channel.SendAsync(P2, One, new byte[1], default);
        Assert.Null(await c.Channel.DeliverAsync(P2, default).WaitAsync(Bound));
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => c.Channel.DeliverAsync(P1, stop.Token));
    }

    [Theory]
    [InlineData("other/1")]
    [InlineData("runner/1")]
    [InlineData("")]
    public async Task SendAsync_StepOfAnotherRun_Throws(string step)
    {
        await using var c = Start(C);
        await Assert.ThrowsAsync<ArgumentException>(() => c.Channel.SendAsync(P1, new StepTag(step), new byte[1], default).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => c.Channel.SendAsync(C, One, new byte[1], default).AsTask());
    }

    [Fact]
    public async Task Messages_NobodyAsksFor_StopTheirSenderAndNoOther()
    {
        const int Room = 8, Messages = 60;
        await using var c = Start(C, o => o with { UnconsumedMessages = Room });
        await using var p1 = Start(P1);
        await using var p2 = Start(P2);
        for (var i = 0; i < Messages; i++) await p1.Channel.SendAsync(C, new StepTag("run").Then(i), new byte[] { (byte)i }, default);
        await p2.Channel.SendAsync(C, One, new byte[] { 77 }, default);
        Assert.Equal(77, (await ReceiveAsync(c, P2, One)).Span[0]);
        Assert.InRange(c.Run.Messages.Inbox().Count(m => m.Key.Peer == P1), 0, Room);
        for (var i = 0; i < Messages; i++) Assert.Equal(i, (await ReceiveAsync(c, P1, new StepTag("run").Then(i))).Span[0]);
        await p1.Channel.DrainAsync(default).WaitAsync(Bound);
    }

    [Fact]
    public async Task ReceiveAsync_AMessageBehindTooManyOthers_Arrives()
    {
        await using var c = Start(C, o => o with { UnconsumedMessages = 4 });
        await using var p1 = Start(P1);
        for (var i = 0; i < 40; i++) await p1.Channel.SendAsync(C, new StepTag("run").Then(i), new byte[] { (byte)i }, default);
        Assert.Equal(39, (await ReceiveAsync(c, P1, new StepTag("run/39"))).Span[0]);
    }

    [Fact]
    public async Task ReceiveAsync_Cancelled_LeavesTheMessageToTheNextReceive()
    {
        await using var c = Start(C);
        using var cancelled = new CancellationTokenSource();
        var waiting = c.Channel.ReceiveAsync(P1, One, 1, cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Bound));
        await using var p1 = Start(P1);
        await p1.Channel.SendAsync(C, One, new byte[] { 4 }, default);
        Assert.Equal(4, (await ReceiveAsync(c, P1, One)).Span[0]);
    }

    [Fact]
    public async Task SendAsync_OneContentToMany_LiesOnTheDiskOnceAndIsGoneWhenAllHaveIt()
    {
        await using var c = Start(C);
        var content = new byte[2_000_000];
        await c.Channel.SendAsync(P1, One, content, default);
        await c.Channel.SendAsync(P2, One, content, default);
        var spool = Path.Combine(_folder.FullName, C.Name, "spool");
        Assert.Single(Directory.GetFiles(spool));
        await using var p1 = Start(P1);
        Assert.Equal(content, (await ReceiveAsync(p1, C, One, content.Length)).ToArray());
        Assert.Single(Directory.GetFiles(spool));
        await using var p2 = Start(P2);
        Assert.Equal(content, (await ReceiveAsync(p2, C, One, content.Length)).ToArray());
        await c.Channel.DrainAsync(default).WaitAsync(Bound);
        c.Run.Openings(); // a transaction
        Assert.Empty(Directory.GetFiles(spool));
    }

    [Fact]
    public async Task Control_Sent_ReachesTheHandlerWithTheSendersIdentity()
    {
        await using var c = Start(C);
        await using var p1 = Start(P1);
        var got = new TaskCompletionSource<(Party, Control)>();
        c.Board.ControlReceived = (party, control, _) =>
        {
            got.TrySetResult((party, control));
            return ValueTask.CompletedTask;
        };
        p1.Board.Carrier.Expect(C);
        while (!await p1.Board.SendControlAsync(C, new Control { Answer = new Answer { Run = "run", Accepted = true } }, default)) await Task.Yield();
        var (sender, received) = await got.Task.WaitAsync(Bound);
        Assert.Equal(_roster[P1], sender);
        Assert.True(received.Answer.Accepted);
    }

    private static async Task<ReadOnlyMemory<byte>> ReceiveAsync(TestNode node, PartyId from, StepTag step, int maximumBytes = 1 << 24) =>
        await node.Channel.ReceiveAsync(from, step, maximumBytes, default).AsTask().WaitAsync(Bound);

    private TestNode Start(PartyId party, Func<RunChannelOptions, RunChannelOptions>? options = null) => TestNode.Start(_hub, _roster, party, _folder.FullName, options: options);
}
