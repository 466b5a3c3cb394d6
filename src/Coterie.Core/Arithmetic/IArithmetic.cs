using Coterie.Core.Numerics;

namespace Coterie.Core.Arithmetic;

/// <summary>
/// Matrix algebra on values that may be hidden. It has no way to open one. Awaited operations may take a round of communication;
/// steps that may run side by side use different branches, one branch is sequential.
/// Operations below the first group are composites with a default; a backend that knows better overrides them.
/// </summary>
public interface IArithmetic<T> where T : class, ISecret<T>
{
    /// <summary>A public value as an operand.</summary>
    T Public(Matrix value);

    /// <summary>A child on which steps may run beside those of other branches; its tags are the same at every party.</summary>
    IArithmetic<T> Branch(int index);

    /// <summary>A public factor times a value.</summary>
    ValueTask<T> ScaleAsync(double factor, T value, CancellationToken cancellationToken);

    /// <summary>Matrix product, m x k times k x n.</summary>
    ValueTask<T> MultiplyAsync(T left, T right, CancellationToken cancellationToken);

    /// <summary>Entry-wise product of equal shapes.</summary>
    ValueTask<T> HadamardAsync(T left, T right, CancellationToken cancellationToken);

    /// <summary>1 where an entry is negative, else 0; hidden.</summary>
    ValueTask<T> IsNegativeAsync(T value, CancellationToken cancellationToken);

    /// <summary>Entry by entry the value, or its negative where the sign is -1; signs are -1 and 1 and nothing else.</summary>
    ValueTask<T> FlipAsync(T signs, T values, CancellationToken cancellationToken) => HadamardAsync(signs, values, cancellationToken);

    /// <summary>Entry by entry <paramref name="whenTrue"/> where the 0/1 <paramref name="condition"/> is 1, else <paramref name="whenFalse"/>.</summary>
    ValueTask<T> SelectAsync(T condition, T whenTrue, T whenFalse, CancellationToken cancellationToken) =>
        Composites.SelectAsync(this, condition, whenTrue, whenFalse, cancellationToken);

    /// <summary>Per row of n x k, a one-hot row marking the smallest entry; the first of equals.</summary>
    ValueTask<T> ArgMinAsync(T values, CancellationToken cancellationToken) =>
        Composites.ArgMinAsync(this, values, cancellationToken);

    /// <summary>1 / (1 + exp(-x)) with an absolute error of at most 2^-10 on the whole line, besides rounding.</summary>
    ValueTask<T> SigmoidAsync(T value, CancellationToken cancellationToken) =>
        Composites.SigmoidAsync(this, value, cancellationToken);

    /// <summary>max(0, x) entry by entry, and its slope: 1 where x is not negative, else 0.</summary>
    ValueTask<(T Value, T Slope)> ReluAsync(T value, CancellationToken cancellationToken) =>
        Composites.ReluAsync(this, value, cancellationToken);

    /// <summary>1 / x for entries known to lie in [<paramref name="lower"/>, <paramref name="upper"/>], 0 &lt; lower; public bounds.</summary>
    ValueTask<T> ReciprocalAsync(T value, double lower, double upper, CancellationToken cancellationToken) =>
        Composites.ReciprocalAsync(this, value, lower, upper, cancellationToken);

    /// <summary>k x d sums of the rows of <paramref name="values"/> (n x d) by one-hot <paramref name="membership"/> (n x k).</summary>
    ValueTask<T> GroupedSumAsync(T membership, T values, CancellationToken cancellationToken) =>
        MultiplyAsync(membership.Transpose(), values, cancellationToken);

    /// <summary>
    /// x with A x = b for symmetric positive definite A (n x n), b (n x m). The pivots of A must lie in
    /// [<paramref name="smallestPivot"/>, <paramref name="largestPivot"/>]; public bounds.
    /// </summary>
    ValueTask<T> SolveAsync(T a, T b, double smallestPivot, double largestPivot, CancellationToken cancellationToken) =>
        Composites.SolveAsync(this, a, b, smallestPivot, largestPivot, cancellationToken);
}
