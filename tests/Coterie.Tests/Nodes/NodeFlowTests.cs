using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.Protos;
using Coterie.Federation.RunStore;
using Coterie.Tests.Nodes.Support;
using Google.Protobuf;

namespace Coterie.Tests.Nodes;

/// <summary>How a run comes about, or does not: coordinator and participants in this process, on a network in memory.</summary>
public sealed class NodeFlowTests
{
    private static readonly ApprovalPolicy Anything = new() { Ask = false };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Run_AllAgree_GivesTheCoordinatorTheModelAndNobodyElse()
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Patience);
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator);
        var participants = await ParticipantsAsync(bench, Anything, Anything, Anything);
        NodeRunResult? given = null;
        await RunAsync(coordinator, NodeBench.Task(), participants, result => given = result, stop.Token);
        Assert.NotNull(given!.Model);
        Assert.Equal(12, given.Model.Input.TotalRows);
        Assert.Equal(RunState.Finished, Assert.Single(coordinator.Store.Runs()).State);
        Assert.All(participants, p => Assert.Equal(RunState.Finished, Assert.Single(p.Node.Store.Runs()).State));
        Assert.Equal(1, coordinator.Figures.RunsByState["finished"]);
        Assert.True(coordinator.Figures.MessagesIn > 0);
    }

    /// <summary>Not every failure is one that was thought of; whoever waits for the run must hear of it all the same.</summary>
    [Fact]
    public async Task Run_ResultsCannotBeWritten_EndsForTheParty()
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Patience);
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator);
        var participants = await ParticipantsAsync(bench, Anything, Anything);
        var third = await bench.JoinAsync("clinic-3");
        var party = new PartyNode(third, bench.Settings(third, Anything), [], (_, _) => throw new UnauthorizedAccessException("read-only"));
        await RunAsync(coordinator, NodeBench.Task(), [.. participants, (third, party)], _ => { }, stop.Token);
        Assert.NotNull((await party.FirstEnd).Failure);
    }

    [Fact]
    public async Task Run_OneDeclinesOfThree_EndsAtOnceWithTheReason()
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Patience);
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator, new TimeOutSettings { Gathering = TimeSpan.FromHours(1) });
        var participants = await ParticipantsAsync(bench, Anything, Anything, Anything with { Modes = ["secure-aggregation"] });
        var failure = await Assert.ThrowsAsync<RunFailedException>(() => RunAsync(coordinator, NodeBench.Task(), participants, _ => { }, stop.Token));
        Assert.Contains("clinic-3 declines: its policy does not allow the task: modes: federated is none of secure-aggregation", failure.Message, StringComparison.Ordinal);
        Assert.Equal(RunState.Failed, Assert.Single(coordinator.Store.Runs()).State);
        Assert.Equal(RunState.Declined, Assert.Single(participants[2].Node.Store.Runs()).State);
        var told = await Assert.ThrowsAsync<RunFailedException>(() => Task.FromException((participants[0].Party.FirstEnd.Result).Failure!));
        Assert.Contains("clinic-3 declines", told.Message, StringComparison.Ordinal);
    }

    /// <summary>How many rows there are is said to nobody.</summary>
    [Fact]
    public async Task Run_TooFewRowsForThePolicy_IsDeclinedWithoutANumber()
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Patience);
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator, new TimeOutSettings { Gathering = TimeSpan.FromHours(1) });
        var participants = await ParticipantsAsync(bench, Anything with { MinimumRows = 4 }, Anything, Anything with { MinimumRows = 5 });
        var failure = await Assert.ThrowsAsync<RunFailedException>(() => RunAsync(coordinator, NodeBench.Task(), participants, _ => { }, stop.Token));
        Assert.Contains("clinic-3 declines: its policy does not allow the task: minimum-rows: the task leaves too few rows there", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("clinic-1 declines", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OneDeclinesOfFourAndOneIsAbsent_BeginsWithTheOthersWhenGatheringEnds()
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Patience);
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator, new TimeOutSettings { Gathering = TimeSpan.FromSeconds(1), Absence = TimeSpan.FromSeconds(2) });
        var participants = await ParticipantsAsync(bench, Anything, Anything, Anything, Anything with { Learners = ["k-means"] });
        Roster? roster = null;
        await RunAsync(coordinator, NodeBench.Task(participants: 5), participants, result => roster = result.Report.Roster, stop.Token);
        Assert.Equal(["clinic-1", "clinic-2", "clinic-3"], roster!.Participants.Select(p => p.Name));
    }

    [Fact]
    public async Task Run_NobodyComes_FailsWhenGatheringEndsAndNamesThem()
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Patience);
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator, new TimeOutSettings { Gathering = TimeSpan.FromMilliseconds(200) });
        var failure = await Assert.ThrowsAsync<RunFailedException>(() => RunAsync(coordinator, NodeBench.Task(), [], _ => { }, stop.Token));
        Assert.Contains("clinic-2 did not answer", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>What a dishonest coordinator could begin with instead of what was approved; each is refused before anything is sent.</summary>
    public static TheoryData<string> Forgeries => ["mode", "terms", "invented", "key", "order", "run", "helper", "unapproved"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Beginning_OfSomethingElse_IsNotFollowed(string forgery)
    {
        using var bench = new NodeBench();
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator);
        NodeContext[] nodes = [await bench.JoinAsync("clinic-1"), await bench.JoinAsync("clinic-2"), await bench.JoinAsync("clinic-3"), await bench.JoinAsync("clinic-9"), await bench.JoinAsync("helper", PartyRole.Helper)];
        var task = OfferedTask.Of(NodeBench.Offer(NodeBench.Task()), coordinator.Verified, "/nowhere");
        var terms = forgery switch
        {
            "mode" => task.Terms with { Mode = task.Terms.Mode with { Mode = "secure-aggregation" } },
            "terms" => task.Terms with { Plan = task.Terms.Plan with { Seed = 2 } },
            _ => task.Terms,
        };
        NodeContext[] members = forgery switch
        {
            "invented" => [.. nodes[..3], nodes[3]],
            "order" => [nodes[1], nodes[0], nodes[2]],
            "helper" => [.. nodes[..3], nodes[4]],
            _ => nodes[..3],
        };
        var roster = terms.RosterOf(forgery == "run" ? "other" : "trial-1", [coordinator.Self, .. members.Select(m => m.Self)]);
        var certificates = members.Prepend(coordinator).Select(m => m.Certificate.ToImmutableArray()).ToImmutableArray();
        // Another certified party's certificate cannot stand for an invented key.
        if (forgery == "key") certificates = certificates.SetItem(2, [.. nodes[3].Certificate]);
        var message = new RunStart(roster, [], certificates).ToMessage();

        var policy = forgery == "unapproved" ? Anything with { Participants = [new KnownParty("clinic-2", new string('0', 64))], MinimumParticipants = 2 } : Anything;
        var refused = Assert.Throws<ProtocolException>(() => RosterCheck.Require(RunStart.Read(message, coordinator.Self.Id, nodes[0].Identity.Peers), task, nodes[0].Self, coordinator.Self, policy));
        Assert.Equal((ProtocolErrorCode.RosterMismatch, coordinator.Self.Id), (refused.Code, refused.Culprits[0]));
    }

    [Fact]
    public async Task Beginning_OfWhatWasApproved_IsFollowed_AlsoWithoutOneWhoDeclined()
    {
        using var bench = new NodeBench();
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator);
        NodeContext[] nodes = [await bench.JoinAsync("clinic-1"), await bench.JoinAsync("clinic-2"), await bench.JoinAsync("clinic-3")];
        var task = OfferedTask.Of(NodeBench.Offer(NodeBench.Task(participants: 4)), coordinator.Verified, "/nowhere");
        var roster = task.Terms.RosterOf("trial-1", [coordinator.Self, .. nodes.Select(m => m.Self)]);
        var message = new RunStart(roster, [], [.. nodes.Prepend(coordinator).Select(m => m.Certificate.ToImmutableArray())]).ToMessage();
        var start = RunStart.Read(Beginning.Parser.ParseFrom(message.ToByteArray()), coordinator.Self.Id, nodes[0].Identity.Peers);
        RosterCheck.Require(start, task, nodes[0].Self, coordinator.Self, Anything);
        Assert.Equal<IEnumerable<byte>>(roster.Digest, start.Roster.Digest);
    }

    [Fact]
    public async Task Helper_WhoAgrees_IsToldThatTheModeNeedsNone()
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Patience);
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator);
        var helper = await bench.JoinAsync("helper", PartyRole.Helper);
        using var hub = NodeBench.Coordinate(coordinator, NodeBench.Task());
        var settings = bench.Settings(helper, Anything) with { Data = null };
        using var party = new PartyNode(helper, settings, [], (_, _) => Task.CompletedTask);
        NodeBench.Carry(coordinator, stop.Token);
        NodeBench.Carry(helper, stop.Token);
        var gathering = hub.RunAsync(_ => Task.CompletedTask, stop.Token);
        await party.RunAsync(once: true, stop.Token);
        Assert.Contains("the mode federated needs no helper", (await party.FirstEnd).Failure!.Message, StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gathering);
    }

    private static async Task<(NodeContext Node, PartyNode Party)[]> ParticipantsAsync(NodeBench bench, params ApprovalPolicy[] policies)
    {
        var participants = new List<(NodeContext, PartyNode)>();
        for (var k = 0; k < policies.Length; k++)
        {
            var node = await bench.JoinAsync($"clinic-{k + 1}");
            participants.Add((node, bench.Participate(node, policies[k])));
        }
        return [.. participants];
    }

    private static async Task RunAsync(NodeContext coordinator, string task, (NodeContext Node, PartyNode Party)[] participants, Action<NodeRunResult> results, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var hub = NodeBench.Coordinate(coordinator, task);
        var parties = participants.Select(p => p.Party.RunAsync(once: true, stop.Token)).ToArray();
        NodeBench.Carry(coordinator, stop.Token);
        foreach (var (node, _) in participants) NodeBench.Carry(node, stop.Token);
        try
        {
            await hub.RunAsync(
                result =>
                {
                    results(result);
                    return Task.CompletedTask;
                },
                stop.Token);
        }
        finally
        {
            await Task.WhenAll(parties).WaitAsync(Patience, CancellationToken.None);
            await stop.CancelAsync();
            foreach (var (_, party) in participants) party.Dispose();
        }
    }
}
