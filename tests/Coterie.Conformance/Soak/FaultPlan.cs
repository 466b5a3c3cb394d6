using System.Collections.Concurrent;
using Coterie.Core.Randomness;

namespace Coterie.Conformance.Soak;

/// <summary>Decides which frames meet a fault, and counts them. Thread-safe.</summary>
internal sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly SeededRandom? _random;
    private readonly double _probability;
    private readonly int _limit;
    private readonly (FrameEvent Event, Fault Fault)? _single;
    private int _before;
    private bool _done;

    private FaultPlan(SeededRandom? random, double probability, int limit, (FrameEvent, Fault)? single) =>
        (_random, _probability, _limit, _single) = (random, probability, limit, single);

    /// <summary>Lets everything pass and remembers what passed.</summary>
    public static FaultPlan Watching() => new(null, 0, 0, null);

    /// <summary>One fault, at the first frame like that after so many others.</summary>
    public static FaultPlan Single(FrameEvent at, Fault fault, int after = 0) => new(null, 0, 1, (at, fault)) { _before = after };

    /// <summary>Faults at random frames, at most <paramref name="limit"/>.</summary>
    public static FaultPlan Random(ulong seed, double probability, int limit) => new(new SeededRandom(seed), probability, limit, null);

    /// <summary>Every kind of frame that passed.</summary>
    public ConcurrentDictionary<FrameEvent, int> Seen { get; } = new();

    /// <summary>Faults that happened, by fault and kind of frame.</summary>
    public ConcurrentDictionary<(Fault Fault, string Kind), int> Injected { get; } = new();

    public Fault At(FrameEvent frame)
    {
        Seen.AddOrUpdate(frame, 1, (_, n) => n + 1);
        var fault = Decide(frame);
        if (fault != Fault.None) Injected.AddOrUpdate((fault, frame.Kind), 1, (_, n) => n + 1);
        return fault;
    }

    private Fault Decide(FrameEvent frame)
    {
        lock (_gate)
        {
            if (_single is { } single)
            {
                if (_done || single.Event != frame || _before-- > 0) return Fault.None;
                _done = true;
                return single.Fault;
            }
            if (_random is null || Injected.Values.Sum() >= _limit || _random.NextDouble() >= _probability) return Fault.None;
            return (Fault)(1 + _random.NextInt32(5));
        }
    }
}
