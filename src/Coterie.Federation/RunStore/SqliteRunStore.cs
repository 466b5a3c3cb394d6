using Coterie.Core.Parties;

namespace Coterie.Federation.RunStore;

/// <summary>One run's durable state at one party. A write is on the disk when the awaited call returns. Thread-safe.</summary>
public sealed class SqliteRunStore : IRunStore
{
    private readonly NodeStore _node;
    private readonly long _id;

    internal SqliteRunStore(NodeStore node, string run, long id)
    {
        _node = node;
        _id = id;
        Run = run;
        Messages = new MessageStore(node, run, id);
    }

    /// <summary>Names the run.</summary>
    public string Run { get; }

    /// <summary>The run's messages.</summary>
    internal MessageStore Messages { get; }

    /// <inheritdoc/>
    public ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, CancellationToken cancellationToken) => SaveAsync(key, state, null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, StepTag finished, CancellationToken cancellationToken) =>
        SaveAsync(key, state, (StepTag?)finished, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> LoadAsync(string key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        cancellationToken.ThrowIfCancellationRequested();
        var rows = _node.Read(d => d.Query("SELECT state FROM checkpoints WHERE run = $1 AND key = $2", r => r.GetFieldValue<byte[]>(0), _id, key));
        // A null array would convert to an empty state: absence is said explicitly.
        return new(rows is [var state] ? new ReadOnlyMemory<byte>(state) : (ReadOnlyMemory<byte>?)null);
    }

    /// <inheritdoc/>
    public ValueTask ClaimAsync(string key, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        cancellationToken.ThrowIfCancellationRequested();
        _node.Released.ThrowIfRefused(Run);
        return _node.Released.ClaimAsync(Run, key, digest.ToArray(), _node.Generation);
    }

    /// <summary>Keeps a round's progress; the same step again changes nothing.</summary>
    public async ValueTask RecordAsync(RunProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        cancellationToken.ThrowIfCancellationRequested();
        await _node.WriteAsync(d => d.Execute(
            """
            INSERT INTO history (run, position, stage, step, round, maximum_rounds, loss, change, survivors)
            SELECT $1, COUNT(*), $2, $3, $4, $5, $6, $7, $8 FROM history WHERE run = $1
            ON CONFLICT DO NOTHING
            """,
            _id, progress.Stage, progress.Step.Path, progress.Round, progress.MaximumRounds, progress.Loss,
            double.IsNaN(progress.Change) ? null : progress.Change, progress.Survivors));
    }

    /// <summary>Keeps an opening; the same opening again changes nothing. It is on the disk before any later write of this party is.</summary>
    public void RecordOpening(Opening opening)
    {
        ArgumentNullException.ThrowIfNull(opening);
        _node.WriteSoon(d => d.Execute(
            """
            INSERT INTO openings (run, position, what, recipient, step, amount, contributors)
            SELECT $1, COUNT(*), $2, $3, $4, $5, $6 FROM openings WHERE run = $1
            ON CONFLICT DO NOTHING
            """,
            _id, opening.What, opening.To.Name, opening.Step.Path, opening.Values, opening.Contributors));
    }

    /// <summary>All rounds recorded, in order.</summary>
    public IReadOnlyList<RunProgress> History() => _node.Read(d => d.Query(
        "SELECT stage, step, round, maximum_rounds, loss, change, survivors FROM history WHERE run = $1 ORDER BY position",
        r => new RunProgress(
            r.GetString(0), new StepTag(r.GetString(1)), r.GetInt32(2), r.GetInt32(3), r.IsDBNull(4) ? null : r.GetDouble(4), r.IsDBNull(5) ? double.NaN : r.GetDouble(5), r.GetInt32(6)),
        _id));

    /// <summary>All openings recorded, in order.</summary>
    public IReadOnlyList<Opening> Openings()
    {
        // Openings are written with the next transaction: this is one.
        _node.WriteAsync(_ => true).GetAwaiter().GetResult();
        return _node.Read(d => d.Query(
            "SELECT what, recipient, step, amount, contributors FROM openings WHERE run = $1 ORDER BY position",
            r => new Opening(r.GetString(0), new PartyId(r.GetString(1)), new StepTag(r.GetString(2)), r.GetInt64(3), r.GetInt32(4)), _id));
    }

    private async ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, StepTag? finished, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        cancellationToken.ThrowIfCancellationRequested();
        var bytes = state.ToArray();
        await _node.WriteAsync(d =>
        {
            if (finished is { } step) Messages.Finish(d, step.Path);
            return d.Execute("INSERT INTO checkpoints (run, key, state) VALUES ($1, $2, $3) ON CONFLICT (run, key) DO UPDATE SET state = $3", _id, key, bytes);
        });
        if (finished is { } done) Messages.OnFinished(done);
    }
}
