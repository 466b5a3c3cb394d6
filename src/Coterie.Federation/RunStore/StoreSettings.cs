using System.Collections.Immutable;

namespace Coterie.Federation.RunStore;

/// <summary>Where a test may stop a store.</summary>
internal enum StorePoint
{
    /// <summary>Nothing of the transaction is on the disk.</summary>
    BeforeCommit,

    /// <summary>All of it is, and nobody knows yet.</summary>
    AfterCommit,

    /// <summary>Before a piece of a large message is written.</summary>
    Spool,
}

/// <summary>How a store deals with a disk that fails.</summary>
internal sealed record StoreSettings
{
    /// <summary>Pauses before a failed write is tried again: half a minute in all, enough to empty a full disk by hand or to remount one.</summary>
    public ImmutableArray<TimeSpan> Retries { get; init; } = [.. new[] { 0.1, 0.4, 1.5, 3, 5, 5, 5, 10 }.Select(TimeSpan.FromSeconds)];

    /// <summary>Called with the file at every <see cref="StorePoint"/>; what it throws stops the write there. For tests.</summary>
    public Action<StorePoint, string>? Probe { get; init; }
}
