using Coterie.Core.Randomness;

namespace Coterie.Federation.Transports.Carriers.InMemory;

/// <summary>Faults drawn from a seed. Rates are shares of all frames. Thread-safe.</summary>
/// <param name="seed">The same seed draws the same sequence.</param>
internal sealed class MemoryFaults(ulong seed)
{
    private readonly SeededRandom _random = new(seed);
    private readonly Lock _gate = new();

    public double Breaks { get; init; }

    public double Delays { get; init; }

    public double Duplicates { get; init; }

    public double Corruptions { get; init; }

    /// <summary>The next frame's fate.</summary>
    public MemoryFate Next(MemoryFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        double draw;
        lock (_gate) draw = _random.NextDouble();
        foreach (var (rate, fate) in (ReadOnlySpan<(double, MemoryFate)>)
            [(Breaks, MemoryFate.Break), (Delays, MemoryFate.Delay), (Duplicates, MemoryFate.Duplicate), (Corruptions, MemoryFate.Corrupt)])
        {
            if (draw < rate) return fate;
            draw -= rate;
        }
        return MemoryFate.Deliver;
    }
}
