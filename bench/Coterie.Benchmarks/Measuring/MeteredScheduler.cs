namespace Coterie.Benchmarks.Measuring;

/// <summary>
/// Runs the tasks of one party on the thread pool and adds up the processor time they took, read from the executing thread's
/// clock before and after each. Continuations of a task come back to its scheduler, so the sum is all a party computed, its
/// sends and receives included.
/// </summary>
internal sealed class MeteredScheduler : TaskScheduler
{
    private long _ticks;

    /// <summary>Processor time so far.</summary>
    public TimeSpan Cpu => new(Interlocked.Read(ref _ticks));

    /// <summary>Starts a party.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> party) =>
        Task.Factory.StartNew(party, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    protected override void QueueTask(Task task) =>
        ThreadPool.UnsafeQueueUserWorkItem(static work => work.Scheduler.Execute(work.Task), (Scheduler: this, Task: task), preferLocal: false);

    // Never inline: nested in another party's task the time would be counted twice.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Execute(Task task)
    {
        var start = CpuClock.Thread;
        TryExecuteTask(task);
        Interlocked.Add(ref _ticks, (CpuClock.Thread - start).Ticks);
    }
}
