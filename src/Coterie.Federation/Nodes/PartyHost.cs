using System.Net;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.Nodes.Supervision;
using Coterie.Federation.Observability;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Carriers.WebSockets;

namespace Coterie.Federation.Nodes;

/// <summary>Runs a participant, a helper or a model owner in this process: it connects to its coordinator and takes part in what its policy approves.</summary>
public static class PartyHost
{
    /// <summary>Runs until cancelled or, where asked for, until a run has ended.</summary>
    /// <exception cref="IdentityException">There is no identity of that role in the home.</exception>
    /// <exception cref="CarrierRefusedException">The coordinator refuses this party for good.</exception>
    /// <exception cref="RunFailedException">With <see cref="PartyRequest.Once"/>: the run came to no result, or was declined.</exception>
    /// <exception cref="ProtocolException">With <see cref="PartyRequest.Once"/>: a party broke the protocol.</exception>
    /// <exception cref="IOException">The state cannot be read or written, or an address is in use.</exception>
    public static async Task RunAsync(ParticipantSettings settings, PartyRole role, PartyRequest request, INodeObserver observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(observer);
        await using var host = await NodeHost.StartAsync(
            settings.Node, role,
            (identity, links, _) => Task.FromResult<ICarrier>(new LinkClient(new DnsEndPoint(settings.Address.Host, settings.Address.Port), identity, settings.Coordinator, links)),
            observer, cancellationToken);
        var node = host.Context;
        using var party = new PartyNode(node, settings, request.Approved, (task, result) => SaveAsync(settings, request, task, result, observer));
        host.Carry();
        NodeLog.Connects(node.Log, $"{settings.Address}");
        observer.Say($"{node.Identity.Name} connects to {settings.Coordinator} at {settings.Address}.");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = party.RunAsync(request.Once, stop.Token);
        if (await Task.WhenAny(running, host.Carrying) != running)
        {
            await stop.CancelAsync();
            await Task.WhenAny(running);
            await host.Carrying;
        }
        await running;
        if (request.Once && (await party.FirstEnd).Failure is { } failure) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>A party keeps what it learned: the model where it is entitled to it, and the account of what was opened to it.</summary>
    private static Task SaveAsync(ParticipantSettings settings, PartyRequest request, OfferedTask task, NodeRunResult result, INodeObserver observer)
    {
        var folder = Path.Combine(settings.Node.Results ?? Path.Combine(settings.Node.Home, "results"), task.Offer.Run);
        PartyFiles.Write(folder, task.Task, result);
        observer.Say($"What this party learned: {folder}");
        if (request.Supervision is { } supervision) PartyReportFile.Write(Path.Combine(supervision, SupervisedFiles.Report), result.Report);
        return Task.CompletedTask;
    }
}
