using System.Threading.Channels;
using Coterie.Core.Parties;
using Coterie.Federation.Transports.Carriers;

namespace Coterie.Benchmarks.Transports;

/// <summary>The far end: swallows bulk, sends everything else back. The near end: hands what comes to whoever waits.</summary>
internal sealed class Echo(ICarrier carrier, bool isFar) : IFrameReceiver
{
    /// <summary>First byte of a frame that is not answered.</summary>
    public const byte Bulk = 0;

    /// <summary>First byte of a frame that is.</summary>
    public const byte Question = 1;

    private readonly Channel<int> _answers = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { AllowSynchronousContinuations = true });
    private readonly System.Collections.Concurrent.ConcurrentDictionary<PartyId, TaskCompletionSource> _up = new();

    public Task Up(PartyId peer) => _up.GetOrAdd(peer, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public ValueTask<int> AnswerAsync() => _answers.Reader.ReadAsync();

    public async ValueTask OnFrameAsync(PartyId from, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (frame.Span[0] == Bulk) return;
        if (isFar) await carrier.SendAsync(from, frame, cancellationToken);
        else _answers.Writer.TryWrite(frame.Length);
    }

    public void OnUp(Party peer)
    {
        _up.GetOrAdd(peer.Id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    public void OnDown(PartyId peer)
    {
    }
}
