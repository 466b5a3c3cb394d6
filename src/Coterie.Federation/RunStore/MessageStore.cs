using Coterie.Core.Parties;
using Coterie.Federation.Transports.Durable;

namespace Coterie.Federation.RunStore;

/// <summary>The messages of one run on this party's disk. Thread-safe.</summary>
internal sealed class MessageStore(NodeStore node, string run, long id)
{
    /// <summary>Rows whose step is $2 or within it; '0' is the character after '/'.</summary>
    private const string Within = "(step = $2 OR (step >= $2 || '/' AND step < $2 || '0'))";

    /// <summary>Told when a step's messages were let go of.</summary>
    public event Action<StepTag>? Finished;

    public string Run => run;

    public NodeStore Node => node;

    public void OnFinished(StepTag step) => Finished?.Invoke(step);

    /// <summary>Keeps a message to be sent; one that is there already under that key is what counts, and comes back.</summary>
    public Task<SentMessage> RecordSentAsync(MessageKey key, long bytes, byte[] digest, byte[]? payload, string? file) => node.WriteAsync(d =>
    {
        var peer = key.Peer.Name;
        if (FindSent(d, key) is { } recorded) return recorded;
        Introduce(d, key.Peer);
        d.Execute("UPDATE peers SET sent = sent + 1 WHERE run = $1 AND peer = $2", id, peer);
        var sequence = d.Number("SELECT sent FROM peers WHERE run = $1 AND peer = $2", id, peer);
        d.Execute("INSERT INTO contents (run, digest, payload, file) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", id, digest, payload, file);
        d.Execute(
            "INSERT INTO outbox (run, peer, step, idx, sequence, bytes, digest) VALUES ($1, $2, $3, $4, $5, $6, $7)", id, peer, key.Step, key.Index, sequence, bytes, digest);
        return new SentMessage(key, sequence, bytes, digest);
    });

    public SentMessage? FindSent(MessageKey key) => node.Read(d => FindSent(d, key));

    /// <summary>Whether the spool file is the content some message refers to.</summary>
    public bool IsContent(string file) => node.Read(d => d.Any("SELECT 1 FROM contents WHERE run = $1 AND file = $2", id, file));

    /// <summary>Messages some peer has not acknowledged, by number.</summary>
    public List<SentMessage> Unacknowledged() => node.Read(d => d.Query(
        """
        SELECT o.peer, o.step, o.idx, o.sequence, o.bytes, o.digest FROM outbox o JOIN peers p ON p.run = o.run AND p.peer = o.peer
        WHERE o.run = $1 AND o.sequence > p.acknowledged ORDER BY o.sequence
        """,
        r => new SentMessage(new MessageKey(new PartyId(r.GetString(0)), r.GetString(1), r.GetInt32(2)), r.GetInt64(3), r.GetInt64(4), r.GetFieldValue<byte[]>(5)), id));

    public List<PeerCounters> Counters() => node.Read(d => d.Query(
        "SELECT peer, sent, acknowledged, acknowledged_witness, received, received_witness FROM peers WHERE run = $1",
        r => new PeerCounters(new PartyId(r.GetString(0)), r.GetInt64(1), r.GetInt64(2), r.GetFieldValue<byte[]>(3), r.GetInt64(4), r.GetFieldValue<byte[]>(5)), id));

    /// <summary>The peer has message <paramref name="sequence"/> and all before; content that nobody waits for goes.</summary>
    public void RecordAcknowledged(PartyId peer, long sequence, byte[] witness) => node.WriteSoon(d =>
    {
        var before = d.Number("SELECT acknowledged FROM peers WHERE run = $1 AND peer = $2", id, peer.Name);
        if (sequence <= before) return;
        d.Execute("UPDATE peers SET acknowledged = $3, acknowledged_witness = $4 WHERE run = $1 AND peer = $2", id, peer.Name, sequence, witness);
        var digests = d.Query(
            "SELECT DISTINCT digest FROM outbox WHERE run = $1 AND peer = $2 AND sequence > $3 AND sequence <= $4", r => r.GetFieldValue<byte[]>(0), id, peer.Name, before, sequence);
        foreach (var digest in digests)
        {
            if (d.Any(
                """
                SELECT 1 FROM outbox o JOIN peers p ON p.run = o.run AND p.peer = o.peer WHERE o.run = $1 AND o.digest = $2 AND o.sequence > p.acknowledged LIMIT 1
                """, id, digest)) continue;
            DeleteLater(d, d.Query("SELECT file FROM contents WHERE run = $1 AND digest = $2 AND file IS NOT NULL", r => r.GetString(0), id, digest));
            d.Execute("DELETE FROM contents WHERE run = $1 AND digest = $2", id, digest);
        }
    });

    /// <summary>Keeps a message that arrived, if it is the next and somebody may ask for it.</summary>
    public Task<Arrival> RecordReceivedAsync(ReceivedMessage message) => node.WriteAsync(d =>
    {
        var (peer, step, index) = (message.Key.Peer.Name, message.Key.Step, message.Key.Index);
        Introduce(d, message.Key.Peer);
        var received = d.Number("SELECT received FROM peers WHERE run = $1 AND peer = $2", id, peer);
        if (received == message.Sequence) return IsInInbox(d, message.Key) ? Arrival.Stored : Arrival.Dropped; // a transaction that was repeated after all
        if (received + 1 != message.Sequence) return Arrival.OutOfOrder;
        d.Execute("UPDATE peers SET received = $3, received_witness = $4 WHERE run = $1 AND peer = $2", id, peer, message.Sequence, message.Witness);
        if (IsFinished(d, step) || d.Any("SELECT 1 FROM absences WHERE run = $1 AND peer = $2 AND step = $3 AND idx = $4", id, peer, step, index)) return Arrival.Dropped;
        var stored = d.Execute(
            "INSERT INTO inbox (run, peer, step, idx, bytes, payload, file) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            id, peer, step, index, message.Bytes, message.Payload, message.File);
        return stored > 0 ? Arrival.Stored : Arrival.Dropped;
    });

    /// <summary>Gives a receive up; false when the message is there after all.</summary>
    public Task<bool> RecordAbsenceAsync(MessageKey key, Absence absence) => node.WriteAsync(d =>
    {
        if (IsInInbox(d, key)) return false;
        d.Execute(
            "INSERT INTO absences (run, peer, step, idx, reason, timed_out) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            id, key.Peer.Name, key.Step, key.Index, absence.Reason, absence.TimedOut ? 1 : 0);
        return true;
    });

    public Dictionary<MessageKey, Absence> Absences() => node.Read(d => d.Query(
        "SELECT peer, step, idx, reason, timed_out FROM absences WHERE run = $1",
        r => KeyValuePair.Create(new MessageKey(new PartyId(r.GetString(0)), r.GetString(1), r.GetInt32(2)), new Absence(r.GetString(3), r.GetInt32(4) != 0)), id)).ToDictionary();

    /// <summary>Lengths of the messages in the inbox.</summary>
    public Dictionary<MessageKey, long> Inbox() => node.Read(d => d.Query(
        "SELECT peer, step, idx, bytes FROM inbox WHERE run = $1",
        r => KeyValuePair.Create(new MessageKey(new PartyId(r.GetString(0)), r.GetString(1), r.GetInt32(2)), r.GetInt64(3)), id)).ToDictionary();

    /// <summary>A message of the inbox, for reading; null when it is not there.</summary>
    public Stream? ReadInbox(MessageKey key) => Open(node.Read(d => d.Query(
        "SELECT payload, file FROM inbox WHERE run = $1 AND peer = $2 AND step = $3 AND idx = $4", ReadContent, id, key.Peer.Name, key.Step, key.Index)));

    /// <summary>What is sent under that digest, for reading; null when everybody has it.</summary>
    public Stream? ReadContents(byte[] digest) => Open(node.Read(d => d.Query("SELECT payload, file FROM contents WHERE run = $1 AND digest = $2", ReadContent, id, digest)));

    /// <summary>A file for a large message to be sent.</summary>
    public SpoolFile CreateOutgoing() => node.Spool.CreateOutgoing(id);

    /// <summary>The file of a large message on its way in.</summary>
    public SpoolFile OpenIncoming(PartyId peer, long sequence, ReadOnlySpan<byte> digest) => node.Spool.OpenIncoming(id, peer.Name, sequence, digest);

    /// <summary>What an earlier process left of a large message.</summary>
    public SpoolFile? FindIncoming(PartyId peer, long sequence, out byte[] digest) => node.Spool.FindIncoming(id, peer.Name, sequence, out digest);

    /// <summary>Whether an earlier process left anything of large messages.</summary>
    public bool HasIncoming() => node.Spool.HasIncoming(id);

    /// <summary>
    /// Lets go of what belongs to a step, inside the caller's transaction. What was sent for the step stays on record until
    /// the next step is finished: a party that restarts in between sends its last messages again. Nothing of the rest can be read in any file afterwards.
    /// </summary>
    public void Finish(Database d, string step)
    {
        foreach (var earlier in d.Query("SELECT step FROM finished WHERE run = $1 AND pruned = 0", r => r.GetString(0), id))
        {
            d.Execute($"DELETE FROM outbox WHERE run = $1 AND {Within} AND sequence <= (SELECT p.acknowledged FROM peers p WHERE p.run = outbox.run AND p.peer = outbox.peer)", id, earlier);
            d.Execute("UPDATE finished SET pruned = 1 WHERE run = $1 AND step = $2", id, earlier);
        }
        DeleteLater(d, d.Query($"SELECT file FROM inbox WHERE run = $1 AND {Within} AND file IS NOT NULL", r => r.GetString(0), id, step));
        d.Execute($"DELETE FROM inbox WHERE run = $1 AND {Within}", id, step);
        d.Execute($"DELETE FROM absences WHERE run = $1 AND {Within}", id, step);
        d.Execute($"DELETE FROM finished WHERE run = $1 AND {Within}", id, step);
        d.Execute("DELETE FROM checkpoints WHERE run = $1 AND (key = $2 OR (key >= $2 || '/' AND key < $2 || '0'))", id, step);
        d.Execute("INSERT INTO finished (run, step, pruned) VALUES ($1, $2, 0)", id, step);
        d.LogIsToBeCut = true;
    }

    /// <summary>Makes room for the counters of these peers.</summary>
    public Task<bool> IntroduceAsync(IEnumerable<PartyId> peers) => node.WriteAsync(d =>
    {
        foreach (var peer in peers) Introduce(d, peer);
        return true;
    });

    private void DeleteLater(Database d, List<string> files)
    {
        foreach (var file in files) d.AfterCommit.Add(() => node.Spool.Delete(file));
    }

    private static (byte[]? Payload, string? File) ReadContent(Microsoft.Data.Sqlite.SqliteDataReader r) =>
        (r.IsDBNull(0) ? null : r.GetFieldValue<byte[]>(0), r.IsDBNull(1) ? null : r.GetString(1));

    private Stream? Open(List<(byte[]? Payload, string? File)> rows) => rows switch
    {
        [] => null,
        [(var payload, null)] => new MemoryStream(payload!, 0, payload!.Length, writable: false, publiclyVisible: true),
        [(_, var file), ..] => node.Spool.Read(file!),
    };

    private SentMessage? FindSent(Database d, MessageKey key) => d.Query(
        "SELECT sequence, bytes, digest FROM outbox WHERE run = $1 AND peer = $2 AND step = $3 AND idx = $4",
        r => new SentMessage(key, r.GetInt64(0), r.GetInt64(1), r.GetFieldValue<byte[]>(2)), id, key.Peer.Name, key.Step, key.Index).FirstOrDefault();

    private bool IsInInbox(Database d, MessageKey key) =>
        d.Any("SELECT 1 FROM inbox WHERE run = $1 AND peer = $2 AND step = $3 AND idx = $4", id, key.Peer.Name, key.Step, key.Index);

    private bool IsFinished(Database d, string step)
    {
        for (var end = step.Length; end > 0; end = step.LastIndexOf('/', end - 1))
            if (d.Any("SELECT 1 FROM finished WHERE run = $1 AND step = $2", id, step[..end])) return true;
        return false;
    }

    private void Introduce(Database d, PartyId peer) => d.Execute(
        "INSERT INTO peers (run, peer, sent, acknowledged, acknowledged_witness, received, received_witness) VALUES ($1, $2, 0, 0, $3, 0, $3) ON CONFLICT DO NOTHING",
        id, peer.Name, Array.Empty<byte>());
}
