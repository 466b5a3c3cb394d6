namespace Coterie.Federation.Transports.Durable;

/// <summary>How long peers took for the latest steps.</summary>
internal sealed class StepTimes
{
    /// <summary>Steps remembered: those under way at the same time, with room to spare.</summary>
    private const int Remembered = 256;

    private readonly Dictionary<string, (long Began, List<long> Arrivals)> _steps = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Somebody waits for the step.</summary>
    public void Began(string step, long now)
    {
        if (!_steps.TryAdd(step, (now, []))) return;
        _order.Enqueue(step);
        if (_order.Count > Remembered) _steps.Remove(_order.Dequeue());
    }

    /// <summary>A message of the step is there.</summary>
    public void Arrived(string step, long now)
    {
        Began(step, now);
        _steps[step].Arrivals.Add(now);
    }

    /// <summary>The median among arrivals and <paramref name="awaited"/> others that are slower.</summary>
    public TimeSpan? Median(string step, int awaited, TimeProvider time)
    {
        if (!_steps.TryGetValue(step, out var times)) return null;
        var middle = (times.Arrivals.Count + awaited - 1) / 2;
        return middle < times.Arrivals.Count ? time.GetElapsedTime(times.Began, times.Arrivals.Order().ElementAt(middle)) : null;
    }
}
