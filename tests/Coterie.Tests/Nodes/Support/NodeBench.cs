using System.Collections.Concurrent;
using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.Observability;
using Coterie.Federation.Runs;
using Coterie.Federation.RunStore;
using Coterie.Federation.Tasks;
using Coterie.Federation.Transports.Durable;
using Coterie.Tests.Identity;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coterie.Tests.Nodes.Support;

/// <summary>Nodes in this process, with real identities and stores, on a network in memory.</summary>
internal sealed class NodeBench : IDisposable
{
    private readonly Consortium _consortium = new();
    private readonly MemoryHub _hub = new();
    private readonly List<IDisposable> _open = [];

    public static string Task(string more = "", string mode = "federated", string learner = "{ name: ridge-regression, alpha: 1 }", string preprocessing = "[ standardize ]", int participants = 3) =>
        $$"""
        task: trial
        data:
          target: y
          participants: [ {{string.Join(", ", Enumerable.Range(1, participants).Select(k => $"{{ name: clinic-{k}, file: rows-{k}.csv }}"))}} ]
          schema: { a: { type: num }, b: { type: num, range: [-5, 5] }, y: { type: num } }
        preprocessing: {{preprocessing}}
        learner: {{learner}}
        privacy: { mode: {{mode}}{{more}} }

        """;

    public string Folder => _consortium.Folder;

    /// <summary>The offer of a task, as its coordinator makes it.</summary>
    public static TaskOffer Offer(string task, string run = "trial-1")
    {
        var file = TaskFile.Parse(task, "/nowhere/task.yaml");
        var planned = PlannedTask.Of(file, 1);
        return new TaskOffer(run, task, 1, DeclaredSchema.Resolve(file, planned.Plan.Learner.Task), DeclaredSchema.ParticipantsOf(file), null);
    }

    public async Task<NodeContext> JoinAsync(string name, PartyRole role = PartyRole.Participant, TimeOutSettings? timeOuts = null, Watcher? watcher = null)
    {
        var identity = await _consortium.JoinAsync(name, role);
        var store = NodeStore.Open(Path.Combine(Folder, "state-" + name));
        _open.AddRange([identity, store]);
        var self = new Party(identity.Name, identity.Role, identity.Signer.PublicKey);
        return new NodeContext
        {
            Identity = identity,
            Store = store,
            Board = new Switchboard(_hub.Connect(self)),
            TimeOuts = timeOuts ?? new TimeOutSettings { Absence = TimeSpan.FromSeconds(2) },
            Figures = new NodeFigures(),
            Log = NullLogger.Instance,
            Observer = watcher ?? new Watcher(),
        };
    }

    /// <summary>A coordinator about to offer a task.</summary>
    public static CoordinatorNode Coordinate(NodeContext node, string task)
    {
        var offer = Offer(task);
        var planned = PlannedTask.Of(TaskFile.Parse(task, "/nowhere/task.yaml"), 1);
        var record = new RunRecord(offer.Run, RunState.Offered, offer.ToMessage().ToByteArray(), default, null, TimeProvider.System.GetUtcNow(), null);
        return new CoordinatorNode(node, new OfferedTask(offer, planned, node.Verified), record);
    }

    /// <summary>A participant with a file of rows.</summary>
    public PartyNode Participate(NodeContext node, ApprovalPolicy policy, string? file = null, params string[] approved) =>
        new(node, Settings(node, policy, file), [.. approved], (_, _) => System.Threading.Tasks.Task.CompletedTask);

    public ParticipantSettings Settings(NodeContext node, ApprovalPolicy policy, string? file = null)
    {
        if (file is null) File.WriteAllText(file = Path.Combine(Folder, node.Identity.Name + ".csv"), "a,b,y\n1,2,3\n2,1,4\n4,0,9\n3,3,5\n");
        var settings = new NodeSettings { File = "config.yaml", Home = Folder };
        return new ParticipantSettings(settings, new HostPort("127.0.0.1", 1), new PartyId("coordinator"), policy)
        {
            Data = new DataLocation(file, null, ImmutableSortedDictionary<string, string>.Empty),
        };
    }

    /// <summary>Lets a node's network in.</summary>
    public static void Carry(NodeContext node, CancellationToken cancellationToken) =>
        _ = System.Threading.Tasks.Task.Run(() => node.Board.Carrier.RunAsync(node.Board, cancellationToken), CancellationToken.None);

    public void Dispose()
    {
        foreach (var open in _open) open.Dispose();
        _consortium.Dispose();
    }
}

/// <summary>Keeps what a node says.</summary>
internal sealed class Watcher : INodeObserver
{
    public ConcurrentQueue<string> Said { get; } = new();

    public ConcurrentQueue<Exception> Warned { get; } = new();

    public ConcurrentQueue<TaskSummary> Asked { get; } = new();

    public bool Consents { get; init; }

    public void Listening(string address) => Said.Enqueue(address);

    public void Say(string sentence) => Said.Enqueue(sentence);

    public void Warn(Exception problem) => Warned.Enqueue(problem);

    public void Report(RunProgress value)
    {
    }

    public Task<bool> ConsentAsync(TaskSummary task, CancellationToken cancellationToken)
    {
        Asked.Enqueue(task);
        return Task.FromResult(Consents);
    }
}
