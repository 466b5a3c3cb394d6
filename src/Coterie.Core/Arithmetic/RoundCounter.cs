namespace Coterie.Core.Arithmetic;

/// <summary>
/// Counts communication rounds on a tree of branches: a branch's steps follow one another, branches run side by side,
/// and the parent's next step waits for all of them. Refuses two steps at once on one branch.
/// </summary>
internal sealed class RoundCounter
{
    private readonly List<RoundCounter> _branches = [];
    private int _rounds;
    private int _inFlight;

    /// <summary>Rounds up to the last step on this branch or below it.</summary>
    public int Rounds
    {
        get
        {
            lock (_branches) return Math.Max(_rounds, _branches.Count == 0 ? 0 : _branches.Max(b => b.Rounds));
        }
    }

    public RoundCounter Branch()
    {
        lock (_branches)
        {
            var branch = new RoundCounter { _rounds = _rounds };
            _branches.Add(branch);
            return branch;
        }
    }

    /// <summary>Marks a step that talks; disposing ends it.</summary>
    /// <exception cref="InvalidOperationException">Another step on this branch has not ended.</exception>
    public Step Begin()
    {
        if (Interlocked.Exchange(ref _inFlight, 1) != 0)
            throw new InvalidOperationException("Two steps overlap on one branch; steps that run side by side need branches of their own.");
        _rounds = Rounds + 1;
        lock (_branches) _branches.Clear();
        return new Step(this);
    }

    public readonly struct Step(RoundCounter counter) : IDisposable
    {
        public void Dispose() => Interlocked.Exchange(ref counter._inFlight, 0);
    }
}
