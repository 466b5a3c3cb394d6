using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Federation.Data;
using Coterie.Federation.Identity;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.Nodes.Supervision;
using Coterie.Federation.Observability;
using Coterie.Federation.Protos;
using Coterie.Federation.Runs;
using Coterie.Federation.RunStore;
using Coterie.Federation.Tasks;
using Coterie.Federation.Transports.Carriers.WebSockets;
using Google.Protobuf;

namespace Coterie.Federation.Nodes;

/// <summary>Runs a coordinator in this process: it listens, waits for the parties of its task, runs and writes the result.</summary>
public static class CoordinatorHost
{
    private static readonly TimeSpan RevocationCheck = TimeSpan.FromSeconds(30);

    /// <summary>Runs a task to its end, or prepares it; one that was interrupted before goes on.</summary>
    /// <exception cref="TaskFileException">The task is not one that a coordinator without rows can offer.</exception>
    /// <exception cref="IdentityException">There is no coordinator's identity in the home.</exception>
    /// <exception cref="RunFailedException">Too few participants take part, or the model's owner does not.</exception>
    /// <exception cref="ProtocolException">Too few participants stayed, or a party broke the protocol.</exception>
    /// <exception cref="IOException">The state cannot be read or written, or an address is in use.</exception>
    public static async Task RunAsync(CoordinatorSettings settings, CoordinatorRequest request, INodeObserver observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(observer);
        var file = TaskFile.Load(request.TaskFile);
        var planned = PlannedTask.Of(file, request.Seed);
        var offer = OfferOf(request, planned);
        planned.RequireRoster(offer.Participants);
        var held = HeldOut(file, offer.Schema);
        using var authority = settings.Authority is { } folder ? ConsortiumAuthority.Open(folder, TimeProvider.System) : null;
        RelayServer? server = null;
        await using var host = await NodeHost.StartAsync(
            settings.Node, PartyRole.Coordinator,
            async (identity, links, stop) => server = await RelayServer.ListenAsync(
                settings.Listen.ToEndPoint()!, identity, links, authority is null ? null : app => AuthorityEndpoints.Map(app, authority), stop),
            observer, cancellationToken);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = authority is null ? Task.CompletedTask : WatchRevocationsAsync(host.Context, authority, server!, stopping.Token);
        try
        {
            await RunAsync(host, server!, request, planned, offer, held, cancellationToken);
        }
        finally
        {
            await stopping.CancelAsync();
            await Task.WhenAny(watching);
        }
    }

    private static async Task RunAsync(
        NodeHost host, RelayServer server, CoordinatorRequest request, PlannedTask planned, TaskOffer offer, TaskData held, CancellationToken cancellationToken)
    {
        var node = host.Context;
        planned.RequireNamedApart([node.Identity.Name]);
        var record = await RecordOfAsync(node, offer, cancellationToken);
        offer = TaskOffer.Read(Offer.Parser.ParseFrom(record.Offer.Span), node.Identity.Name);
        using var coordinator = new CoordinatorNode(node, new OfferedTask(offer, planned, node.Verified), record) { Preparation = request.Preparation };
        host.Carry();
        NodeLog.Listens(node.Log, $"{server.Endpoint}");
        node.Observer.Listening($"{server.Endpoint}");
        var running = coordinator.RunAsync(result => SaveAsync(request, planned, held, result), cancellationToken);
        if (await Task.WhenAny(running, host.Carrying) != running) await host.Carrying;
        await running;
        if (!request.Stay || request.Preparation is not null) return;
        node.Observer.Say("The coordinator stays; Ctrl-C ends it.");
        await coordinator.StayAsync(cancellationToken);
    }

    private static async Task SaveAsync(CoordinatorRequest request, PlannedTask planned, TaskData held, NodeRunResult result)
    {
        if (result.Model is { } model)
            await request.Save(TaskRunner.Evaluate(new PreparedTask(planned.File, planned.Plan, planned.Mode, held), result.Report.ToOutcome(model)));
        else await request.SaveAccount(folder => PartyFiles.Write(folder, planned, result));
        if (request.Supervision is { } folder) PartyReportFile.Write(Path.Combine(folder, SupervisedFiles.Report), result.Report);
    }

    /// <summary>An unfinished run of the same task, seed and participants, or a new one.</summary>
    private static async Task<RunRecord> RecordOfAsync(NodeContext node, TaskOffer offer, CancellationToken cancellationToken)
    {
        foreach (var known in node.Store.Runs().Where(r => r.State is RunState.Offered or RunState.Running && !r.Offer.IsEmpty).Reverse())
        {
            var earlier = TaskOffer.Read(Offer.Parser.ParseFrom(known.Offer.Span), node.Identity.Name);
            if (earlier.Task != offer.Task || earlier.Seed != offer.Seed || !earlier.Participants.SequenceEqual(offer.Participants)) continue;
            node.Figures.RunIs(known.Run, known.State);
            node.Observer.Say($"Run {known.Run} goes on.");
            return known;
        }
        var deadline = node.Time.GetUtcNow() + node.TimeOuts.Deadline;
        offer = offer with { Run = offer.Run + "-" + Convert.ToHexStringLower(CryptographicRandom.Instance.Bytes(4)), Deadline = deadline };
        var record = new RunRecord(offer.Run, RunState.Offered, offer.ToMessage().ToByteArray(), default, null, node.Time.GetUtcNow(), deadline);
        await node.SaveAsync(record, cancellationToken);
        return record;
    }

    /// <summary>The offer without a run's name: from the task alone, or as whoever supervises this process found the columns.</summary>
    private static TaskOffer OfferOf(CoordinatorRequest request, PlannedTask planned)
    {
        var text = Tasks.Yaml.YamlFile.ReadText(request.TaskFile, "task file", TaskFile.MaximumBytes);
        if (request.Supervision is { } folder)
        {
            var given = TaskOffer.Read(Offer.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, SupervisedFiles.Offer))), new PartyId("supervisor"));
            return given with { Run = planned.File.Name, Task = text, Seed = request.Seed };
        }
        var participants = DeclaredSchema.ParticipantsOf(planned.File);
        return new TaskOffer(planned.File.Name, text, request.Seed, DeclaredSchema.Resolve(planned.File, planned.Plan.Learner.Task), participants, null);
    }

    /// <summary>Test and validation rows that have a file of their own on this machine.</summary>
    private static TaskData HeldOut(TaskFile file, Schema schema)
    {
        (Shard Shard, ImmutableArray<RowOrigin> Origins)? Read(HoldOut? rows)
        {
            if (rows is not FileHoldOut held || !File.Exists(held.File)) return null;
            var table = DataFile.Read(held.File, file.Data.Schema.Values.Where(c => c.Type is ColumnType.Categorical || !c.Values.IsEmpty).Select(c => c.Name).ToHashSet(StringComparer.Ordinal));
            var weights = file.Data.Weights is { } name && table.Find(name) is not null ? name : null;
            return (ShardReader.Read(table, schema, weights), [.. Enumerable.Range(0, table.Rows).Select(r => new RowOrigin(held.File, r, table.LineOf(r)))]);
        }
        var (test, validation) = (Read(file.Data.Test), Read(file.Data.Validation));
        return new TaskData(schema, [], test?.Shard, validation?.Shard) { TestOrigins = test?.Origins ?? [], ValidationOrigins = validation?.Origins ?? [] };
    }

    /// <summary>What the authority revokes on this machine is no longer served here, and its parties are cut off.</summary>
    private static async Task WatchRevocationsAsync(NodeContext node, ConsortiumAuthority authority, RelayServer server, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(RevocationCheck, node.Time);
        do
        {
            try
            {
                node.Identity.InstallRevocations(authority.Revocations().Encoded.Span);
                server.Recheck();
            }
            catch (Exception failed) when (failed is IdentityException or IOException or CryptographicException)
            {
                NodeLog.RevocationsUnread(node.Log, failed.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }
}
