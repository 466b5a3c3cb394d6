using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Microsoft.Data.Sqlite;

namespace Coterie.Federation.RunStore;

/// <summary>What left this party, in a file of its own that outlives a state that is put back.</summary>
internal sealed class ReleasedRecord : IDisposable
{
    /// <summary>Bytes of a witness: nobody guesses 128 bits.</summary>
    public const int WitnessBytes = 16;

    private readonly CommitQueue _queue;
    private readonly byte[] _secret;
    private readonly ConcurrentDictionary<string, string> _refusals;

    private ReleasedRecord(CommitQueue queue, byte[] secret, ConcurrentDictionary<string, string> refusals) => (_queue, _secret, _refusals) = (queue, secret, refusals);

    /// <summary>
    /// Opens the record and refuses, for good, the runs whose claims are younger than the state, and all runs of a state that belongs to another record.
    /// <paramref name="generation"/> becomes at least that of the youngest claim, so that claims made from now on are told from old ones.
    /// </summary>
    public static ReleasedRecord Open(string path, StoreSettings settings, Database state, ref long generation)
    {
        var database = Database.Open(path);
        try
        {
            StoreMigrations.Apply(database, StoreMigrations.Released);
            var isNew = database.Execute("INSERT INTO witness (id, secret) VALUES (1, $1) ON CONFLICT DO NOTHING", RandomNumberGenerator.GetBytes(32)) > 0;
            var secret = database.Query("SELECT secret FROM witness", r => r.GetFieldValue<byte[]>(0))[0];
            Pair(database, secret, isNew, state);
            foreach (var run in database.Query("SELECT run FROM claims GROUP BY run HAVING MAX(generation) > $1", r => r.GetString(0), generation))
                Refuse(database, run, $"The state in {state.Path} is older than the record of what was released in {run}: an earlier copy was put back.");
            generation = Math.Max(generation, database.Number("SELECT MAX(generation) FROM claims"));
            var refusals = database.Query("SELECT run, reason FROM refusals", r => KeyValuePair.Create(r.GetString(0), r.GetString(1)));
            return new ReleasedRecord(new CommitQueue(database, settings), secret, new ConcurrentDictionary<string, string>(refusals, StringComparer.Ordinal));
        }
        catch (SqliteException error)
        {
            database.Dispose();
            throw StoreErrors.From(path, error);
        }
        catch (StoreException)
        {
            database.Dispose();
            throw;
        }
    }

    /// <exception cref="ProtocolException">The run is refused.</exception>
    public void ThrowIfRefused(string run)
    {
        if (_refusals.TryGetValue(run, out var reason)) throw Refused(run, reason);
    }

    /// <summary>Refuses the run from now on, after restarts too; returns the error to end it with.</summary>
    public async Task<ProtocolException> RefuseAsync(string run, string reason)
    {
        _refusals.TryAdd(run, reason);
        await _queue.WriteAsync(d => Refuse(d, run, reason));
        return Refused(run, reason);
    }

    public async ValueTask ClaimAsync(string run, string key, byte[] digest, long generation)
    {
        var same = await _queue.WriteAsync(d =>
        {
            var before = d.Query("SELECT digest FROM claims WHERE run = $1 AND key = $2", r => r.GetFieldValue<byte[]>(0), run, key);
            if (before is [var claimed]) return claimed.AsSpan().SequenceEqual(digest);
            d.Execute("INSERT INTO claims (run, key, digest, generation) VALUES ($1, $2, $3, $4)", run, key, digest, generation);
            return true;
        });
        if (!same) throw ClaimErrors.AlreadyReleased(key);
    }

    /// <summary>What only this party can make: that it once had message <paramref name="number"/> of that direction with the peer.</summary>
    public byte[] Witness(string run, PartyId peer, bool sent, long number)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie witness v1");
        writer.WriteText(run);
        writer.WriteText(peer.Name);
        writer.WriteByte(sent ? (byte)1 : (byte)0);
        writer.WriteInt64(number);
        return HMACSHA256.HashData(_secret, writer.WrittenMemory.Span)[..WitnessBytes];
    }

    public void Dispose()
    {
        _queue.Dispose();
        CryptographicOperations.ZeroMemory(_secret);
    }

    /// <summary>
    /// The state names the record it belongs to. Where that one is gone nobody knows what has left in the runs of the state, so none of them goes on;
    /// runs that begin later do.
    /// </summary>
    private static void Pair(Database database, byte[] secret, bool isNew, Database state)
    {
        var name = BinaryPrimitives.ReadInt64LittleEndian(HMACSHA256.HashData(secret, "coterie record v1"u8));
        var known = state.Query("SELECT value FROM meta WHERE name = 'record'", r => r.GetInt64(0));
        if (known is [var same] && same == name) return;
        if (isNew || known.Count > 0)
        {
            database.Script("BEGIN IMMEDIATE");
            foreach (var run in state.Query("SELECT run FROM runs", r => r.GetString(0)))
                Refuse(database, run, $"The record of what was released in {run}, which was in {database.Path}, is gone or another one.");
            database.Script("COMMIT");
        }
        // Only now: a process that is killed in between finds them apart again.
        state.Execute("INSERT INTO meta (name, value) VALUES ('record', $1) ON CONFLICT (name) DO UPDATE SET value = $1", name);
    }

    private static bool Refuse(Database database, string run, string reason) =>
        database.Execute("INSERT INTO refusals (run, reason) VALUES ($1, $2) ON CONFLICT DO NOTHING", run, reason) > 0;

    private static ProtocolException Refused(string run, string reason) => new(
        ProtocolErrorCode.AlreadyReleased, $"{reason} Going on could release a contribution a second time in another form, so this party takes no further part in {run}; start a new run.", run);
}
