using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Coterie.Cryptography.SecretSharing;

/// <summary>
/// Interpolation at zero from a fixed set of points: f(0) = sum_i lambda_i f(x_i) with lambda_i = prod_{j != i} x_j / (x_j - x_i),
/// for every polynomial f of a degree below the number of points. Computed once, O(t^2), then O(t) per value.
/// </summary>
public sealed class LagrangeAtZero
{
    private readonly ulong[] _coefficients;

    /// <summary>Computes the coefficients for <paramref name="points"/>, which must be distinct and at least 1.</summary>
    /// <exception cref="ArgumentException">There is no point, a point is below 1 or two are equal.</exception>
    public LagrangeAtZero(ReadOnlySpan<int> points)
    {
        Shamir.CheckPoints(points);
        Points = [.. points];
        _coefficients = Compute(points);
    }

    /// <summary>The points, in the order values are expected in.</summary>
    public ImmutableArray<int> Points { get; }

    /// <summary>lambda_i for each point.</summary>
    public ReadOnlySpan<ulong> Coefficients => _coefficients;

    /// <summary>f(0) from f at the points.</summary>
    /// <exception cref="ArgumentException">There is not exactly one value per point, or one is outside the field.</exception>
    public ulong Combine(ReadOnlySpan<ulong> values)
    {
        if (values.Length != _coefficients.Length) throw new ArgumentException("One value per point is needed.", nameof(values));
        var sum = 0UL;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] >= Mersenne61.Prime) throw new ArgumentException("A value is outside the field.", nameof(values));
            sum = Mersenne61.Add(sum, Mersenne61.Multiply(_coefficients[i], values[i]));
        }
        return sum;
    }

    /// <summary>The 32-byte secret behind shares that lie at <see cref="Points"/>, in the same order.</summary>
    /// <exception cref="ArgumentException">The shares lie elsewhere.</exception>
    /// <exception cref="CryptographicException">The shares do not belong to one secret.</exception>
    public byte[] Reconstruct(ReadOnlySpan<SecretShare> shares)
    {
        if (shares.Length != _coefficients.Length) throw new ArgumentException("One share per point is needed.", nameof(shares));
        ulong s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0;
        for (var i = 0; i < shares.Length; i++)
        {
            var share = shares[i];
            if (share.Point != Points[i]) throw new ArgumentException($"The share at position {i} lies at {share.Point}, not at {Points[i]}.", nameof(shares));
            var factor = _coefficients[i];
            s0 = Mersenne61.MultiplyAddLazily(s0, factor, share.Limb0);
            s1 = Mersenne61.MultiplyAddLazily(s1, factor, share.Limb1);
            s2 = Mersenne61.MultiplyAddLazily(s2, factor, share.Limb2);
            s3 = Mersenne61.MultiplyAddLazily(s3, factor, share.Limb3);
            s4 = Mersenne61.MultiplyAddLazily(s4, factor, share.Limb4);
        }
        return Shamir.JoinLimbs([Mersenne61.Reduce(s0), Mersenne61.Reduce(s1), Mersenne61.Reduce(s2), Mersenne61.Reduce(s3), Mersenne61.Reduce(s4)]);
    }

    private static ulong[] Compute(ReadOnlySpan<int> points)
    {
        // lambda_i = P / (x_i prod_{j != i} (x_j - x_i)) with P = prod_j x_j: all denominators are inverted by one inversion.
        var denominators = new ulong[points.Length];
        var product = 1UL;
        for (var i = 0; i < points.Length; i++)
        {
            var x = (ulong)points[i];
            product = Mersenne61.Multiply(product, x);
            var denominator = x;
            for (var j = 0; j < points.Length; j++)
                if (j != i) denominator = Mersenne61.Multiply(denominator, Mersenne61.Subtract((ulong)points[j], x));
            denominators[i] = denominator;
        }
        InvertAll(denominators);
        for (var i = 0; i < denominators.Length; i++) denominators[i] = Mersenne61.Multiply(product, denominators[i]);
        return denominators;
    }

    /// <summary>Replaces every non-zero element by its inverse (Montgomery's trick).</summary>
    private static void InvertAll(Span<ulong> values)
    {
        var prefixes = new ulong[values.Length];
        var running = 1UL;
        for (var i = 0; i < values.Length; i++)
        {
            prefixes[i] = running;
            running = Mersenne61.Multiply(running, values[i]);
        }
        var inverse = Mersenne61.Invert(running);
        for (var i = values.Length - 1; i >= 0; i--)
        {
            var own = Mersenne61.Multiply(inverse, prefixes[i]);
            inverse = Mersenne61.Multiply(inverse, values[i]);
            values[i] = own;
        }
    }
}
