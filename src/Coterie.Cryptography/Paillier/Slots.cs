using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>Fields of bits at any offset in little-endian words. Time depends on lengths only.</summary>
internal static class Slots
{
    /// <summary>Puts a value, of no more bits than fit, where only zeros are.</summary>
    public static void Put(Span<ulong> words, int offset, ReadOnlySpan<ulong> value)
    {
        var (word, shift) = (offset >> 6, offset & 63);
        for (var i = 0; i < value.Length && word + i < words.Length; i++)
        {
            words[word + i] |= value[i] << shift;
            if (shift > 0 && word + i + 1 < words.Length) words[word + i + 1] |= value[i] >> (64 - shift);
        }
    }

    /// <summary>64 bits from an offset on; zeros beyond the highest word.</summary>
    public static ulong Read(ReadOnlySpan<ulong> words, int offset) => LittleWords.Bits(words, offset, 32) | (LittleWords.Bits(words, offset + 32, 32) << 32);

    /// <summary>At most 128 bits from an offset on.</summary>
    public static UInt128 Read(ReadOnlySpan<ulong> words, int offset, int bits)
    {
        var value = new UInt128(Read(words, offset + 64), Read(words, offset));
        return bits >= 128 ? value : value & ((UInt128.One << bits) - 1);
    }

    /// <summary>Whether nothing is set from an offset on.</summary>
    public static bool IsZeroFrom(ReadOnlySpan<ulong> words, int offset)
    {
        var any = 0UL;
        for (var at = offset; at < 64 * words.Length; at += 64) any |= Read(words, at);
        return any == 0;
    }
}
