using Coterie.Federation.Protos;
using Coterie.Federation.RunStore;
using Google.Protobuf;

namespace Coterie.Federation.Transports.Durable;

/// <summary>Reads recorded messages piece by piece; keeps the last one open, since its pieces follow each other.</summary>
internal sealed class OutboundReader(MessageStore messages) : IDisposable
{
    private Stream? _open;
    private long _sequence;

    /// <exception cref="StoreException">The content is not where the outbox says.</exception>
    public Chunk Read(SentMessage message, long offset, int length)
    {
        if (_open is null || _sequence != message.Sequence)
        {
            Dispose();
            _open = messages.ReadContents(message.Digest) ?? throw Missing(message);
            _sequence = message.Sequence;
        }
        var content = new byte[length];
        try
        {
            if (_open.Position != offset) _open.Position = offset;
            _open.ReadExactly(content);
        }
        catch (IOException error)
        {
            throw StoreErrors.From(messages.Node.Folder, error);
        }
        return new Chunk
        {
            Sequence = (ulong)message.Sequence,
            Step = message.Key.Step,
            Index = (uint)message.Key.Index,
            Total = (ulong)message.Bytes,
            Offset = (ulong)offset,
            Digest = UnsafeByteOperations.UnsafeWrap(message.Digest),
            Content = UnsafeByteOperations.UnsafeWrap(content),
        };
    }

    public void Dispose() => _open?.Dispose();

    private StoreException Missing(SentMessage message) =>
        new($"{messages.Node.Folder} holds no content for message {message.Sequence} to {message.Key.Peer} ({message.Key}): the folder was changed from outside. Put a whole copy back or start a new run.");
}
