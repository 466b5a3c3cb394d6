namespace Coterie.Benchmarks.Measuring;

/// <summary>
/// Runs the tasks of one party on the thread pool and adds up the processor time they took, read from the executing thread's
/// clock before and after each. Continuations of a task come back to its scheduler, so the sum is all a party computed, its
/// sends and receives included.
/// </summary>
internal sealed class MeteredScheduler : TaskScheduler
{
    private long _ticks;
    private int _unfinished;

    /// <summary>Processor time so far.</summary>
    public TimeSpan Cpu => new(Interlocked.Read(ref _ticks));

    /// <summary>Starts a party.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> party) =>
        Task.Factory.StartNew(party, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>
    /// Waits until all work is counted. A party's result is known inside its last piece of work, before that is added: read <see cref="Cpu"/> after this.
    /// </summary>
    public async Task SettleAsync()
    {
        await Task.Yield();   // whoever waits may have been resumed inside that last piece
        while (Volatile.Read(ref _unfinished) > 0) await Task.Delay(TimeSpan.FromMilliseconds(1));
    }

    protected override void QueueTask(Task task)
    {
        Interlocked.Increment(ref _unfinished);
        ThreadPool.UnsafeQueueUserWorkItem(static work => work.Scheduler.Execute(work.Task), (Scheduler: this, Task: task), preferLocal: false);
    }

    // Never inline: nested in another party's task the time would be counted twice.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Execute(Task task)
    {
        var start = CpuClock.Thread;
        TryExecuteTask(task);
        Interlocked.Add(ref _ticks, (CpuClock.Thread - start).Ticks);
        Interlocked.Decrement(ref _unfinished);
    }
}
