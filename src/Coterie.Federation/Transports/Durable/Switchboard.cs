using Coterie.Core.Parties;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers;

namespace Coterie.Federation.Transports.Durable;

/// <summary>One party's end of a carrier: frames of runs go to their channels, controls to the party.</summary>
internal sealed class Switchboard : IFrameReceiver
{
    /// <summary>Stands on a carrier; <see cref="ICarrier.RunAsync"/> is called by whoever owns it, with this as the receiver.</summary>
    public Switchboard(ICarrier carrier, TimeProvider? time = null)
    {
        Carrier = carrier;
        Time = time ?? TimeProvider.System;
    }

    /// <summary>What frames travel on.</summary>
    public ICarrier Carrier { get; }

    /// <summary>This party.</summary>
    public PartyId Self => Carrier.Self;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Takes the controls peers send, one at a time per peer; the next frame of that peer waits. May come from several threads.</summary>
    public Func<Party, Control, CancellationToken, ValueTask>? ControlReceived { get; set; }

    /// <summary>A peer can be sent to.</summary>
    public event Action<Party>? Up;

    /// <summary>A peer cannot be sent to for now.</summary>
    public event Action<PartyId>? Down;

    /// <summary>Opens this party's end of a run.</summary>
    /// <exception cref="ArgumentException">The run is open already, or this party is not on its roster.</exception>
    public RunChannel Open(RunChannelOptions options) => new(options);

    /// <summary>Sends once, without repetition; false when the peer is not up.</summary>
    public ValueTask<bool> SendControlAsync(PartyId to, Control control, CancellationToken cancellationToken) => throw new NotSupportedException(to.Name);

    /// <summary>The peer as the carrier knows it, or null when it is not up.</summary>
    public Party? Connected(PartyId peer) => throw new NotSupportedException(peer.Name);

    /// <inheritdoc/>
    public ValueTask OnFrameAsync(PartyId from, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) => throw new NotSupportedException(from.Name);

    /// <inheritdoc/>
    public void OnUp(Party peer) => Up?.Invoke(peer);

    /// <inheritdoc/>
    public void OnDown(PartyId peer) => Down?.Invoke(peer);
}
