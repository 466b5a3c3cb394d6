using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;
using Coterie.Federation.Protos;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>One party's connection, as the coordinator holds it.</summary>
internal sealed class HubLink : IAsyncDisposable
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ending;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _told;

    /// <summary>The connection of <paramref name="party"/>, which ends with <paramref name="cancellationToken"/>.</summary>
    public HubLink(Party party, X509Certificate2 certificate, Func<HubLink, PacketSocket> connect, CancellationToken cancellationToken)
    {
        Party = party;
        Certificate = certificate;
        Socket = connect(this);
        _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Ending = _ending.Token;
    }

    /// <summary>Who it is, by its certificate.</summary>
    public Party Party { get; }

    /// <summary>The certificate, to be judged again when the list of revoked ones changes.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The connection.</summary>
    public PacketSocket Socket { get; }

    /// <summary>Parties it wants to be told of. Guarded by the hub's lock.</summary>
    public HashSet<PartyId> Wanted { get; } = [];

    /// <summary>Parties it was told are down because they take nothing. Guarded by the hub's lock.</summary>
    public HashSet<PartyId> Stalled { get; } = [];

    /// <summary>Cancelled when the connection is to end.</summary>
    public CancellationToken Ending { get; }

    /// <summary>Completes when nothing of this connection will be delivered any more.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether it is on its way out: nothing it sends counts any more.</summary>
    public bool IsEnding => Volatile.Read(ref _told) != 0 || Ending.IsCancellationRequested;

    /// <summary>Tells the party why, and ends the connection: within some seconds, whatever the party does.</summary>
    public async Task EndAsync(Packet? refusal)
    {
        if (Interlocked.Exchange(ref _told, 1) != 0) return;
        await Socket.CloseAsync(refusal);
        // The party answers by closing too, which ends the reader; cancelling it breaks the connection off.
        await Task.WhenAny(Ended, Task.Delay(Goodbye, CancellationToken.None));
        try
        {
            await _ending.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself meanwhile.
        }
    }

    /// <summary>Nothing will be delivered any more.</summary>
    public void HasEnded() => _ended.TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Socket.DisposeAsync();
        _ending.Dispose();
    }
}
