namespace Coterie.Tests.Transports.Carriers;

/// <summary>The system's clock, set off; timers are the system's. With <paramref name="stands"/> it only moves when told.</summary>
internal sealed class MovableTime(TimeSpan offset, bool stands = false) : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private TimeSpan _moved;

    public override DateTimeOffset GetUtcNow() => (stands ? _start : System.GetUtcNow()) + offset + _moved;

    public override long GetTimestamp() => stands ? _moved.Ticks : System.GetTimestamp();

    public override long TimestampFrequency => stands ? TimeSpan.TicksPerSecond : System.TimestampFrequency;

    public void Move(TimeSpan by) => _moved += by;
}
