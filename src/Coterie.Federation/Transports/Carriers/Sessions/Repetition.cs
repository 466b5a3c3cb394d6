namespace Coterie.Federation.Transports.Carriers.Sessions;

/// <summary>When something unanswered is due again: waits double up to a limit. Not thread-safe.</summary>
internal sealed class Repetition(TimeProvider time, TimeSpan first, TimeSpan longest)
{
    private TimeSpan _wait = first;
    private long _sent = time.GetTimestamp();

    /// <summary>Times it was due.</summary>
    public int Count { get; private set; }

    /// <summary>Whether it is due; counts as sent again then.</summary>
    public bool TryTake()
    {
        if (time.GetElapsedTime(_sent) < _wait) return false;
        _sent = time.GetTimestamp();
        _wait = _wait * 2 < longest ? _wait * 2 : longest;
        Count++;
        return true;
    }
}
