using System.Collections.Concurrent;

namespace Coterie.Core.Parties;

/// <summary>What a party's time goes to.</summary>
public enum Activity
{
    /// <summary>Its own arithmetic on rows and models.</summary>
    Computing,

    /// <summary>The sum: its cryptography, messages and waiting for others.</summary>
    Summing,
}

/// <summary>Where a party's time went, by step and activity. Thread-safe.</summary>
public sealed class TimeLedger(TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Step, Activity Activity), TimeSpan> _spent = new();

    /// <summary>Starts measuring; disposing ends it.</summary>
    public Measurement Measure(StepTag step, Activity activity) => new(this, step.Path, activity, time.GetTimestamp());

    /// <summary>Time spent on an activity in all steps whose path satisfies <paramref name="filter"/>.</summary>
    public TimeSpan Spent(Activity activity, Func<string, bool>? filter = null) => TimeSpan.FromTicks(_spent.ToArray()
        .Where(e => e.Key.Activity == activity && (filter is null || filter(e.Key.Step))).Sum(e => e.Value.Ticks));

    /// <summary>A running measurement.</summary>
    public readonly struct Measurement : IDisposable, IEquatable<Measurement>
    {
        private readonly TimeLedger _ledger;
        private readonly string _step;
        private readonly Activity _activity;
        private readonly long _start;

        internal Measurement(TimeLedger ledger, string step, Activity activity, long start)
        {
            _ledger = ledger;
            _step = step;
            _activity = activity;
            _start = start;
        }

        /// <summary>Adds what has passed to the ledger.</summary>
        public void Dispose() => _ledger.Add(_step, _activity, _start);

        /// <inheritdoc/>
        public bool Equals(Measurement other) => ReferenceEquals(_ledger, other._ledger) && _start == other._start && _step == other._step;

        /// <inheritdoc/>
        public override bool Equals(object? obj) => obj is Measurement other && Equals(other);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(_step, _start);
    }

    private void Add(string step, Activity activity, long start)
    {
        var elapsed = time.GetElapsedTime(start);
        _spent.AddOrUpdate((step, activity), elapsed, (_, sum) => sum + elapsed);
    }
}
