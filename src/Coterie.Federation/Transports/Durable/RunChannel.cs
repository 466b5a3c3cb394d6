using Coterie.Core.Parties;

namespace Coterie.Federation.Transports.Durable;

/// <summary>One party's reliable, durable messages of one run.</summary>
internal sealed class RunChannel : IChannel, IAsyncDisposable
{
    internal RunChannel(RunChannelOptions options) => Options = options;

    /// <summary>What the channel was opened with.</summary>
    public RunChannelOptions Options { get; }

    /// <inheritdoc/>
    public ValueTask SendAsync(PartyId to, StepTag step, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) => throw new NotSupportedException(step.Path);

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(PartyId from, StepTag step, int maximumBytes, CancellationToken cancellationToken) => throw new NotSupportedException(step.Path);

    /// <inheritdoc/>
    public ValueTask SendAsync(PartyId to, StepTag step, long bytes, IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, CancellationToken cancellationToken) => throw new NotSupportedException(step.Path);

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveChunksAsync(PartyId from, StepTag step, long maximumBytes, CancellationToken cancellationToken) => throw new NotSupportedException(step.Path);

    /// <summary>Waits until every peer has everything that was sent to it, or has left the run.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) => throw new NotSupportedException(Options.Roster.RunId);

    /// <summary>Tells the peers, after everything sent before, that this party takes no further part; peers that are not connected are not waited for.</summary>
    public Task DepartAsync(bool failed, string reason, CancellationToken cancellationToken) => throw new NotSupportedException(reason);

    /// <summary>Closes this party's end without a word to the others; the run can be opened again and goes on.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
