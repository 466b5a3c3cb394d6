using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.Observability;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports.Durable;
using Microsoft.Extensions.Logging;

namespace Coterie.Federation.Nodes;

/// <summary>What every node stands on.</summary>
internal sealed record NodeContext
{
    /// <summary>Who this party is, and how it judges others.</summary>
    public required NodeIdentity Identity { get; init; }

    /// <summary>Its durable state.</summary>
    public required NodeStore Store { get; init; }

    /// <summary>Its end of the network.</summary>
    public required Switchboard Board { get; init; }

    /// <summary>How long it waits.</summary>
    public required TimeOutSettings TimeOuts { get; init; }

    /// <summary>What it counts.</summary>
    public required NodeFigures Figures { get; init; }

    /// <summary>Where it logs.</summary>
    public required ILogger Log { get; init; }

    /// <summary>Who watches it; is told nothing that could steer a terminal.</summary>
    public required INodeObserver Observer { get; init => field = new PrintableObserver(value); }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>This party as a roster holds it.</summary>
    public Party Self => new(Identity.Name, Identity.Role, Identity.Signer.PublicKey);

    /// <summary>This party's certificate (DER).</summary>
    public byte[] Certificate => Identity.Certificate.RawData;

    /// <summary>This party with its certificate's fingerprint.</summary>
    public VerifiedParty Verified => new(Self, RunStart.Fingerprint(Certificate));

    /// <summary>Saves what is known about a run and counts its state. Of one that is over nothing secret is kept.</summary>
    public async ValueTask SaveAsync(RunRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await Store.SaveAsync(record, cancellationToken);
            if (record.State is RunState.Finished or RunState.Failed) await Store.ForgetAsync(record.Run, cancellationToken);
        }
        catch (StoreException failed)
        {
            Figures.StoreFailed();
            NodeLog.StoreFailed(Log, failed.Message);
            throw;
        }
        Figures.RunIs(record.Run, record.State);
    }

    /// <summary>Does what a process that died between the two did not: forgets messages and secrets of runs that were over.</summary>
    /// <exception cref="StoreException">The state cannot be written.</exception>
    public async ValueTask ForgetEndedAsync(CancellationToken cancellationToken)
    {
        foreach (var record in Store.Runs().Where(r => r.State is RunState.Finished or RunState.Failed && !r.Roster.IsEmpty)) await Store.ForgetAsync(record.Run, cancellationToken);
    }
}
