using System.Collections.Concurrent;
using Coterie.Core.Parties;
using Microsoft.Data.Sqlite;

namespace Coterie.Federation.RunStore;

/// <summary>
/// A party's durable state in one folder that only its owner can read: <c>state.db</c> with runs, messages and checkpoints, <c>spool</c> with large
/// messages, and <c>released.db</c> with what was released, apart, so that putting an old state back does not undo it. Thread-safe.
/// </summary>
public sealed class NodeStore : IDisposable
{
    private const string Columns = "run, state, offer, roster, reason, created, deadline";

    private readonly NodeFolder _folder;
    private readonly Database _reader;
    private readonly Lock _reading = new();
    private readonly CommitQueue _state;
    private readonly ReleasedRecord _released;
    private readonly ConcurrentDictionary<string, SqliteRunStore> _runs = new(StringComparer.Ordinal);
    private long _generation;

    private NodeStore(NodeFolder folder, TimeProvider time, StoreSettings settings)
    {
        _folder = folder;
        Time = time;
        Spool = new Spool(folder.Spool, settings, time);
        NodeFolder.Touch(folder.State);
        NodeFolder.Touch(folder.Released);
        var state = Database.Open(folder.State);
        try
        {
            Check(state);
            StoreMigrations.Apply(state, StoreMigrations.State);
            _generation = state.Number("SELECT value FROM meta WHERE name = 'generation'");
            _released = ReleasedRecord.Open(folder.Released, settings, state, ref _generation);
            state.Execute("UPDATE meta SET value = $1 WHERE name = 'generation'", _generation);
            Sweep(state);
            // A process that was killed may have left what it let go of.
            state.CutLog();
            _reader = Database.Open(folder.State);
        }
        catch (SqliteException error)
        {
            _released?.Dispose();
            state.Dispose();
            throw StoreErrors.From(folder.State, error);
        }
        catch (StoreException)
        {
            _released?.Dispose();
            state.Dispose();
            throw;
        }
        _state = new CommitQueue(
            state, settings,
            beforeCommit: d => d.Execute("UPDATE meta SET value = $1 WHERE name = 'generation'", Generation + 1),
            committed: () => Interlocked.Increment(ref _generation),
            cutLog: CutLog);
    }

    /// <summary>The folder.</summary>
    public string Folder => _folder.Path;

    internal TimeProvider Time { get; }

    internal Spool Spool { get; }

    internal ReleasedRecord Released => _released;

    /// <summary>Transactions of the state that are on the disk.</summary>
    internal long Generation => Interlocked.Read(ref _generation);

    /// <summary>Opens the folder, creating it when it is absent, and keeps every other process out of it until disposed.</summary>
    /// <exception cref="StoreException">The folder is in use, damaged, or was written by a newer version.</exception>
    public static NodeStore Open(string folder, TimeProvider? time = null) => Open(folder, time ?? TimeProvider.System, new StoreSettings());

    internal static NodeStore Open(string folder, TimeProvider time, StoreSettings settings)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var taken = NodeFolder.Take(folder);
        try
        {
            return new NodeStore(taken, time, settings);
        }
        catch (Exception error)
        {
            taken.Dispose();
            if (error is UnauthorizedAccessException or SqliteException or (IOException and not StoreException)) throw StoreErrors.From(folder, error);
            throw;
        }
    }

    /// <summary>All runs this party knows, oldest first.</summary>
    public IReadOnlyList<RunRecord> Runs() => Read(d => d.Query($"SELECT {Columns} FROM runs ORDER BY created, id", ReadRecord));

    /// <summary>The run of that name, or null.</summary>
    public RunRecord? Find(string run) => Read(d => d.Query($"SELECT {Columns} FROM runs WHERE run = $1", ReadRecord, run)).FirstOrDefault();

    /// <summary>Saves durably; replaces what was kept about that run.</summary>
    public async ValueTask SaveAsync(RunRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        CheckName(record.Run);
        cancellationToken.ThrowIfCancellationRequested();
        var (offer, roster) = (record.Offer.ToArray(), record.Roster.ToArray());
        await WriteAsync(d => d.Execute(
            """
            INSERT INTO runs (run, state, offer, roster, reason, created, deadline) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (run) DO UPDATE SET state = $2, offer = $3, roster = $4, reason = $5, created = $6, deadline = $7
            """,
            record.Run, (int)record.State, offer, roster, record.Reason, record.Created.ToUnixTimeMilliseconds(), record.Deadline?.ToUnixTimeMilliseconds()));
    }

    /// <summary>The run's durable state; a run nobody saved a record of begins one in state <see cref="RunState.Running"/>.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorCode.AlreadyReleased"/>: the state is older than what this party has released in the run.</exception>
    /// <exception cref="StoreException">The state cannot be read or written.</exception>
    public SqliteRunStore OpenRun(string run)
    {
        CheckName(run);
        Released.ThrowIfRefused(run);
        return _runs.GetOrAdd(run, name =>
        {
            var id = Read(d => d.Number("SELECT id FROM runs WHERE run = $1", name));
            return new SqliteRunStore(this, name, id > 0 ? id : Begin(name));
        });
    }

    /// <summary>Removes a run's messages and checkpoints. Its record, history, openings and claims stay.</summary>
    public async ValueTask ForgetAsync(string run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var id = Read(d => d.Number("SELECT id FROM runs WHERE run = $1", run));
        if (id == 0) return;
        await WriteAsync(d =>
        {
            foreach (var table in (ReadOnlySpan<string>)["checkpoints", "outbox", "contents", "inbox", "absences", "finished", "peers"])
                d.Execute($"DELETE FROM {table} WHERE run = $1", id);
            // Until the log is cut, deleted messages can still be read in it.
            return d.LogIsToBeCut = true;
        });
        Spool.Forget(id);
        _runs.TryRemove(run, out _);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _state.Dispose();
        _released.Dispose();
        lock (_reading) _reader.Dispose();
        _folder.Dispose();
    }

    internal Task<T> WriteAsync<T>(Func<Database, T> write) => _state.WriteAsync(write);

    internal void WriteSoon(Action<Database> write) => _state.WriteSoon(write);

    internal T Read<T>(Func<Database, T> read)
    {
        try
        {
            lock (_reading) return read(_reader);
        }
        catch (SqliteException error)
        {
            throw StoreErrors.From(_folder.State, error);
        }
    }

    /// <summary>While nobody reads: a reader half-way would keep the log.</summary>
    private bool CutLog(Database state)
    {
        lock (_reading) return state.CutLog();
    }

    private long Begin(string run)
    {
        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        return WriteAsync(d =>
        {
            d.Execute("INSERT INTO runs (run, state, offer, roster, created) VALUES ($1, $2, $3, $3, $4) ON CONFLICT DO NOTHING", run, (int)RunState.Running, Array.Empty<byte>(), now);
            return d.Number("SELECT id FROM runs WHERE run = $1", run);
        }).GetAwaiter().GetResult();
    }

    private void Sweep(Database state)
    {
        var named = state.Query("SELECT file FROM contents WHERE file IS NOT NULL UNION SELECT file FROM inbox WHERE file IS NOT NULL", r => r.GetString(0)).ToHashSet(StringComparer.Ordinal);
        var next = state.Query("SELECT run, peer, received FROM peers", r => $"in-{r.GetInt64(0)}-{r.GetString(1)}-{r.GetInt64(2) + 1}-");
        Spool.Sweep(named, name => next.Exists(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
    }

    /// <summary>A damaged file is better found now than in the middle of a run; large ones are found by use.</summary>
    private static void Check(Database state)
    {
        const long LargestChecked = 64 << 20;
        if (new FileInfo(state.Path).Length > LargestChecked) return;
        if (state.Query("PRAGMA quick_check(1)", r => r.GetString(0)) is not ["ok"]) throw StoreErrors.From(state.Path, new SqliteException("quick_check", 11));
    }

    private static RunRecord ReadRecord(SqliteDataReader row) => new(
        row.GetString(0), (RunState)row.GetInt32(1), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3), row.IsDBNull(4) ? null : row.GetString(4),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)), row.IsDBNull(6) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)));

    private static void CheckName(string run)
    {
        if (run is not { Length: > 0 and <= 256 }) throw new ArgumentException("A run's name has 1 to 256 characters.", nameof(run));
    }
}
