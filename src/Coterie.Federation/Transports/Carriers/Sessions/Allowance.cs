namespace Coterie.Federation.Transports.Carriers.Sessions;

/// <summary>Allows so many at once and then one per interval: what a peer can make this party compute is bounded. Not thread-safe.</summary>
internal sealed class Allowance(TimeProvider time, int burst, TimeSpan interval)
{
    private double _left = burst;
    private long _at = time.GetTimestamp();

    /// <summary>Takes one, if there is one.</summary>
    public bool TryTake()
    {
        _left = Math.Min(burst, _left + (time.GetElapsedTime(_at) / interval));
        _at = time.GetTimestamp();
        if (_left < 1) return false;
        _left--;
        return true;
    }
}
