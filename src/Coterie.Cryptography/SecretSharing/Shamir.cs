using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Randomness;

namespace Coterie.Cryptography.SecretSharing;

/// <summary>
/// Threshold secret sharing over the field of 2^61 - 1: any t shares determine the secret, any t - 1 are independent of it.
/// A 32-byte secret is cut into four limbs of 56 bits and one of 32, each hidden by its own polynomial of degree t - 1 with
/// uniform coefficients. Source: Shamir, "How to share a secret" (CACM 1979).
/// </summary>
public static class Shamir
{
    /// <summary>Bytes of a secret.</summary>
    public const int SecretLength = 32;

    /// <summary>Limbs of a secret: 256 bits at 56 bits a limb, so that a limb is always below the prime.</summary>
    internal const int Limbs = 5;

    private const int LimbBytes = 7;

    /// <summary>Shares <paramref name="secret32"/> among <paramref name="points"/> so that any <paramref name="threshold"/> shares reconstruct it.</summary>
    /// <param name="secret32">32 bytes.</param>
    /// <param name="threshold">From 1 to the number of points.</param>
    /// <param name="points">The shares' x coordinates: distinct, at least 1.</param>
    /// <param name="random">Draws the coefficients.</param>
    /// <returns>One share per point, in order.</returns>
    /// <exception cref="ArgumentException">The secret, the threshold or the points are not as described.</exception>
    public static SecretShare[] Split(ReadOnlySpan<byte> secret32, int threshold, ReadOnlySpan<int> points, CryptographicRandom random)
    {
        if (secret32.Length != SecretLength) throw new ArgumentException("The secret has 32 bytes.", nameof(secret32));
        CheckPoints(points);
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, points.Length);
        var coefficients = new ulong[threshold * Limbs];       // coefficient c of limb l at [c * Limbs + l]
        try
        {
            Mersenne61.FillUniform(coefficients, random);
            SplitLimbs(secret32, coefficients);
            var shares = new SecretShare[points.Length];
            for (var i = 0; i < shares.Length; i++) shares[i] = ShareAt(coefficients, points[i]);
            return shares;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(coefficients.AsSpan()));
        }
    }

    /// <summary>
    /// The secret behind at least <paramref name="threshold"/> shares at distinct points; the first <paramref name="threshold"/> are used.
    /// For many secrets shared over the same points, keep a <see cref="LagrangeAtZero"/>.
    /// </summary>
    /// <exception cref="ArgumentException">There are too few shares, or two lie at one point.</exception>
    /// <exception cref="CryptographicException">The shares do not belong to one secret.</exception>
    public static byte[] Reconstruct(IReadOnlyList<SecretShare> shares, int threshold)
    {
        ArgumentNullException.ThrowIfNull(shares);
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 1);
        if (shares.Count < threshold) throw new ArgumentException($"{threshold} shares are needed, {shares.Count} are there.", nameof(shares));
        CheckPoints([.. shares.Select(s => s.Point)]);
        SecretShare[] used = [.. shares.Take(threshold)];
        return new LagrangeAtZero([.. used.Select(s => s.Point)]).Reconstruct(used);
    }

    /// <summary>
    /// f(<paramref name="point"/>) = c_0 + c_1 x + ... + c_{t-1} x^{t-1} for coefficients in [0, 2^61 - 1), lowest first.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The point is below 1.</exception>
    public static ulong Evaluate(ReadOnlySpan<ulong> coefficients, int point)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(point, 1);
        var value = 0UL;
        for (var i = coefficients.Length - 1; i >= 0; i--)
            value = Mersenne61.Add(Mersenne61.Multiply(value, (ulong)point), coefficients[i]);
        return value;
    }

    internal static void CheckPoints(ReadOnlySpan<int> points)
    {
        if (points.IsEmpty) throw new ArgumentException("There is no point.", nameof(points));
        var seen = new HashSet<int>(points.Length);
        foreach (var point in points)
        {
            if (point < 1) throw new ArgumentException($"A share cannot lie at {point}: points start at 1.", nameof(points));
            if (!seen.Add(point)) throw new ArgumentException($"Two shares lie at {point}.", nameof(points));
        }
    }

    /// <summary>Five limbs back to 32 bytes.</summary>
    /// <exception cref="CryptographicException">A limb is too large to be one: some share is wrong.</exception>
    internal static byte[] JoinLimbs(ReadOnlySpan<ulong> limbs)
    {
        var tooLarge = (limbs[0] | limbs[1] | limbs[2] | limbs[3]) >> 56 | limbs[4] >> 32;
        if (tooLarge != 0) throw new CryptographicException("The shares do not belong to one secret.");
        var secret = new byte[SecretLength];
        for (var i = 0; i < SecretLength; i++) secret[i] = unchecked((byte)(limbs[i / LimbBytes] >> (8 * (i % LimbBytes))));
        return secret;
    }

    private static void SplitLimbs(ReadOnlySpan<byte> secret, Span<ulong> limbs)
    {
        limbs[..Limbs].Clear();
        for (var i = 0; i < SecretLength; i++) limbs[i / LimbBytes] |= (ulong)secret[i] << (8 * (i % LimbBytes));
    }

    /// <summary>
    /// Horner's rule on the five polynomials side by side. With x below 2^31 a partly reduced accumulator a below 2^63 gives
    /// a x below 2^94, and (a x mod 2^61) + (a x / 2^61) + c below 2^61 + 2^33 + 2^61, again below 2^63: one full reduction
    /// at the end is enough.
    /// </summary>
    private static SecretShare ShareAt(ReadOnlySpan<ulong> coefficients, int point)
    {
        ulong a0 = 0, a1 = 0, a2 = 0, a3 = 0, a4 = 0;
        var x = (ulong)point;
        for (var rest = coefficients; !rest.IsEmpty; rest = rest[..^Limbs])
        {
            var c = rest[^Limbs..];
            a4 = Step(a4, x, c[4]);
            a3 = Step(a3, x, c[3]);
            a2 = Step(a2, x, c[2]);
            a1 = Step(a1, x, c[1]);
            a0 = Step(a0, x, c[0]);
        }
        return new SecretShare(point, Mersenne61.Reduce(a0), Mersenne61.Reduce(a1), Mersenne61.Reduce(a2), Mersenne61.Reduce(a3), Mersenne61.Reduce(a4));

        static ulong Step(ulong value, ulong x, ulong coefficient)
        {
            var high = Math.BigMul(value, x, out var low);
            return unchecked((low & Mersenne61.Prime) + ((high << 3) | (low >> 61)) + coefficient);
        }
    }
}
