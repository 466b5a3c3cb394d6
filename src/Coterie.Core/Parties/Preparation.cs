namespace Coterie.Core.Parties;

/// <summary>
/// What a coordinator is asked to do ahead of a run's rounds: whatever two parties exchange that does not depend on rows or model. When it is done the run stands still, to be gone on with later.
/// </summary>
public sealed class Preparation
{
    private readonly TaskCompletionSource<PreparedRounds> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="rounds">How many rounds at most, 1 or more; null: all.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 1.</exception>
    public Preparation(int? rounds = null)
    {
        if (rounds is { } number) ArgumentOutOfRangeException.ThrowIfLessThan(number, 1, nameof(rounds));
        Rounds = rounds;
    }

    /// <summary>How many rounds at most; null: all.</summary>
    public int? Rounds { get; }

    /// <summary>What was prepared, once it is on the disks of all.</summary>
    public Task<PreparedRounds> Done => _done.Task;

    /// <summary>Says that everything is prepared, and waits until somebody stops the run: it goes no further.</summary>
    public Task StopHereAsync(PreparedRounds prepared, CancellationToken cancellationToken)
    {
        _done.TrySetResult(prepared);
        return Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>Refuses it where a run has nothing to prepare.</summary>
    /// <exception cref="PreparationException">Preparation was asked for.</exception>
    public static void Refuse(Session session, string why)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (session.Preparation is not null) throw new PreparationException($"nothing can be prepared: {why}");
    }
}
