namespace Coterie.Federation.RunStore;

/// <summary>
/// Writes to one file by one thread. Writes that wait together share a transaction, and so a flush to the disk; whoever awaits a write goes on when it is
/// on the disk. A write that fails for a cause that may pass (a full disk) is tried again for a while before its caller is told.
/// </summary>
internal sealed class CommitQueue : IDisposable
{
    /// <summary>Writes in one transaction: beyond, sharing the flush gains nothing.</summary>
    private const int LargestBatch = 256;

    /// <summary>How long a write nobody awaits may lie, unless another takes it along.</summary>
    private static readonly TimeSpan Laziness = TimeSpan.FromMilliseconds(200);

    private readonly Database _database;
    private readonly StoreSettings _settings;
    private readonly Action<Database>? _beforeCommit;
    private readonly Action? _committed;
    private readonly Func<Database, bool> _cutLog;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Write> _kept = [];
    private readonly Queue<Write> _queue = new();
    private bool _cutIsOwed;
    private bool _urgent;
    private bool _stopped;

    public CommitQueue(Database database, StoreSettings settings, Action<Database>? beforeCommit = null, Action? committed = null, Func<Database, bool>? cutLog = null)
    {
        _cutLog = cutLog ?? (d => d.CutLog());
        _committed = committed;
        _database = database;
        _settings = settings;
        _beforeCommit = beforeCommit;
        _thread = new Thread(Work) { IsBackground = true, Name = $"writes {Path.GetFileName(database.Path)}" };
        _thread.Start();
    }

    /// <summary>Writes; done when on the disk. The write runs again where its transaction has to be repeated.</summary>
    /// <exception cref="StoreException">The write failed and nothing of it is on the disk.</exception>
    public Task<T> WriteAsync<T>(Func<Database, T> write)
    {
        var entry = new Write<T>(write, awaited: true);
        Put(entry);
        return entry.Done;
    }

    /// <summary>Writes soon, together with what others await. Later awaited writes are on the disk only if this one is.</summary>
    public void WriteSoon(Action<Database> write) => Put(new Write<bool>(d => { write(d); return true; }, awaited: false));

    /// <summary>Finishes what is queued and closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopped) return;
            _stopped = true;
            Monitor.Pulse(_gate);
        }
        _stop.Cancel();
        _thread.Join();
        _stop.Dispose();
        _database.Dispose();
    }

    private void Put(Write entry)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            _queue.Enqueue(entry);
            _urgent |= entry.Awaited;
            if (entry.Awaited || _queue.Count == 1) Monitor.Pulse(_gate);
        }
    }

    private void Work()
    {
        while (Take() is { } batch)
        {
            foreach (var part in batch.Chunk(LargestBatch)) Commit(part);
        }
    }

    private Queue<Write>? Take()
    {
        lock (_gate)
        {
            while (_queue.Count == 0 && !_stopped) Monitor.Wait(_gate);
            if (!_urgent && !_stopped) Monitor.Wait(_gate, Laziness);
            if (_queue.Count == 0 && _stopped) return null;
            var taken = new Queue<Write>(_kept.Concat(_queue));
            _kept.Clear();
            _queue.Clear();
            _urgent = false;
            return taken;
        }
    }

    private void Commit(Write[] batch)
    {
        var failure = TryCommit(batch);
        for (var attempt = 0; failure is not null && StoreErrors.MayPass(failure) && attempt < _settings.Retries.Length && Pause(_settings.Retries[attempt]); attempt++)
            failure = TryCommit(batch);
        if (failure is null)
        {
            foreach (var write in batch) write.Succeed();
            return;
        }
        // One write must not fail others that only shared its transaction.
        if (batch.Length > 1 && !StoreErrors.MayPass(failure))
        {
            foreach (var write in batch) Commit([write]);
            return;
        }
        // What nobody awaits is kept for the next transaction: a later write must not be on the disk without it.
        if (StoreErrors.MayPass(failure)) _kept.AddRange(batch.Where(w => !w.Awaited));
        foreach (var write in batch) write.Fail(failure is Microsoft.Data.Sqlite.SqliteException or IOException ? StoreErrors.From(_database.Path, failure) : failure);
    }

    /// <summary>The failure is handed to whoever awaits the write.</summary>
    private Exception? TryCommit(Write[] batch)
    {
        try
        {
            _settings.Probe?.Invoke(StorePoint.BeforeCommit, _database.Path);
            _database.AfterCommit.Clear();
            _database.LogIsToBeCut = false;
            _database.Script("BEGIN IMMEDIATE");
            var before = _database.TotalChanges;
            foreach (var write in batch) write.Run(_database);
            var changed = _database.TotalChanges != before;
            if (changed) _beforeCommit?.Invoke(_database);
            _database.Script("COMMIT");
            // SQLite goes on writing to a file that was deleted or whose disk was taken away; a restart would not find it.
            if (!File.Exists(_database.Path)) throw new StoreException($"{_database.Path} is gone: it was removed while in use. Put the folder back and start again.");
            if (changed) _committed?.Invoke();
            foreach (var action in _database.AfterCommit) action();
            _cutIsOwed |= _database.LogIsToBeCut;
            CutLogWhereOwed();
            _settings.Probe?.Invoke(StorePoint.AfterCommit, _database.Path);
            return null;
        }
        catch (Exception error)
        {
            _database.Reset();
            try
            {
                if (_database.InTransaction) _database.Script("ROLLBACK");
            }
            catch (Microsoft.Data.Sqlite.SqliteException second)
            {
                return new StoreException($"{_database.Path} can no longer be written: {second.Message}", error);
            }
            return error;
        }
    }

    /// <summary>What was written is on the disk whether this succeeds or not: where it does not, it stays owed, to the next commit and to the next start.</summary>
    private void CutLogWhereOwed()
    {
        if (!_cutIsOwed) return;
        try
        {
            _cutIsOwed = !_cutLog(_database);
        }
        catch (Microsoft.Data.Sqlite.SqliteException error) when (StoreErrors.MayPass(error))
        {
            _database.Reset();
        }
    }

    private bool Pause(TimeSpan delay) => !_stop.Token.WaitHandle.WaitOne(delay);

    private abstract class Write(bool awaited)
    {
        public bool Awaited { get; } = awaited;

        public abstract void Run(Database database);

        public abstract void Succeed();

        public abstract void Fail(Exception error);
    }

    private sealed class Write<T>(Func<Database, T> write, bool awaited) : Write(awaited)
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;

        public Task<T> Done => _done.Task;

        public override void Run(Database database) => _result = write(database);

        public override void Succeed() => _done.TrySetResult(_result);

        public override void Fail(Exception error)
        {
            _done.TrySetException(error);
            // A write nobody awaits fails unobserved: the next awaited one meets the same cause.
            _ = _done.Task.Exception;
        }
    }
}
