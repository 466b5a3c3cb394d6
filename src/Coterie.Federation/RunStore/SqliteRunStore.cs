using Coterie.Core.Parties;

namespace Coterie.Federation.RunStore;

/// <summary>One run's durable state at one party. A write is on the disk when the awaited call returns. Thread-safe.</summary>
public sealed class SqliteRunStore : IRunStore
{
    internal SqliteRunStore(string run) => Run = run;

    /// <summary>Names the run.</summary>
    public string Run { get; }

    /// <inheritdoc/>
    public ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, CancellationToken cancellationToken) => throw new NotSupportedException(Run);

    /// <inheritdoc/>
    public ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, StepTag finished, CancellationToken cancellationToken) => throw new NotSupportedException(Run);

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> LoadAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException(Run);

    /// <inheritdoc/>
    public ValueTask ClaimAsync(string key, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken) => throw new NotSupportedException(Run);

    /// <summary>Keeps a round's progress; the same step again changes nothing.</summary>
    public ValueTask RecordAsync(RunProgress progress, CancellationToken cancellationToken) => throw new NotSupportedException(Run);

    /// <summary>Keeps an opening; the same opening again changes nothing. It is on the disk before any later write of this party is.</summary>
    public void RecordOpening(Opening opening) => throw new NotSupportedException(Run);

    /// <summary>All rounds recorded, in order.</summary>
    public IReadOnlyList<RunProgress> History() => throw new NotSupportedException(Run);

    /// <summary>All openings recorded, in order.</summary>
    public IReadOnlyList<Opening> Openings() => throw new NotSupportedException(Run);
}
