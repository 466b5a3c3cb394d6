using System.Buffers.Binary;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// Bits of many instances in bytes: bit w of instance i, of n bits each, is bit i n + w of the string, the lowest bit of a byte first. Choices, inputs, shares and
/// outputs travel like this; unused bits of the last byte are 0. On words of 64 bits it is their little-endian memory.
/// </summary>
public static class PackedBits
{
    /// <summary>Bytes that hold <paramref name="bits"/> bits.</summary>
    public static int Bytes(long bits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bits);
        return checked((int)((bits + 7) / 8));
    }

    /// <summary>Bit <paramref name="index"/> of the string.</summary>
    public static bool Get(ReadOnlySpan<byte> bits, long index) => ((bits[checked((int)(index >> 3))] >> (int)(index & 7)) & 1) != 0;

    /// <summary>Writes bit <paramref name="index"/> of the string.</summary>
    public static void Set(Span<byte> bits, long index, bool value)
    {
        ref var cell = ref bits[checked((int)(index >> 3))];
        var mask = 1 << (int)(index & 7);
        cell = (byte)(value ? cell | mask : cell & ~mask);
    }

    /// <summary>The low <paramref name="width"/> bits of each number, one after the other.</summary>
    public static byte[] FromWords(ReadOnlySpan<ulong> words, int width)
    {
        RequireWidth(width);
        var bits = new byte[Bytes((long)words.Length * width)];
        var (kept, held, at) = (UInt128.Zero, 0, 0);
        var mask = ulong.MaxValue >> (64 - width);
        foreach (var word in words)
        {
            kept |= (UInt128)(word & mask) << held;
            held += width;
            if (held < 64) continue;
            BinaryPrimitives.WriteUInt64LittleEndian(bits.AsSpan(at), unchecked((ulong)kept));
            (kept, held, at) = (kept >> 64, held - 64, at + sizeof(ulong));
        }
        for (; at < bits.Length; at++, kept >>= 8) bits[at] = unchecked((byte)kept);
        return bits;
    }

    /// <summary>The numbers of <paramref name="width"/> bits each, unsigned.</summary>
    public static ulong[] ToWords(ReadOnlySpan<byte> bits, int count, int width)
    {
        RequireWidth(width);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Require(bits, (long)count * width, nameof(bits));
        var words = new ulong[count];
        for (var i = 0; i < count; i++)
            for (var bit = 0; bit < width; bit++)
                if (Get(bits, ((long)i * width) + bit)) words[i] |= 1UL << bit;
        return words;
    }

    internal static void Require(ReadOnlySpan<byte> bits, long count, string name)
    {
        if (bits.Length != Bytes(count)) throw new ArgumentException($"{count} bits take {Bytes(count)} bytes, {bits.Length} given.", name);
    }

    private static void RequireWidth(int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 64);
    }
}
