using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Data;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.Protos;
using Coterie.Federation.RunStore;
using Coterie.Federation.Tasks;
using Coterie.Federation.Transports.Carriers;
using Coterie.Tests.Nodes.Support;

namespace Coterie.Tests.Nodes;

/// <summary>What a coordinator that is not honest may try before and at the beginning of a run.</summary>
public sealed class DishonestCoordinatorTests : IDisposable
{
    private const string Rows = "a,b,y\n1,2,3\n2,1,4\n4,0,9\n3,3,5\n";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);
    private static readonly VerifiedParty Coordinator = new(new Party(new PartyId("coordinator"), PartyRole.Coordinator, []), new string('a', 64));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coterie-dishonest-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Offered participants in another order than the task's: the file that is checked is not to differ from the file that is read.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReadRows_OfferedOrderIsNotTheTasks_OpensNoFileButTheConfiguredOne(bool isFolder)
    {
        var (shared, elsewhere) = (_folder.CreateSubdirectory("shared").FullName, Path.Combine(_folder.FullName, "secret.csv"));
        var own = Path.Combine(shared, "rows-1.csv");
        File.WriteAllText(own, Rows);
        File.WriteAllText(elsewhere, "a,b,y\n9,1,9\n");
        // clinic-1 comes second in the task, with a path of the coordinator's choice, and first in the offer.
        var task = NodeBench.Task()
            .Replace("name: clinic-1, file: rows-1.csv", "name: decoy, file: rows-1.csv", StringComparison.Ordinal)
            .Replace("name: clinic-2, file: rows-2.csv", $"name: clinic-1, file: {elsewhere}", StringComparison.Ordinal);
        var offer = NodeBench.Offer(task) with { Participants = [new PartyId("clinic-1"), new PartyId("decoy"), new PartyId("clinic-3")] };
        var location = new DataLocation(isFolder ? null : own, isFolder ? shared : null, ImmutableSortedDictionary<string, string>.Empty);
        try
        {
            var data = OfferedTask.Of(offer, Coordinator, shared).ReadRows(new PartyId("clinic-1"), location);
            Assert.All(data.Origins, o => Assert.Equal(own, o.File));
        }
        catch (Exception refused) when (refused is DataFileException or TaskFileException)
        {
            // Refusing is right as well.
        }
    }

    /// <summary>With one of these for everybody but a victim, the sum over all is the victim's part, or nearly.</summary>
    [Theory]
    [InlineData("test: { fraction: 0.9 }")]
    [InlineData("test: { column: b, values: [1, 2] }")]
    [InlineData("weights: b")]
    public void Terms_OfTasksThatUseOtherRows_Differ(string section)
    {
        var one = NodeBench.Offer(NodeBench.Task());
        var other = one with { Task = one.Task.Replace("  target: y\n", $"  target: y\n  {section}\n", StringComparison.Ordinal) };
        ImmutableArray<Party> parties = [Coordinator.Party, .. one.Participants.Select(p => new Party(p, PartyRole.Participant, []))];
        var rosters = new[] { one, other }.Select(o => OfferedTask.Of(o, Coordinator, "/nowhere").Terms.RosterOf(o.Run, parties)).ToArray();
        Assert.NotEqual<IEnumerable<byte>>(rosters[0].Digest, rosters[1].Digest);
    }

    /// <summary>Which rows train depends on the column, so it is used.</summary>
    [Fact]
    public void Judge_RowsSelectedByAColumnThatIsNotApproved_Objects()
    {
        var offer = NodeBench.Offer(NodeBench.Task());
        offer = offer with { Task = offer.Task.Replace("  target: y\n", "  target: y\n  test: { column: diagnosis, values: [ill] }\n", StringComparison.Ordinal) };
        var verdict = PolicyJudge.Judge(new ApprovalPolicy { Columns = ["a", "b", "y"] }, OfferedTask.Of(offer, Coordinator, "/nowhere"), new Party(new PartyId("clinic-1"), PartyRole.Participant, []));
        Assert.Contains(verdict.Objections, o => o.Contains("diagnosis", StringComparison.Ordinal));
    }

    /// <summary>Otherwise the coordinator can repaint what a person is shown while deciding.</summary>
    [Fact]
    public async Task Say_OfTextsTheCoordinatorChose_DoesNotSteerTheTerminal()
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Bound);
        var watcher = new Watcher();
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator);
        var node = await bench.JoinAsync("clinic-1", watcher: watcher);
        using var party = bench.Participate(node, new ApprovalPolicy { MaximumRounds = 1, Ask = false });
        var running = party.RunAsync(once: false, stop.Token);
        NodeBench.Carry(coordinator, stop.Token);
        NodeBench.Carry(node, stop.Token);
        while (coordinator.Board.Connected(node.Self.Id) is null) await Task.Delay(10, stop.Token);
        await node.Store.SaveAsync(new RunRecord("trial-1", RunState.Accepted, default, default, null, TimeProvider.System.GetUtcNow(), null), stop.Token);
        await coordinator.Board.SendControlAsync(node.Self.Id, new Control { Beginning = new Beginning { Run = "\u001b[2Jtrial" } }, stop.Token);
        await coordinator.Board.SendControlAsync(node.Self.Id, new Control { Ending = new Ending { Run = "trial-1", Failed = true, Reason = "\u001b[2J" } }, stop.Token);
        while (watcher.Said.Count < 2) await Task.Delay(10, stop.Token);
        Assert.DoesNotContain(watcher.Said, s => s.Any(char.IsControl));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>An offer that was declined stays on the disk; so many of them fill it, and so does every one that waits for a person.</summary>
    [Fact]
    public async Task Offers_MoreThanAPersonCanAnswer_AreNotAllKept()
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Bound);
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator);
        var node = await bench.JoinAsync("clinic-1");
        using var party = bench.Participate(node, new ApprovalPolicy { MaximumRounds = 1, Ask = false });
        var running = party.RunAsync(once: false, stop.Token);
        NodeBench.Carry(coordinator, stop.Token);
        NodeBench.Carry(node, stop.Token);
        while (coordinator.Board.Connected(node.Self.Id) is null) await Task.Delay(10, stop.Token);
        var answers = 0;
        coordinator.Board.ControlReceived = (_, _, _) =>
        {
            Interlocked.Increment(ref answers);
            return ValueTask.CompletedTask;
        };
        for (var i = 0; i < 200; i++)
        {
            var offer = NodeBench.Offer(NodeBench.Task(), $"trial-{i}").ToMessage();
            await coordinator.Board.SendControlAsync(node.Self.Id, new Control { Offer = offer, Certificate = Google.Protobuf.ByteString.CopyFrom(coordinator.Certificate) }, stop.Token);
        }
        while (Volatile.Read(ref answers) < 200) await Task.Delay(20, stop.Token);
        Assert.InRange(node.Store.Runs().Count, 1, 100);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>The task came from a coordinator that the policy names by its certificate; another key under that name begins.</summary>
    [Fact]
    public async Task Beginning_OfACoordinatorThatThePolicyDoesNotName_IsNotFollowed()
    {
        using var bench = new NodeBench();
        var coordinator = await bench.JoinAsync("coordinator", PartyRole.Coordinator);
        Federation.Nodes.NodeContext[] nodes = [await bench.JoinAsync("clinic-1"), await bench.JoinAsync("clinic-2"), await bench.JoinAsync("clinic-3")];
        var task = OfferedTask.Of(NodeBench.Offer(NodeBench.Task()), Coordinator, "/nowhere");
        var policy = new ApprovalPolicy { Coordinators = [new KnownParty("coordinator", Coordinator.Fingerprint)], Ask = false };
        Assert.Empty(PolicyJudge.Judge(policy, task, nodes[0].Self).Objections);
        var roster = task.Terms.RosterOf("trial-1", [coordinator.Self, .. nodes.Select(m => m.Self)]);
        var message = new RunStart(roster, [], [.. nodes.Prepend(coordinator).Select(m => m.Certificate.ToImmutableArray())]).ToMessage();
        var start = RunStart.Read(message, coordinator.Self.Id, nodes[0].Identity.Peers);
        Assert.Throws<ProtocolException>(() => Federation.Nodes.RosterCheck.Require(start, task, nodes[0].Self, coordinator.Self, policy));
    }

    /// <summary>Not an attack: with more than some 400 parties no run could begin.</summary>
    [Fact]
    public async Task Beginning_OfAThousandParties_FitsIntoWhatACarrierTakes()
    {
        using var bench = new NodeBench();
        using var stop = new CancellationTokenSource(Bound);
        var (coordinator, node) = (await bench.JoinAsync("coordinator", PartyRole.Coordinator), await bench.JoinAsync("clinic-1"));
        var certificate = coordinator.Certificate.ToImmutableArray();
        var parties = Enumerable.Range(0, 1000).Select(k => new Party(new PartyId($"clinic-{k}"), PartyRole.Participant, coordinator.Self.IdentityKey)).Prepend(coordinator.Self);
        var roster = new Roster("trial-1", parties, "secure-aggregation", 700, false, new byte[32]);
        var message = new Control { Beginning = new RunStart(roster, [], [.. Enumerable.Repeat(certificate, 1001)]).ToMessage() };
        Assert.True(message.CalculateSize() > CarrierLimits.MaximumFrameBytes);
        var received = new TaskCompletionSource<Control>();
        node.Board.ControlReceived = (_, control, _) =>
        {
            received.TrySetResult(control);
            return ValueTask.CompletedTask;
        };
        NodeBench.Carry(coordinator, stop.Token);
        NodeBench.Carry(node, stop.Token);
        while (coordinator.Board.Connected(node.Self.Id) is null || node.Board.Connected(coordinator.Self.Id) is null) await Task.Delay(10, stop.Token);
        // The carrier refuses frames that are too long.
        Assert.True(await coordinator.Board.SendControlAsync(node.Self.Id, message, stop.Token));
        Assert.Equal(message, await received.Task.WaitAsync(stop.Token));
        await stop.CancelAsync();
    }
}
