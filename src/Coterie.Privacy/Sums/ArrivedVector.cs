using Coterie.Core.Parties;

namespace Coterie.Privacy.Sums;

/// <summary>A vector that has arrived in full and is read once, piece by piece.</summary>
internal sealed class ArrivedVector : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ReadOnlyMemory<byte>> _pieces;
    private readonly StepTag _step;
    private readonly int _entries;

    private ArrivedVector(PartyId sender, IAsyncEnumerator<ReadOnlyMemory<byte>> pieces, StepTag step, int entries) =>
        (Sender, _pieces, _step, _entries) = (sender, pieces, step, entries);

    public PartyId Sender { get; }

    /// <summary>Waits for it; null when the sender is gone or silent.</summary>
    public static async Task<ArrivedVector?> ReceiveAsync(IChannel channel, PartyId sender, StepTag step, int entries, CancellationToken cancellationToken)
    {
        var pieces = channel.ReceiveChunksAsync(sender, step, VectorStream.BytesOf(entries), cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            // Pieces are handed out once all of them are there: whoever gave the first has given all.
            if (await pieces.MoveNextAsync()) return new ArrivedVector(sender, pieces, step, entries);
        }
        catch (PeerUnavailableException error) when (error.Peer == sender)
        {
            await pieces.DisposeAsync();
            return null;
        }
        await pieces.DisposeAsync();
        throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"Message from {sender} at {step} is empty; a vector of {entries} entries expected.", step.Path, sender);
    }

    /// <summary>Hands the entries on, in order, from an index on.</summary>
    /// <exception cref="ProtocolException">Another number of entries; the sender is named.</exception>
    public ValueTask ReadAsync(Action<int, ReadOnlySpan<ulong>> accept, CancellationToken cancellationToken) =>
        VectorStream.ReadAsync(Rest(), _entries, Sender, _step, accept, cancellationToken);

    public ValueTask DisposeAsync() => _pieces.DisposeAsync();

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> Rest()
    {
        do yield return _pieces.Current;
        while (await _pieces.MoveNextAsync());
    }
}
