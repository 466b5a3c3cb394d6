using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Protos;
using Coterie.Federation.RunStore;
using Coterie.Tests.Nodes.Support;
using Google.Protobuf;

namespace Coterie.Tests.Nodes;

/// <summary>What is left of runs and offers that are over.</summary>
public sealed class NodeEndTests
{
    private static readonly ApprovalPolicy Anything = new() { Ask = false };
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly string[] Secret = ["checkpoints", "outbox", "contents", "inbox"];

    /// <summary>Secrets of rounds, finished or aborted, are of no use to the party any more, only to whoever steals the disk.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_IsOver_NoMessageAndNoCheckpointIsKept(bool fails)
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Bound);
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator);
        NodeContext[] nodes = [await bench.JoinAsync("clinic-1"), await bench.JoinAsync("clinic-2"), await bench.JoinAsync("clinic-3")];
        var held = 0L;
        PartyNode[] parties = [.. nodes.Select(n => new PartyNode(n, bench.Settings(n, Anything), [], (_, _) =>
        {
            Interlocked.Add(ref held, Count(n));
            return fails ? throw new UnauthorizedAccessException("read-only") : Task.CompletedTask;
        }))];
        using var hub = NodeBench.Coordinate(coordinator, NodeBench.Task());
        var running = parties.Select(p => p.RunAsync(once: true, stop.Token)).ToArray();
        foreach (var node in nodes.Prepend(coordinator)) NodeBench.Carry(node, stop.Token);
        await hub.RunAsync(_ => Task.CompletedTask, stop.Token);
        await Task.WhenAll(running).WaitAsync(Bound, CancellationToken.None);
        Assert.True(held > 0);
        Assert.All(nodes, n => Assert.Equal((fails ? RunState.Failed : RunState.Finished, 0L), (Assert.Single(n.Store.Runs()).State, Count(n))));
        Assert.Equal(0, Count(coordinator));
        foreach (var party in parties) party.Dispose();
        await stop.CancelAsync();
    }

    [Fact]
    public async Task ForgetEnded_DiedBeforeItDid_ForgetsAtTheNextStart()
    {
        using var bench = new NodeBench();
        var node = await bench.JoinAsync("clinic-1");
        foreach (var (run, state) in new[] { ("over", RunState.Failed), ("open", RunState.Running) })
        {
            await node.Store.SaveAsync(new RunRecord(run, state, new byte[1], new byte[1], null, TimeProvider.System.GetUtcNow(), null), CancellationToken.None);
            await node.Store.OpenRun(run).SaveAsync("key", new byte[] { 1 }, CancellationToken.None);
        }
        await node.ForgetEndedAsync(CancellationToken.None);
        Assert.Null(await node.Store.OpenRun("over").LoadAsync("key", CancellationToken.None));
        Assert.NotNull(await node.Store.OpenRun("open").LoadAsync("key", CancellationToken.None));
    }

    /// <summary>It would be counted upon and then do nothing.</summary>
    [Fact]
    public async Task Offer_OfARunThatHasFailedHere_IsDeclined()
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Bound);
        var (coordinator, node) = (await bench.JoinAsync("coordinator", PartyRole.Coordinator), await bench.JoinAsync("clinic-1"));
        using var party = bench.Participate(node, Anything);
        var answers = System.Threading.Channels.Channel.CreateUnbounded<Answer>();
        coordinator.Board.ControlReceived = (_, control, _) => answers.Writer.WriteAsync(control.Answer, stop.Token);
        var running = await ConnectAsync(coordinator, node, party, stop.Token);
        await OfferAsync(coordinator, node, "trial-1", stop.Token);
        Assert.True((await answers.Reader.ReadAsync(stop.Token)).Accepted);
        await coordinator.Board.SendControlAsync(node.Self.Id, new Control { Ending = new Ending { Run = "trial-1", Failed = true, Reason = "too few" } }, stop.Token);
        await OfferAsync(coordinator, node, "trial-1", stop.Token);
        var again = await answers.Reader.ReadAsync(stop.Token);
        Assert.Equal((false, "it has failed there: too few"), (again.Accepted, again.Reason));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>Also what a policy agrees to without asking is bounded.</summary>
    [Fact]
    public async Task Offers_ManyAgreedThatNeverBegin_AreNotAllKept()
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Bound);
        var (coordinator, node) = (await bench.JoinAsync("coordinator", PartyRole.Coordinator), await bench.JoinAsync("clinic-1"));
        using var party = bench.Participate(node, Anything);
        var answers = System.Threading.Channels.Channel.CreateUnbounded<Answer>();
        coordinator.Board.ControlReceived = (_, control, _) => answers.Writer.WriteAsync(control.Answer, stop.Token);
        var running = await ConnectAsync(coordinator, node, party, stop.Token);
        for (var i = 0; i < OfferRecords.Kept + 10; i++)
        {
            await OfferAsync(coordinator, node, $"trial-{i}", stop.Token);
            Assert.True((await answers.Reader.ReadAsync(stop.Token)).Accepted);
        }
        Assert.Equal(OfferRecords.Kept, node.Store.Runs().Count);
        Assert.Equal(OfferRecords.Kept, node.Figures.RunsByState["accepted"]);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>The coordinator may have ended before this party came.</summary>
    [Fact]
    public async Task Once_NothingIsOffered_EndsWhenGatheringWouldHave()
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Bound);
        var node = await bench.JoinAsync("clinic-1", timeOuts: new TimeOutSettings { Gathering = TimeSpan.FromMilliseconds(200) });
        using var party = bench.Participate(node, Anything);
        await party.RunAsync(once: true, stop.Token);
        Assert.Contains("has offered no task", (await party.FirstEnd).Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_OtherThanTheRunBeganWith_AreNoticed()
    {
        using var bench = new NodeBench();
        var store = (await bench.JoinAsync("clinic-1")).Store.OpenRun("trial-1");
        var shard = new Shard(new Matrix(2, 1, [1, 2]), new Matrix(2, 1, [3, 4]));
        Assert.True(await ShardDigest.IsSameAsync(store, shard, CancellationToken.None));
        Assert.True(await ShardDigest.IsSameAsync(store, shard, CancellationToken.None));
        Shard[] others = [
            new(new Matrix(2, 1, [1, 2.5]), shard.Targets), new(new Matrix(1, 2, [1, 2]), shard.Targets), new(shard.Features, new Matrix(2, 1, [4, 3])),
            new(shard.Features), new(shard.Features, null, shard.Targets), new(shard.Features, shard.Targets, new Matrix(2, 1, [1, 1]))];
        foreach (var other in others) Assert.False(await ShardDigest.IsSameAsync(store, other, CancellationToken.None));
    }

    private static long Count(NodeContext node) => Secret.Sum(table => node.Store.Read(d => d.Number($"SELECT COUNT(*) FROM {table}")));

    private static async Task<Task> ConnectAsync(NodeContext coordinator, NodeContext node, PartyNode party, CancellationToken cancellationToken)
    {
        var running = party.RunAsync(once: false, cancellationToken);
        NodeBench.Carry(coordinator, cancellationToken);
        NodeBench.Carry(node, cancellationToken);
        while (coordinator.Board.Connected(node.Self.Id) is null) await Task.Delay(10, cancellationToken);
        return running;
    }

    private static async Task OfferAsync(NodeContext coordinator, NodeContext node, string run, CancellationToken cancellationToken) => await coordinator.Board.SendControlAsync(
        node.Self.Id, new Control { Offer = NodeBench.Offer(NodeBench.Task(), run).ToMessage(), Certificate = ByteString.CopyFrom(coordinator.Certificate) }, cancellationToken);
}
