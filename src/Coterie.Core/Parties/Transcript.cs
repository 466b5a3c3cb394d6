using System.Collections.Concurrent;

namespace Coterie.Core.Parties;

/// <summary>Something a party learned in clear beyond its own input.</summary>
/// <param name="What">What it is, for example "sum of contributions".</param>
/// <param name="To">Who learned it.</param>
/// <param name="Step">The step that opened it.</param>
/// <param name="Values">How many numbers.</param>
/// <param name="Contributors">Over how many participants it was added; 0 where it is not a sum.</param>
public sealed record Opening(string What, PartyId To, StepTag Step, long Values, int Contributors);

/// <summary>What was opened to whom during a run, recorded where it is opened. The leakage report is its rendering. Thread-safe.</summary>
public sealed class Transcript
{
    private readonly ConcurrentQueue<Opening> _openings = new();

    /// <summary>Everything recorded so far, in order.</summary>
    public IReadOnlyCollection<Opening> Openings => _openings;

    /// <summary>Records that <paramref name="opening"/> happened.</summary>
    public void Record(Opening opening) => _openings.Enqueue(opening);
}
