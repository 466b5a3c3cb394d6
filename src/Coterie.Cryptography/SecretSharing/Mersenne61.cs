using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Randomness;

namespace Coterie.Cryptography.SecretSharing;

/// <summary>
/// Arithmetic in the prime field of p = 2^61 - 1. Elements are integers in [0, p). Running time does not depend on values:
/// reductions are shifts and masked subtractions, never branches.
/// </summary>
public static class Mersenne61
{
    /// <summary>The prime 2^61 - 1.</summary>
    public const ulong Prime = (1UL << 61) - 1;

    /// <summary>left + right.</summary>
    public static ulong Add(ulong left, ulong right) => SubtractPrime(unchecked(left + right));

    /// <summary>left - right.</summary>
    public static ulong Subtract(ulong left, ulong right) => SubtractPrime(unchecked(left + Prime - right));

    /// <summary>left right.</summary>
    public static ulong Multiply(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return SubtractPrime(unchecked((low & Prime) + ((high << 3) | (low >> 61))));
    }

    /// <summary>value^(p - 2), the inverse; 0 gives 0.</summary>
    public static ulong Invert(ulong value)
    {
        var result = 1UL;                                   // p - 2 = 2^61 - 3: every bit set but the second lowest
        for (var bit = 60; bit >= 0; bit--)
        {
            result = Multiply(result, result);
            if (bit != 1) result = Multiply(result, value);
        }
        return result;
    }

    /// <summary>Any 64-bit integer modulo p.</summary>
    public static ulong Reduce(ulong value) => SubtractPrime(unchecked((value & Prime) + (value >> 61)));

    /// <summary>
    /// sum + left right for elements left and right, reduced to below 2^61 + 8 only: the product folds to below 2^62, so the
    /// sum stays below 2^63. Ends with <see cref="Reduce"/>.
    /// </summary>
    internal static ulong MultiplyAddLazily(ulong sum, ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        unchecked
        {
            sum += (low & Prime) + ((high << 3) | (low >> 61));
            return (sum & Prime) + (sum >> 61);
        }
    }

    /// <summary>Fills <paramref name="destination"/> with independent uniform elements: 61 random bits, drawn again when they are p.</summary>
    public static void FillUniform(Span<ulong> destination, CryptographicRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        random.Fill(MemoryMarshal.AsBytes(destination));
        Span<byte> again = stackalloc byte[sizeof(ulong)];
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] &= Prime;
            while (destination[i] == Prime)                 // one draw in 2^61
            {
                random.Fill(again);
                destination[i] = BinaryPrimitives.ReadUInt64LittleEndian(again) & Prime;
            }
        }
        CryptographicOperations.ZeroMemory(again);
    }

    /// <summary>value in [0, 2p) to [0, p).</summary>
    private static ulong SubtractPrime(ulong value)
    {
        unchecked
        {
            var difference = value - Prime;
            return difference + (Prime & (0UL - (difference >> 63)));
        }
    }
}
