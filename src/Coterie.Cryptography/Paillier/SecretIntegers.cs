using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>
/// What key generation needs of secret numbers beyond products: inverses, greatest common divisors and an exact quotient. Little-endian words;
/// time and addresses depend on lengths only. Arithmetic modulo 2^64 is meant throughout this file.
/// </summary>
internal static class SecretIntegers
{
    /// <summary>1/x modulo an odd m above 1, and whether there is one: whether they are coprime.</summary>
    /// <remarks>
    /// The binary Euclidean algorithm with every step taken, whatever the numbers are. a = u x and b = v x modulo m hold throughout, b stays odd,
    /// and a b loses a bit a step.
    /// </remarks>
    public static bool TryInvert(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> m, Span<ulong> inverse)
    {
        unchecked
        {
            var words = m.Length;
            if (x.Length != words || inverse.Length != words || (m[0] & 1) == 0) throw new ArgumentException("An odd modulus and numbers of its length are needed.", nameof(m));
            ulong[] a = x.ToArray(), b = m.ToArray(), u = new ulong[words], v = new ulong[words];
            u[0] = 1;
            for (var step = 0; step < 128 * words; step++)
            {
                var odd = 0 - (a[0] & 1);
                var swap = odd & (0 - BorrowOf(a, b));
                Swap(a, b, swap);
                Swap(u, v, swap);
                Subtract(a, b, odd);
                Add(u, m, 0 - Subtract(u, v, odd));
                Halve(a, 0);
                Halve(u, Add(u, m, 0 - (u[0] & 1)));
            }
            v.CopyTo(inverse);
            var rest = b[0] ^ 1;
            for (var i = 1; i < words; i++) rest |= b[i];
            foreach (var secret in new[] { a, b, u, v }) LittleWords.Zero(secret);
            return rest == 0;
        }
    }

    /// <summary>
    /// 1/n modulo p - 1 for n = p q, what takes n-th roots modulo p: n is q modulo p - 1. With k = -1/(p-1) modulo q it is (1 + k (p-1))/q.
    /// </summary>
    /// <exception cref="ArgumentException">q divides p - 1: then n-th powers are no permutation.</exception>
    public static ulong[] RootExponent(ReadOnlySpan<ulong> p, ReadOnlySpan<ulong> q)
    {
        var words = p.Length;
        ulong[] less = p.ToArray(), k = new ulong[words], product = new ulong[2 * words];
        less[0] -= 1;
        if (!TryInvert(less, q, k)) throw new ArgumentException("One factor divides the other less one, so that n and phi(n) have a common divisor.", nameof(q));
        LittleWords.Negate(k, q);
        LittleWords.MultiplyAdd(k, less, [1], product);
        var exponent = ExactQuotient(product, q);
        foreach (var secret in new[] { less, k, product }) LittleWords.Zero(secret);
        return exponent;
    }

    /// <summary>x/d for an odd d that divides x, of as many words as d, from below (Jebelean 1993).</summary>
    private static ulong[] ExactQuotient(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> d)
    {
        unchecked
        {
            var (rest, quotient) = (x[..d.Length].ToArray(), new ulong[d.Length]);
            var inverse = 0 - LittleWords.NegatedInverse(d[0]);
            for (var i = 0; i < quotient.Length; i++)
            {
                quotient[i] = rest[i] * inverse;
                var carry = 0UL;
                for (var j = 0; i + j < rest.Length; j++)
                {
                    var high = Math.BigMul(quotient[i], d[j], out var low);
                    low += carry;
                    high += Less(low, carry);
                    carry = high + Less(rest[i + j], low);
                    rest[i + j] -= low;
                }
            }
            LittleWords.Zero(rest);
            return quotient;
        }
    }

    private static ulong Less(ulong x, ulong y) => unchecked(((~x & y) | ((~x | y) & (x - y))) >> 63);

    private static ulong BorrowOf(ulong x, ulong y, ulong borrow) => unchecked(((~x & y) | ((~x | y) & (x - y - borrow))) >> 63);

    private static ulong BorrowOf(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y)
    {
        var borrow = 0UL;
        for (var i = 0; i < x.Length; i++) borrow = BorrowOf(x[i], y[i], borrow);
        return borrow;
    }

    private static void Swap(Span<ulong> x, Span<ulong> y, ulong mask)
    {
        for (var i = 0; i < x.Length; i++)
        {
            var difference = (x[i] ^ y[i]) & mask;
            x[i] ^= difference;
            y[i] ^= difference;
        }
    }

    /// <summary>x -= y where the mask is set; the borrow.</summary>
    private static ulong Subtract(Span<ulong> x, ReadOnlySpan<ulong> y, ulong mask)
    {
        unchecked
        {
            var borrow = 0UL;
            for (var i = 0; i < x.Length; i++)
            {
                var (word, less) = (x[i], y[i] & mask);
                x[i] = word - less - borrow;
                borrow = BorrowOf(word, less, borrow);
            }
            return borrow;
        }
    }

    /// <summary>x += y where the mask is set; the carry.</summary>
    private static ulong Add(Span<ulong> x, ReadOnlySpan<ulong> y, ulong mask)
    {
        unchecked
        {
            var carry = 0UL;
            for (var i = 0; i < x.Length; i++)
            {
                var sum = x[i] + carry;
                carry = Less(sum, carry);
                x[i] = sum + (y[i] & mask);
                carry |= Less(x[i], sum);
            }
            return carry;
        }
    }

    private static void Halve(Span<ulong> x, ulong above)
    {
        for (var i = 0; i < x.Length; i++) x[i] = (x[i] >> 1) | ((i + 1 < x.Length ? x[i + 1] : above) << 63);
    }
}
