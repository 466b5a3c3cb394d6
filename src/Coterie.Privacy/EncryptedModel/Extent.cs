namespace Coterie.Privacy.EncryptedModel;

/// <summary>
/// What everybody may know about one dimension of known numbers: how many indices it has at most, and a factor of the bound for each. Along rows of a
/// shard the number is nobody else's business, and the factor is one for all.
/// </summary>
internal sealed class Extent
{
    private readonly double[]? _each;
    private readonly double _all;

    private Extent(double[]? each, double all, long atMost) => (_each, _all, AtMost) = (each, all, atMost);

    /// <summary>How many indices there are at most.</summary>
    public long AtMost { get; }

    /// <summary>The largest factor.</summary>
    public double Largest => _each is { } each ? each.DefaultIfEmpty(0).Max() : _all;

    /// <summary>A public number of indices with a factor each.</summary>
    public static Extent Of(params double[] factors) => new(factors, 0, factors.Length);

    /// <summary>A public number of indices with one factor.</summary>
    public static Extent Same(int count, double factor) => Of([.. Enumerable.Repeat(factor, count)]);

    /// <summary>A number of indices of which only a bound is public.</summary>
    public static Extent Private(long atMost, double factor = 1) => new(null, factor, atMost);

    /// <summary>Some of the indices.</summary>
    public Extent Slice(int start, int count, int outOf) => _each is { } each ? Of(each[start..(start + count)]) : Private(count == outOf ? AtMost : count, _all);

    /// <summary>These indices, and then others.</summary>
    public Extent Concat(Extent others) => _each is { } each && others._each is { } more ? Of([.. each, .. more]) : Private(AtMost + others.AtMost, Math.Max(Largest, others.Largest));

    /// <summary>Every factor times a number.</summary>
    public Extent Times(double factor) => new(_each is { } each ? [.. each.Select(e => e * factor)] : null, _all * factor, AtMost);

    /// <summary>Factors index by index.</summary>
    public Extent Combine(Extent other, Func<double, double, double> function) => _each is { } each && other._each is { } more && each.Length == more.Length
        ? Of([.. each.Zip(more, function)])
        : Private(Math.Max(AtMost, other.AtMost), function(Largest, other.Largest));

    /// <summary>The sum over indices of products of factors.</summary>
    public double Dot(Extent other) => _each is { } each && other._each is { } more
        ? each.Zip(more, (a, b) => a * b).Sum()
        : Math.Max(AtMost, other.AtMost) * Largest * other.Largest;

    /// <summary>The factor of an index.</summary>
    public double this[int index] => _each is { } each ? each[index] : _all;
}
