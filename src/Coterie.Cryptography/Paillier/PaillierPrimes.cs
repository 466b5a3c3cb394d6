using System.Buffers.Binary;
using System.Security.Cryptography;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>The factors of moduli: what they have to be, and how they are drawn.</summary>
internal static class PaillierPrimes
{
    /// <summary>
    /// Two primes for a modulus of so many bits, from the framework's generator of RSA keys. Most of its pairs are not 3 modulo 4 both, so that
    /// primes of different keys come together.
    /// </summary>
    public static (ulong[] P, ulong[] Q) Draw(int bits)
    {
        ulong[]? kept = null;
        while (true)
        {
            using var rsa = RSA.Create(bits);
            var parameters = rsa.ExportParameters(includePrivateParameters: true);
            try
            {
                foreach (var bytes in new[] { parameters.P!, parameters.Q! })
                {
                    var prime = Words(bytes);
                    if (kept is null && (prime[0] & 3) == 3) kept = prime;
                    else if (kept is not null && Fault(kept, prime, bits) is null) return (kept, prime);
                    else LittleWords.Zero(prime);
                }
            }
            finally
            {
                // The modulus too: a prime of it goes into another one.
                foreach (var secret in new[] { parameters.P, parameters.Q, parameters.D, parameters.DP, parameters.DQ, parameters.InverseQ, parameters.Modulus }) CryptographicOperations.ZeroMemory(secret);
            }
        }
    }

    /// <summary>
    /// What keeps two primes from being the factors of a modulus of so many bits, or null: they are as far apart as random ones, both 3 modulo 4,
    /// and less one they share no factor but 2 (Damgard, Jurik, Nielsen 2010, section 4.2). Their product has its highest bit set, so that they are of
    /// equal lengths and neither divides the other less one: what it divides is odd or more than twice as large.
    /// </summary>
    public static string? Fault(ReadOnlySpan<ulong> p, ReadOnlySpan<ulong> q, int bits)
    {
        if (p.Length != q.Length || 128 * p.Length != bits) return $"each has {bits / 2} bits";
        if ((p[0] & q[0] & 3) != 3) return "both are 3 modulo 4";
        // FIPS 186-5, A.1.3: primes that agree in their hundred highest bits are refused; random ones never do.
        if (p[^1] == q[^1] && (p[^2] ^ q[^2]) >> 28 == 0) return "they differ in their hundred highest bits";
        if (!HalvesAreCoprime(p, q)) return "less one they have no common factor but 2";
        var n = new ulong[2 * p.Length];
        LittleWords.MultiplyAdd(p, q, [], n);
        return (n[^1] >> 63) == 1 ? null : $"their product has {bits} bits";
    }

    /// <summary>Big-endian bytes as words.</summary>
    private static ulong[] Words(ReadOnlySpan<byte> bytes)
    {
        var words = new ulong[(bytes.Length + 7) / 8];
        Span<byte> padded = stackalloc byte[8 * words.Length];
        padded.Clear();
        bytes.CopyTo(padded[(padded.Length - bytes.Length)..]);
        for (var i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadUInt64BigEndian(padded[(padded.Length - (8 * (i + 1)))..]);
        CryptographicOperations.ZeroMemory(padded);
        return words;
    }

    /// <summary>Whether (p-1)/2 and (q-1)/2, both odd, are coprime.</summary>
    private static bool HalvesAreCoprime(ReadOnlySpan<ulong> p, ReadOnlySpan<ulong> q)
    {
        ulong[] x = p.ToArray(), y = q.ToArray(), inverse = new ulong[p.Length];
        foreach (var half in new[] { x, y })
            for (var i = 0; i < half.Length; i++) half[i] = (half[i] >> 1) | (i + 1 < half.Length ? half[i + 1] << 63 : 0);
        var result = SecretIntegers.TryInvert(x, y, inverse);
        foreach (var secret in new[] { x, y, inverse }) LittleWords.Zero(secret);
        return result;
    }
}
