using Microsoft.Data.Sqlite;

namespace Coterie.Federation.RunStore;

/// <summary>One connection to a SQLite file. Statements are prepared once; parameters are <c>$1</c>, <c>$2</c>, ... Not thread-safe.</summary>
internal sealed class Database : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    private Database(string path, SqliteConnection connection) => (Path, _connection) = (path, connection);

    public string Path { get; }

    /// <summary>What is done once the open transaction is on the disk; forgotten when it is rolled back.</summary>
    public List<Action> AfterCommit { get; } = [];

    /// <summary>Set by a write of the open transaction: what it deletes must not be left in the log either.</summary>
    public bool LogIsToBeCut { get; set; }

    /// <summary>Opens the file so that a committed transaction is on the disk and deleted content is overwritten.</summary>
    /// <exception cref="StoreException">The file cannot be opened or is damaged.</exception>
    public static Database Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 1 }.ToString());
        var database = new Database(path, connection);
        try
        {
            connection.Open();
            database.Script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;");
            return database;
        }
        catch (SqliteException error)
        {
            database.Dispose();
            throw StoreErrors.From(path, error);
        }
    }

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>Rows changed since the connection was opened.</summary>
    public int TotalChanges => SQLitePCL.raw.sqlite3_total_changes(_connection.Handle);

    /// <summary>Runs statements without parameters.</summary>
    public void Script(string sql)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // scripts are constants and embedded resources
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>Runs one statement; returns how many rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> arguments) => Prepare(sql, arguments).ExecuteNonQuery();

    /// <summary>All rows of a query.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> arguments)
    {
        using var reader = Prepare(sql, arguments).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    /// <summary>The first row's number; 0 where there is none or it is null.</summary>
    public long Number(string sql, params ReadOnlySpan<object?> arguments) => Prepare(sql, arguments).ExecuteScalar() is long value ? value : 0;

    /// <summary>Whether the query has a row.</summary>
    public bool Any(string sql, params ReadOnlySpan<object?> arguments) => Prepare(sql, arguments).ExecuteScalar() is not null;

    /// <summary>
    /// Moves the log into the file and empties it, so that nothing deleted can be read in it; false where somebody reads, and it has to be tried again.
    /// </summary>
    public bool CutLog() => Query("PRAGMA wal_checkpoint(TRUNCATE)", r => r.GetInt64(0) == 0) is [true];

    /// <summary>Lets go of prepared statements, which an error may have left half-way.</summary>
    public void Reset()
    {
        foreach (var command in _commands.Values) command.Dispose();
        _commands.Clear();
    }

    public void Dispose()
    {
        Reset();
        _connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> arguments)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
#pragma warning disable CA2100 // every statement is a constant
            command.CommandText = sql;
#pragma warning restore CA2100
            for (var i = 1; i <= arguments.Length; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
            _commands.Add(sql, command);
        }
        for (var i = 0; i < arguments.Length; i++) command.Parameters[i].Value = arguments[i] ?? DBNull.Value;
        return command;
    }
}
