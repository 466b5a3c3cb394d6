using System.Collections.Concurrent;
using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.RunStore;
using Coterie.Federation.Tasks;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Durable;
using Coterie.Tests.Nodes.Support;

namespace Coterie.Tests.Nodes;

/// <summary>A party that owns the model and nothing else: how it comes into a run, and what keeps others out of its place.</summary>
public sealed class ModelOwnerTests
{
    private static readonly ApprovalPolicy Anything = new() { Ask = false, ModelOwners = [new KnownParty("buyer")] };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly VerifiedParty Coordinator = new(new Party(new PartyId("coordinator"), PartyRole.Coordinator, []), new string('a', 64));

    private static string OwnedTask(string owner = ", model-owner: buyer") =>
        NodeBench.Task($", key-bits: 2048{owner}", "encrypted-model", "{ name: ridge-regression, solver: gradient-descent }") + "stop: { rounds: 3 }\n";

    [Fact]
    public async Task Run_OwnerDeclines_EndsAtOnceWithTheReason()
    {
        using var bench = new NodeBench();
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator, new TimeOutSettings { Gathering = TimeSpan.FromHours(1) });
        var owner = await bench.JoinAsync("buyer", PartyRole.ModelOwner);
        var party = Own(bench, owner, Anything with { MaximumRounds = 2 });
        var failure = await FailAsync(coordinator, OwnedTask(), (owner, party));
        Assert.Contains("cannot begin without buyer, which the task names as its model's owner (buyer declines: its policy does not allow the task: maximum-rounds", failure, StringComparison.Ordinal);
        Assert.Equal((RunState.Failed, RunState.Declined), (Assert.Single(coordinator.Store.Runs()).State, Assert.Single(owner.Store.Runs()).State));
    }

    [Fact]
    public async Task Run_OwnerDoesNotCome_FailsWhenGatheringEndsAndTellsTheOthers()
    {
        using var bench = new NodeBench();
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator, new TimeOutSettings { Gathering = TimeSpan.FromSeconds(1) });
        var participants = new List<(NodeContext Node, PartyNode Party)>();
        for (var k = 1; k <= 3; k++)
        {
            var node = await bench.JoinAsync($"clinic-{k}");
            participants.Add((node, bench.Participate(node, Anything)));
        }
        var failure = await FailAsync(coordinator, OwnedTask(), [.. participants]);
        Assert.Contains("cannot begin without buyer, which the task names as its model's owner (buyer did not answer)", failure, StringComparison.Ordinal);
        Assert.All(participants, p => Assert.Contains("buyer did not answer", p.Party.FirstEnd.Result.Failure!.Message, StringComparison.Ordinal));
    }

    /// <summary>The owner is offered the task, too, when all participants have come before it; nobody begins meanwhile.</summary>
    [Fact]
    public async Task Run_OwnerComesLast_IsWaitedFor()
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Patience);
        var watcher = new Watcher();
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator, new TimeOutSettings { Gathering = TimeSpan.FromHours(1) }, watcher);
        using var hub = NodeBench.Coordinate(coordinator, OwnedTask());
        var gathering = hub.RunAsync(_ => Task.CompletedTask, stop.Token);
        NodeBench.Carry(coordinator, stop.Token);
        var parties = new List<PartyNode>();
        for (var k = 1; k <= 3; k++)
        {
            var node = await bench.JoinAsync($"clinic-{k}");
            parties.Add(bench.Participate(node, Anything));
            _ = parties[^1].RunAsync(once: true, stop.Token);
            NodeBench.Carry(node, stop.Token);
        }
        while (watcher.Said.Count(s => s.EndsWith("takes part.", StringComparison.Ordinal)) < 3) await Task.Delay(10, stop.Token);
        Assert.DoesNotContain(watcher.Said, s => s.Contains("begins", StringComparison.Ordinal));
        var owner = await bench.JoinAsync("buyer", PartyRole.ModelOwner);
        parties.Add(Own(bench, owner, Anything));
        _ = parties[^1].RunAsync(once: true, stop.Token);
        NodeBench.Carry(owner, stop.Token);
        while (!watcher.Said.Any(s => s.Contains("begins with clinic-1, clinic-2, clinic-3, buyer.", StringComparison.Ordinal))) await Task.Delay(10, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gathering);
    }

    [Fact]
    public async Task Run_AllAgree_GivesTheOwnerTheModelAndNobodyElse()
    {
        using var bench = new NodeBench();
        var (coordinator, others) = await FinishAsync(bench, node => node);
        Assert.Null(coordinator.Failure);
        Assert.Null(coordinator.Result!.Model);
        Assert.Equal(3, coordinator.Result.Report.History.Count(r => r.Stage == "ridge-regression"));
        Assert.Equal(["buyer"], others.Where(r => r.Model is not null).Select(r => r.Report.Party.Name));
        Assert.Equal(4, others.Count);
    }

    /// <summary>Nobody else can read the model: a run whose owner never takes it is not finished, however far it got.</summary>
    [Fact]
    public async Task Run_OwnerNeverTakesTheModel_Fails()
    {
        using var bench = new NodeBench();
        var (coordinator, _) = await FinishAsync(bench, node => node with { Board = new Switchboard(new LosingCarrier(node.Board.Carrier, new PartyId("buyer"), "trial-1/learner/owner/1")) });
        Assert.Null(coordinator.Result);
        Assert.Contains("buyer is unavailable at trial-1/end: it has not taken the model", coordinator.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(", model-owner: other")]
    public async Task Owner_ThatTheTaskDoesNotName_IsToldSo(string named)
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Patience);
        var watcher = new Watcher();
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator, watcher: watcher);
        var owner = await bench.JoinAsync("buyer", PartyRole.ModelOwner);
        using var hub = NodeBench.Coordinate(coordinator, OwnedTask(named));
        using var party = Own(bench, owner, Anything);
        NodeBench.Carry(coordinator, stop.Token);
        NodeBench.Carry(owner, stop.Token);
        var gathering = hub.RunAsync(_ => Task.CompletedTask, stop.Token);
        await party.RunAsync(once: true, stop.Token);
        Assert.Contains("the task does not name buyer as its model's owner", (await party.FirstEnd).Failure!.Message, StringComparison.Ordinal);
        Assert.Contains(watcher.Said, s => s.Contains("buyer is connected, but the task does not name it", StringComparison.Ordinal));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gathering);
    }

    /// <summary>What a dishonest coordinator could begin with instead of what was approved.</summary>
    public static TheoryData<string> Forgeries => ["absent", "another", "role", "helper", "beside", "unnamed", "first", "certificate"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Beginning_WithAnotherOwnerThanTheTaskNames_IsNotFollowed(string forgery)
    {
        var buyer = await RequireAsync(
            forgery,
            forgery == "unnamed" ? "" : ", model-owner: buyer",
            (clinics, buyer, other, helper) => forgery switch
            {
                "absent" or "role" => clinics,
                "another" => [.. clinics, other],
                "helper" => [.. clinics, helper],
                "beside" => [.. clinics, helper, buyer],
                "first" => [buyer, .. clinics],
                _ => [.. clinics, buyer],
            },
            forgery == "certificate" ? Anything with { ModelOwners = [new KnownParty("buyer", new string('0', 64))] } : Anything);
        Assert.NotNull(buyer);
        Assert.Equal(ProtocolErrorCode.RosterMismatch, buyer.Code);
    }

    [Fact]
    public async Task Beginning_WithTheOwnerThatTheTaskNames_IsFollowed() =>
        Assert.Null(await RequireAsync("", ", model-owner: buyer", (clinics, buyer, _, _) => [.. clinics, buyer], Anything));

    [Fact]
    public void Judge_OwnerThatNobodyLooksAt_HasToBeNamed()
    {
        var self = new Party(new PartyId("clinic-1"), PartyRole.Participant, []);
        string[] Objections(ApprovalPolicy policy, Party? who = null) => [.. PolicyJudge.Judge(policy, Offered(OwnedTask()), who ?? self).Objections];
        Assert.Empty(Objections(Anything));
        Assert.Empty(Objections(Anything with { ModelOwners = [], Ask = true }));
        Assert.Contains("without a person to ask", Assert.Single(Objections(Anything with { ModelOwners = [] })), StringComparison.Ordinal);
        Assert.Contains("model-owners: buyer is none of other", Assert.Single(Objections(Anything with { ModelOwners = [new KnownParty("other")], Ask = true })), StringComparison.Ordinal);
        // The owner itself needs no leave, and another of that role has no place.
        Assert.Empty(Objections(Anything with { ModelOwners = [] }, new Party(new PartyId("buyer"), PartyRole.ModelOwner, [])));
        Assert.Contains("does not name other as its model's owner", Assert.Single(Objections(Anything, new Party(new PartyId("other"), PartyRole.ModelOwner, []))), StringComparison.Ordinal);
        Assert.Contains("does not name buyer among its participants", Assert.Single(Objections(Anything, new Party(new PartyId("buyer"), PartyRole.Participant, []))), StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_OfATaskWithAnOwner_SaysWhoHasTheModel()
    {
        var facts = TaskSummary.Of(Offered(OwnedTask())).Facts.ToDictionary(f => f.Key, f => f.Value);
        Assert.Equal("buyer, the model's owner, and nobody else", facts["model to"]);
        Assert.Equal("the model's owner a Paillier key of 2048 bits", facts["keys"]);
        Assert.Equal("the coordinator", TaskSummary.Of(Offered(OwnedTask(""))).Facts.Single(f => f.Key == "model to").Value);
    }

    [Theory]
    [InlineData("clinic-2")]
    [InlineData("hub")]
    public void Offer_OwnerWithAnotherRole_IsRefused(string owner)
    {
        var hub = Coordinator with { Party = Coordinator.Party with { Id = new PartyId("hub") } };
        var refused = Assert.Throws<TaskFileException>(() => OfferedTask.Of(NodeBench.Offer(OwnedTask($", model-owner: {owner}")), hub, "/nowhere"));
        Assert.Contains($"privacy.model-owner: {owner} has another role", refused.Message, StringComparison.Ordinal);
    }

    private static OfferedTask Offered(string task) => OfferedTask.Of(NodeBench.Offer(task), Coordinator, "/nowhere");

    private static async Task<ProtocolException?> RequireAsync(string forgery, string named, Func<NodeContext[], NodeContext, NodeContext, NodeContext, NodeContext[]> choose, ApprovalPolicy policy)
    {
        using var bench = new NodeBench();
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator);
        NodeContext[] clinics = [await bench.JoinAsync("clinic-1"), await bench.JoinAsync("clinic-2"), await bench.JoinAsync("clinic-3")];
        // Of the right name and of another role: certified as a helper.
        var buyer = await bench.JoinAsync("buyer", forgery == "role" ? PartyRole.Helper : PartyRole.ModelOwner);
        var (other, helper) = (await bench.JoinAsync("other", PartyRole.ModelOwner), await bench.JoinAsync("helper", PartyRole.Helper));
        var task = OfferedTask.Of(NodeBench.Offer(OwnedTask(named)), coordinator.Verified, "/nowhere");
        NodeContext[] members = forgery == "role" ? [.. clinics, buyer] : choose(clinics, buyer, other, helper);
        var roster = task.Terms.RosterOf("trial-1", [coordinator.Self, .. members.Select(m => m.Self)]);
        var message = new RunStart(roster, [], [.. members.Prepend(coordinator).Select(m => m.Certificate.ToImmutableArray())]).ToMessage();
        var start = RunStart.Read(message, coordinator.Self.Id, clinics[0].Identity.Peers);
        return Record.Exception(() => RosterCheck.Require(start, task, clinics[0].Self, coordinator.Self, policy)) as ProtocolException;
    }

    private static PartyNode Own(NodeBench bench, NodeContext node, ApprovalPolicy policy) =>
        new(node, bench.Settings(node, policy) with { Data = null }, [], (_, _) => Task.CompletedTask);

    /// <summary>A run of everybody that the task names: what the coordinator came to, and what the others did.</summary>
    private static async Task<((NodeRunResult? Result, Exception? Failure) Coordinator, IReadOnlyCollection<NodeRunResult> Others)> FinishAsync(NodeBench bench, Func<NodeContext, NodeContext> change)
    {
        using var stop = new CancellationTokenSource(Patience);
        var given = new ConcurrentQueue<NodeRunResult>();
        var coordinator = change(await bench.JoinAsync("coordinator", PartyRole.Coordinator, new TimeOutSettings { Absence = TimeSpan.FromMilliseconds(500) }));
        NodeContext[] nodes = [await bench.JoinAsync("clinic-1"), await bench.JoinAsync("clinic-2"), await bench.JoinAsync("clinic-3"), await bench.JoinAsync("buyer", PartyRole.ModelOwner)];
        PartyNode[] parties = [.. nodes.Select(n => new PartyNode(n, bench.Settings(n, Anything) with { Data = n.Self.Role == PartyRole.ModelOwner ? null : bench.Settings(n, Anything).Data }, [], (_, result) =>
        {
            given.Enqueue(result);
            return Task.CompletedTask;
        }))];
        using var hub = NodeBench.Coordinate(coordinator, OwnedTask());
        var running = parties.Select(p => p.RunAsync(once: true, stop.Token)).ToArray();
        foreach (var node in nodes.Prepend(coordinator)) NodeBench.Carry(node, stop.Token);
        NodeRunResult? result = null;
        var failure = await Record.ExceptionAsync(() => hub.RunAsync(
            r =>
            {
                result = r;
                return Task.CompletedTask;
            },
            stop.Token));
        await Task.WhenAll(running).WaitAsync(Patience, CancellationToken.None);
        await stop.CancelAsync();
        foreach (var party in parties) party.Dispose();
        return ((result, failure), given);
    }

    /// <summary>Why no run came about.</summary>
    private static async Task<string> FailAsync(NodeContext coordinator, string task, params (NodeContext Node, PartyNode Party)[] parties)
    {
        using var stop = new CancellationTokenSource(Patience);
        using var hub = NodeBench.Coordinate(coordinator, task);
        var running = parties.Select(p => p.Party.RunAsync(once: true, stop.Token)).ToArray();
        NodeBench.Carry(coordinator, stop.Token);
        foreach (var (node, _) in parties) NodeBench.Carry(node, stop.Token);
        var failure = await Assert.ThrowsAsync<RunFailedException>(() => hub.RunAsync(_ => Task.CompletedTask, stop.Token));
        await Task.WhenAll(running).WaitAsync(Patience, CancellationToken.None);
        await stop.CancelAsync();
        foreach (var (_, party) in parties) party.Dispose();
        return failure.Message;
    }

    /// <summary>Loses what is sent to a party for one step.</summary>
    private sealed class LosingCarrier(ICarrier next, PartyId peer, string step) : ICarrier
    {
        public PartyId Self => next.Self;

        public Task RunAsync(IFrameReceiver receiver, CancellationToken cancellationToken) => next.RunAsync(receiver, cancellationToken);

        public void Expect(PartyId other) => next.Expect(other);

        public ValueTask<bool> SendAsync(PartyId to, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
            to == peer && FrameCodec.Read(frame.Span)?.Run?.Chunk?.Step == step ? new(true) : next.SendAsync(to, frame, cancellationToken);

        public ValueTask DisposeAsync() => next.DisposeAsync();
    }
}
