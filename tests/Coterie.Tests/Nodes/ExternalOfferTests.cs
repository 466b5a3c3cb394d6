using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.RunStore;
using Coterie.Learning.External;
using Coterie.Tests.External;
using Coterie.Tests.Nodes.Support;

namespace Coterie.Tests.Nodes;

/// <summary>What a coordinator can make participants run: nothing but what they allow themselves.</summary>
public sealed class ExternalOfferTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly NodeBench _bench = new();
    private readonly ShellProgram _program = new();

    /// <summary>The attack: the offered task names a command, and would leave a file.</summary>
    private string Task(string more = "") => NodeBench.Task(learner: $"{{ name: external, blocks: {{ b: 1, w: 2 }}, bound: 100, command: [touch, '{_program.At("pwned")}']{more} }}");

    [Theory]
    [InlineData("", "trial")]
    [InlineData(", program: ours", "ours")]
    public async Task Offer_ProgramThatIsNotAllowed_IsDeclinedAndNothingRuns(string named, string looked)
    {
        var failure = await Assert.ThrowsAsync<RunFailedException>(() => RunAsync(Task(named), Allowing("another", _program.Write(start: $"touch '{_program.At("another")}'"))));
        Assert.Contains($" declines: its config allows no program '{looked}', which the task needs", failure.Message, StringComparison.Ordinal);
        Assert.Contains("a command that a task names is never run", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_program.At("pwned")));
        Assert.False(File.Exists(_program.At("another")));
    }

    [Theory]
    [InlineData("", "trial")]
    [InlineData(", program: ours", "ours")]
    public async Task Offer_ProgramThatIsAllowed_RunsItAndNotTheOfferedCommand(string named, string allowed)
    {
        var result = await RunAsync(Task(named), Allowing(allowed, _program.Write()));
        // Four rows each; the last of 20 rounds is number 19.
        Assert.Equal([4.0, 19.0], result!.Model!.Parameters["w"].ToArray().Select(v => Math.Round(v, 6)));
        Assert.False(File.Exists(_program.At("pwned")));
    }

    /// <summary>What a program says may quote rows: the others hear that it failed.</summary>
    [Fact]
    public async Task Run_ProgramFails_TellsOthersNothingItSaid()
    {
        Assert.DoesNotContain("471", NodeRun.ReasonFor(new ExternalProgramException("sh", "patient 4712") { LastLines = ["patient 4711"] }), StringComparison.Ordinal);
        var command = _program.Write("""echo 'patient 4711' >&2; echo '{"error":"patient 4712"}'""");
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(Task(), Allowing("trial", command)));
        Assert.DoesNotContain("471", failure.ToString(), StringComparison.Ordinal);
        Assert.All(_coordinator!.Store.Runs(), r => Assert.DoesNotContain("471", r.Reason ?? "", StringComparison.Ordinal));
        Assert.Contains(_watchers, w => w.Said.Any(s => s.Contains("patient 4712", StringComparison.Ordinal)));
        Assert.Equal(RunState.Failed, Assert.Single(_coordinator.Store.Runs()).State);
    }

    /// <summary>A party without rows starts nothing and needs nothing in its config.</summary>
    [Fact]
    public async Task Summary_ForAPerson_ShowsTheOwnProgramAndNotTheOfferedOne()
    {
        var watcher = new Watcher { Consents = false };
        var coordinator = await _bench.JoinAsync("coordinator", PartyRole.Coordinator, new TimeOutSettings { Gathering = TimeSpan.FromHours(1) });
        var node = await _bench.JoinAsync("clinic-1", watcher: watcher);
        var consent = new TaskConsent(node, Settings(node, new ApprovalPolicy { Ask = true }, Allowing("trial", ["sh", "/srv/train.sh"])), []);
        await consent.DecideAsync(coordinator.Verified, NodeBench.Offer(Task()), wasAccepted: false, CancellationToken.None);
        var facts = Assert.Single(watcher.Asked).Facts;
        Assert.Contains(facts, f => f.Key == "program" && f.Value.Contains("sh /srv/train.sh", StringComparison.Ordinal));
        Assert.Contains(facts, f => f.Key == "learner" && f.Value.Contains("blocks { b: 1, w: 2 }", StringComparison.Ordinal));
        Assert.DoesNotContain(facts, f => f.Value.Contains("pwned", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _bench.Dispose();
        _program.Dispose();
    }

    private NodeContext? _coordinator;
    private readonly List<Watcher> _watchers = [];

    private ImmutableSortedDictionary<string, AllowedProgram> Allowing(string name, ImmutableArray<string> command) =>
        ImmutableSortedDictionary.Create<string, AllowedProgram>(StringComparer.Ordinal).Add(name, new AllowedProgram(command, _program.Folder));

    private ParticipantSettings Settings(NodeContext node, ApprovalPolicy policy, ImmutableSortedDictionary<string, AllowedProgram> programs) => _bench.Settings(node, policy) with { Programs = programs };

    private async Task<NodeRunResult?> RunAsync(string task, ImmutableSortedDictionary<string, AllowedProgram> programs)
    {
        using var stop = new CancellationTokenSource(Patience);
        _coordinator = await _bench.JoinAsync("coordinator", PartyRole.Coordinator, new TimeOutSettings { Gathering = TimeSpan.FromHours(1) });
        var parties = new List<(NodeContext Node, PartyNode Party)>();
        for (var k = 1; k <= 3; k++)
        {
            _watchers.Add(new Watcher());
            var node = await _bench.JoinAsync($"clinic-{k}", watcher: _watchers[^1]);
            parties.Add((node, new PartyNode(node, Settings(node, new ApprovalPolicy { Ask = false }, programs), [], (_, _) => System.Threading.Tasks.Task.CompletedTask)));
        }
        using var hub = NodeBench.Coordinate(_coordinator, task);
        var running = parties.Select(p => p.Party.RunAsync(once: true, stop.Token)).ToArray();
        NodeBench.Carry(_coordinator, stop.Token);
        foreach (var (node, _) in parties) NodeBench.Carry(node, stop.Token);
        NodeRunResult? given = null;
        try
        {
            await hub.RunAsync(
                result =>
                {
                    given = result;
                    return System.Threading.Tasks.Task.CompletedTask;
                },
                stop.Token);
            return given;
        }
        finally
        {
            await System.Threading.Tasks.Task.WhenAll(running).WaitAsync(Patience, CancellationToken.None);
            await stop.CancelAsync();
            foreach (var (_, party) in parties) party.Dispose();
        }
    }
}
