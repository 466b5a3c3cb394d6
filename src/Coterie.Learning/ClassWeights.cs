using System.Collections.Immutable;
using Coterie.Core.Learning;

namespace Coterie.Learning;

/// <summary>How much a row of each class counts.</summary>
public sealed record ClassWeights
{
    private ClassWeights(bool isBalanced, ImmutableSortedDictionary<string, double> weights)
    {
        IsBalanced = isBalanced;
        Weights = weights;
    }

    /// <summary>Every row counts once.</summary>
    public static ClassWeights None { get; } = new(false, ImmutableSortedDictionary<string, double>.Empty);

    /// <summary>Every class counts the same: n / (K n_k) for class k, from the agreed counts.</summary>
    public static ClassWeights Balanced { get; } = new(true, ImmutableSortedDictionary<string, double>.Empty);

    /// <summary>Whether weights come from the class counts.</summary>
    public bool IsBalanced { get; }

    /// <summary>Weights by class name; a class that is not named counts once.</summary>
    public ImmutableSortedDictionary<string, double> Weights { get; }

    /// <summary>Given weights, each finite and not negative.</summary>
    /// <exception cref="ArgumentException">A weight is negative or not finite.</exception>
    public static ClassWeights Of(IEnumerable<KeyValuePair<string, double>> weights)
    {
        var map = weights.ToImmutableSortedDictionary(StringComparer.Ordinal);
        foreach (var (name, weight) in map)
            if (!(weight >= 0) || !double.IsFinite(weight)) throw new ArgumentException($"The weight of class '{name}' is {weight}; a finite number of at least 0 is expected.", nameof(weights));
        return new ClassWeights(false, map);
    }

    /// <summary>One weight per class of the schema's target.</summary>
    /// <exception cref="ArgumentException">A named class is not in the schema, or balanced weights are asked for before the counts are agreed.</exception>
    internal double[] Resolve(Schema schema, int classes)
    {
        var resolved = new double[classes];
        Array.Fill(resolved, 1);
        if (IsBalanced)
        {
            if (schema.ClassCounts.Length != classes)
                throw new ArgumentException($"Balanced class weights need the training rows of {classes} classes; the schema has {schema.ClassCounts.Length} counts.", nameof(schema));
            var rows = (double)schema.ClassCounts.Sum();
            for (var k = 0; k < classes; k++)
                if (schema.ClassCounts[k] > 0) resolved[k] = rows / (classes * (double)schema.ClassCounts[k]);
            return resolved;
        }
        foreach (var (name, weight) in Weights)
        {
            var index = IndexOf(schema, name, classes);
            if (index < 0) throw new ArgumentException($"'{name}' is no class of '{schema.Target?.Name}'.", nameof(schema));
            resolved[index] = weight;
        }
        return resolved;
    }

    /// <summary>A 0/1 target without named values has the classes 0 and 1.</summary>
    private static int IndexOf(Schema schema, string name, int classes) =>
        schema.ClassCount == 0 && classes == 2
            ? name switch { "0" => 0, "1" => 1, _ => -1 }
            : schema.Target!.Values.IndexOf(name);

    /// <inheritdoc/>
    public bool Equals(ClassWeights? other) => other is not null && IsBalanced == other.IsBalanced && Weights.SequenceEqual(other.Weights);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsBalanced, Weights.Count);

    /// <summary>Balanced, or name=weight pairs in ordinal order.</summary>
    public override string ToString() => IsBalanced ? "balanced" : string.Join(',', Weights.Select(w => FormattableString.Invariant($"{Uri.EscapeDataString(w.Key)}={w.Value:R}")));
}
