using System.Collections.Concurrent;

namespace Coterie.Core.Parties;

/// <summary>Something a party learned in clear beyond its own input.</summary>
/// <param name="What">What it is, for example "sum of contributions".</param>
/// <param name="To">Who learned it.</param>
/// <param name="Step">The step that opened it.</param>
/// <param name="Values">How many numbers.</param>
/// <param name="Contributors">Over how many participants it was added; 0 where it is not a sum.</param>
public sealed record Opening(string What, PartyId To, StepTag Step, long Values, int Contributors);

/// <summary>
/// What was opened to whom during a run, recorded where it is opened, before the round's checkpoint. The leakage report is its rendering. A party that
/// restarts goes through its last round again: what it recorded before is not counted twice. Thread-safe.
/// </summary>
public sealed class Transcript
{
    private readonly ConcurrentQueue<Opening> _openings;
    private readonly Dictionary<Opening, int> _earlier;
    private readonly Action<Opening>? _keep;

    /// <summary>Begins a record, or goes on with one.</summary>
    /// <param name="earlier">What was kept before a restart.</param>
    /// <param name="keep">Told of every new opening, to keep it.</param>
    public Transcript(IEnumerable<Opening>? earlier = null, Action<Opening>? keep = null)
    {
        _openings = new ConcurrentQueue<Opening>(earlier ?? []);
        _earlier = _openings.GroupBy(o => o).ToDictionary(g => g.Key, g => g.Count());
        _keep = keep;
    }

    /// <summary>Everything recorded so far, in order.</summary>
    public IReadOnlyCollection<Opening> Openings => _openings;

    /// <summary>Records that <paramref name="opening"/> happened.</summary>
    public void Record(Opening opening)
    {
        ArgumentNullException.ThrowIfNull(opening);
        lock (_earlier)
        {
            if (_earlier.TryGetValue(opening, out var known) && known > 0)
            {
                _earlier[opening] = known - 1;
                return;
            }
            _openings.Enqueue(opening);
            _keep?.Invoke(opening);
        }
    }
}
