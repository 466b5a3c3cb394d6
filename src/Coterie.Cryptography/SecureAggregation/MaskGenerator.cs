using System.Runtime.CompilerServices;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// Expands a 32-byte key into a mask that is uniform over Z_2^64 per entry, and adds or subtracts it in one pass:
/// entry i takes bytes 8i to 8i + 7, little-endian, of AES-256 in counter mode with a 128-bit big-endian counter from 0
/// (NIST SP 800-38A, section 6.5). The same on every machine. A key is for one mask: take it from <see cref="AggregationKeys"/>.
/// </summary>
public static class MaskGenerator
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyLength = 32;

    /// <summary>destination[i] += mask[i] mod 2^64.</summary>
    /// <exception cref="ArgumentException">The key does not have 32 bytes.</exception>
    public static void AddMask(ReadOnlySpan<byte> key32, Span<ulong> destination) =>
        Apply<Addition>(key32, UInt128.Zero, destination, AesCounterX86.IsSupported);

    /// <summary>destination[i] -= mask[i] mod 2^64.</summary>
    /// <exception cref="ArgumentException">The key does not have 32 bytes.</exception>
    public static void SubtractMask(ReadOnlySpan<byte> key32, Span<ulong> destination) =>
        Apply<Subtraction>(key32, UInt128.Zero, destination, AesCounterX86.IsSupported);

    /// <summary>The same from any first counter and over a chosen path, for known-answer tests.</summary>
    [SkipLocalsInit]
    internal static void Apply<TOperation>(ReadOnlySpan<byte> key32, UInt128 counter, Span<ulong> destination, bool hardware)
        where TOperation : struct, IMaskOperation
    {
        if (key32.Length != KeyLength) throw new ArgumentException("A mask key has 32 bytes.", nameof(key32));
        if (destination.IsEmpty) return;
        // The vector path counts in the low 64 bits only; no mask is long enough to notice unless it starts near their end.
        var blocks = ((ulong)destination.Length + 1) / 2;
        if (hardware && (ulong)(counter & ulong.MaxValue) <= ulong.MaxValue - blocks - AesCounterX86.BlocksPerStep)
            AesCounterX86.Apply<TOperation>(key32, counter, destination);
        else
            AesCounterPortable.Apply<TOperation>(key32, counter, destination);
    }
}
