using System.Runtime.Intrinsics;
using Coterie.Core.Numerics.Rings;

namespace Coterie.Core.Numerics;

/// <summary>
/// Products of dense row-major matrices over Z_2^64, the ring of additive shares: wrap-around is the arithmetic, and the result is the same on every machine.
/// Time depends on shapes only.
/// </summary>
public static class RingKernels
{
    /// <summary>Products of fewer columns or multiplications are not worth copies of the factors.</summary>
    private const int FewColumns = 4;
    private const long SmallProduct = 4096;

    /// <summary>destination (m x n) = left (m x k) right (k x n) modulo 2^64; the destination is neither factor.</summary>
    /// <exception cref="ArgumentException">A span is shorter than its shape.</exception>
    public static void Multiply(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right, Span<ulong> destination, int m, int k, int n)
    {
        Require(left.Length, right.Length, destination.Length, m, k, n);
        destination[..(m * n)].Clear();
        AddProduct(left, right, destination, m, k, n);
    }

    /// <summary>destination (m x n) += left (m x k) right (k x n) modulo 2^64; the destination is neither factor.</summary>
    /// <exception cref="ArgumentException">A span is shorter than its shape.</exception>
    public static void AddProduct(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right, Span<ulong> destination, int m, int k, int n)
    {
        Require(left.Length, right.Length, destination.Length, m, k, n);
        if (n < FewColumns || m < 2 || (long)m * k * n < SmallProduct) AddSmall(left[..(m * k)], right[..(k * n)], destination[..(m * n)], m, k, n);
        else Add(RingTile512.IsSupported ? 512 : RingTile256.IsSupported ? 256 : 64, left, right, destination, m, k, n);
    }

    /// <summary>The same through tiles of so many bits, for tests.</summary>
    internal static unsafe void Add(int bits, ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right, Span<ulong> destination, int m, int k, int n)
    {
        fixed (ulong* a = left[..(m * k)], b = right[..(k * n)], c = destination[..(m * n)])
        {
            switch (bits)
            {
                case 512: RingProduct.Add<RingTile512>(a, b, c, m, k, n); break;
                case 256: RingProduct.Add<RingTile256>(a, b, c, m, k, n); break;
                default: RingProduct.Add<RingTilePortable>(a, b, c, m, k, n); break;
            }
        }
    }

    /// <summary>Row by row; a single column as scalar products.</summary>
    private static void AddSmall(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right, Span<ulong> destination, int m, int k, int n)
    {
        unchecked
        {
            for (var i = 0; i < m; i++)
            {
                var row = left.Slice(i * k, k);
                if (n == 1)
                {
                    destination[i] += Dot(row, right);
                    continue;
                }
                var sums = destination.Slice(i * n, n);
                for (var p = 0; p < k; p++)
                {
                    var factors = right.Slice(p * n, n);
                    for (var j = 0; j < factors.Length; j++) sums[j] += row[p] * factors[j];
                }
            }
        }
    }

    private static ulong Dot(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y)
    {
        unchecked
        {
            var (sums, i, sum) = (Vector512<ulong>.Zero, 0, 0UL);
            if (Vector512.IsHardwareAccelerated)
            {
                for (; i + Vector512<ulong>.Count <= x.Length; i += Vector512<ulong>.Count) sums += Vector512.Create(x[i..]) * Vector512.Create(y[i..]);
                sum = Vector512.Sum(sums);
            }
            for (; i < x.Length; i++) sum += x[i] * y[i];
            return sum;
        }
    }

    private static void Require(int left, int right, int destination, int m, int k, int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (left < (long)m * k || right < (long)k * n || destination < (long)m * n)
            throw new ArgumentException($"{m} x {k} by {k} x {n} entries do not fit spans of {left}, {right} and {destination}.", nameof(left));
    }
}
