using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Configuration;

namespace Coterie.Cli.Nodes;

/// <summary>Runs a participant, a helper or a model owner as a command.</summary>
internal static class PartyRunner
{
    public static async Task RunAsync(ParticipantSettings settings, PartyRole role, PartyRequest request, CommandContext context, CancellationToken cancellationToken)
    {
        using var stop = request.Supervision is null ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken) : Supervision.Watch(cancellationToken);
        INodeObserver observer = request.Supervision is null ? new TerminalObserver(context) : new SupervisedObserver();
        try
        {
            await PartyHost.RunAsync(settings, role, request, observer, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            var kept = $"stopped: what was begun is kept in {Format.Path(settings.Node.Home)}; the same command goes on with it.";
            // A node that would have gone on for ever was ended as it should be; one that was to see a run through was not.
            if (request.Once) throw new StoppedException(kept);
            observer.Say(kept);
        }
    }
}
