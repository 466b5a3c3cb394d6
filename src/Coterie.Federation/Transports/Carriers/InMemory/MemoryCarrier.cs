using Coterie.Core.Parties;

namespace Coterie.Federation.Transports.Carriers.InMemory;

/// <summary>One party's carrier in a process that holds them all.</summary>
internal sealed class MemoryCarrier(MemoryCarriers carriers, Party party) : ICarrier
{
    /// <inheritdoc/>
    public PartyId Self => Party.Id;

    internal Party Party { get; } = party;

    internal HashSet<PartyId> Expected { get; } = [];

    internal IFrameReceiver? Receiver { get; set; }

    /// <inheritdoc/>
    public async Task RunAsync(IFrameReceiver receiver, CancellationToken cancellationToken)
    {
        carriers.Run(this, receiver);
        var stopped = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(stopped.SetResult);
        await stopped.Task;
        await DisposeAsync();
    }

    /// <inheritdoc/>
    public void Expect(PartyId peer) => carriers.Expect(this, peer);

    /// <inheritdoc/>
    public async ValueTask<bool> SendAsync(PartyId to, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (frame.Length > CarrierLimits.MaximumFrameBytes) throw new ArgumentException($"A frame has at most {CarrierLimits.MaximumFrameBytes} bytes.", nameof(frame));
        return carriers.LinkOf(this, to) is { } link && await link.SendAsync(to, frame, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (carriers.IsAttached(this)) carriers.Detach(Self);
        return ValueTask.CompletedTask;
    }
}
