using System.Collections.Immutable;

namespace Coterie.Learning.Evaluation;

/// <summary>
/// Figures about a model on some rows, in the order of reports: snake_case names and values, and the confusion matrix of a
/// classifier. Only metrics that apply are there; one that is undefined on these rows (no positive row, one class) is NaN.
/// </summary>
/// <param name="Values">Names and values.</param>
public sealed record Metrics(ImmutableArray<KeyValuePair<string, double>> Values)
{
    /// <summary>No figures.</summary>
    public static Metrics Empty { get; } = new([]);

    /// <summary>Counts by true class (outer) and predicted class (inner); empty for other tasks.</summary>
    public ImmutableArray<ImmutableArray<long>> Confusion { get; init; } = [];

    /// <summary>The value of that name.</summary>
    /// <exception cref="KeyNotFoundException">No such metric.</exception>
    public double this[string name] => Find(name) ?? throw new KeyNotFoundException($"No metric '{name}' among: {string.Join(", ", Values.Select(v => v.Key))}.");

    /// <summary>The value of that name, or null.</summary>
    public double? Find(string name)
    {
        foreach (var (key, value) in Values)
            if (key == name) return value;
        return null;
    }

    /// <summary>These figures and one more: how a learner adds its own, for example <c>inertia</c>.</summary>
    public Metrics With(string name, double value) => this with { Values = Values.Add(new(name, value)) };

    /// <summary>These figures, then <paramref name="more"/>; the confusion matrix is the one that is there.</summary>
    public Metrics Append(Metrics more)
    {
        ArgumentNullException.ThrowIfNull(more);
        return new(Values.AddRange(more.Values)) { Confusion = Confusion.IsEmpty ? more.Confusion : Confusion };
    }

    /// <inheritdoc/>
    public bool Equals(Metrics? other) =>
        other is not null && Values.SequenceEqual(other.Values)
        && Confusion.Length == other.Confusion.Length && Confusion.Zip(other.Confusion, (a, b) => a.SequenceEqual(b)).All(same => same);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Values.Length, Values.IsEmpty ? default : Values[0]);
}
