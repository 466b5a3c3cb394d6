using System.Collections.Immutable;
using Coterie.Core.Arithmetic;

namespace Coterie.Core.Learning;

/// <summary>Named matrices in a fixed order: model parameters, a contribution, a broadcast, a checkpoint.</summary>
/// <param name="Names">Distinct names.</param>
/// <param name="Values">One matrix per name.</param>
public sealed record Blocks<T>(ImmutableArray<string> Names, ImmutableArray<T> Values) where T : class, ISecret<T>
{
    /// <summary>No blocks.</summary>
    public static Blocks<T> Empty { get; } = new([], []);

    /// <summary>Blocks from pairs.</summary>
    public static Blocks<T> Of(params ReadOnlySpan<(string Name, T Value)> blocks)
    {
        var names = ImmutableArray.CreateBuilder<string>(blocks.Length);
        var values = ImmutableArray.CreateBuilder<T>(blocks.Length);
        foreach (var (name, value) in blocks)
        {
            names.Add(name);
            values.Add(value);
        }
        return new Blocks<T>(names.MoveToImmutable(), values.MoveToImmutable());
    }

    /// <summary>Number of blocks.</summary>
    public int Count => Names.Length;

    /// <summary>The block of that name.</summary>
    /// <exception cref="KeyNotFoundException">No such block.</exception>
    public T this[string name] => Find(name) ?? throw new KeyNotFoundException($"No block '{name}' among: {string.Join(", ", Names)}.");

    /// <summary>The block of that name, or null.</summary>
    public T? Find(string name)
    {
        var index = Names.IndexOf(name);
        return index < 0 ? null : Values[index];
    }

    /// <summary>These blocks and one more.</summary>
    public Blocks<T> With(string name, T value) => new(Names.Add(name), Values.Add(value));

    /// <summary>The blocks whose names pass.</summary>
    public Blocks<T> Where(Func<string, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        var kept = Enumerable.Range(0, Count).Where(i => predicate(Names[i])).ToArray();
        return kept.Length == Count ? this : new([.. kept.Select(i => Names[i])], [.. kept.Select(i => Values[i])]);
    }

    /// <summary>Every block through <paramref name="map"/>.</summary>
    public Blocks<TOther> Select<TOther>(Func<T, TOther> map) where TOther : class, ISecret<TOther>
    {
        ArgumentNullException.ThrowIfNull(map);
        return new(Names, [.. Values.Select(map)]);
    }

    /// <summary>Block-wise sum; equal names in equal order.</summary>
    public static Blocks<T> operator +(Blocks<T> left, Blocks<T> right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (!left.Names.SequenceEqual(right.Names)) throw new ArgumentException("Blocks of different names are not added.", nameof(right));
        return new(left.Names, [.. left.Values.Zip(right.Values, (a, b) => a + b)]);
    }
}
