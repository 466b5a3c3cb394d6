using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// Entries of fewer than 64 bits without gaps. 512 entries at a time lie in eight interleaved streams of 64 entries, so that vectors pack them with shifts
/// alone; what is left at the end lies in one stream, filled up to a word. The same bytes with and without vectors.
/// </summary>
internal static class BitPacking
{
    /// <summary>Entries that are packed at a time.</summary>
    public const int Block = Lanes * Rows;

    private const int Lanes = 8;
    private const int Rows = 64;

    /// <summary>Bytes that so many entries take.</summary>
    public static long Bytes(long entries, int width) => (entries / Block * Block * width / 8) + (((entries % Block * width) + 63) / 64 * 8);

    /// <summary>Packs a block into 8 x width words, or what is left into fewer. Bits above the width are dropped.</summary>
    public static void Pack(ReadOnlySpan<ulong> entries, int width, Span<ulong> packed)
    {
        if (entries.Length == Block) PackBlock(entries, width, packed[..(Lanes * width)]);
        else PackRest(entries, width, packed);
    }

    /// <summary>The inverse of <see cref="Pack"/>, with zeros above the width.</summary>
    public static void Unpack(ReadOnlySpan<ulong> packed, int width, Span<ulong> entries)
    {
        if (entries.Length == Block) UnpackBlock(packed[..(Lanes * width)], width, entries);
        else UnpackRest(packed, width, entries);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackBlock(ReadOnlySpan<ulong> entries, int width, Span<ulong> packed)
    {
        ref var source = ref MemoryMarshal.GetReference(entries);
        ref var target = ref MemoryMarshal.GetReference(packed);
        var mask = Vector512.Create(ulong.MaxValue >> (64 - width));
        var (word, fill, written) = (Vector512<ulong>.Zero, 0, (nuint)0);
        for (nuint row = 0; row < Rows; row++)
        {
            var entry = Vector512.LoadUnsafe(ref source, row * Lanes) & mask;
            word |= entry << fill;
            fill += width;
            if (fill < 64) continue;
            word.StoreUnsafe(ref target, written);
            written += Lanes;
            fill -= 64;
            // By width - fill in two steps: a shift by 64 would be one by 0.
            word = (entry >>> 1) >>> (width - fill - 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UnpackBlock(ReadOnlySpan<ulong> packed, int width, Span<ulong> entries)
    {
        ref var source = ref MemoryMarshal.GetReference(packed);
        ref var target = ref MemoryMarshal.GetReference(entries);
        var mask = Vector512.Create(ulong.MaxValue >> (64 - width));
        var (word, used, read) = (Vector512.LoadUnsafe(ref source), 0, (nuint)Lanes);
        for (nuint row = 0; row < Rows; row++)
        {
            var entry = word >>> used;
            used += width;
            if (used >= 64)
            {
                used -= 64;
                if (row + 1 < Rows || used != 0) word = Vector512.LoadUnsafe(ref source, read);
                read += Lanes;
                if (used != 0) entry |= word << (width - used);
            }
            (entry & mask).StoreUnsafe(ref target, row * Lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackRest(ReadOnlySpan<ulong> entries, int width, Span<ulong> packed)
    {
        var mask = ulong.MaxValue >> (64 - width);
        var (word, fill, written) = (0UL, 0, 0);
        foreach (var value in entries)
        {
            var entry = value & mask;
            word |= entry << fill;
            fill += width;
            if (fill < 64) continue;
            packed[written++] = word;
            fill -= 64;
            word = (entry >> 1) >> (width - fill - 1);
        }
        if (fill > 0) packed[written] = word;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UnpackRest(ReadOnlySpan<ulong> packed, int width, Span<ulong> entries)
    {
        var mask = ulong.MaxValue >> (64 - width);
        for (var i = 0; i < entries.Length; i++)
        {
            var (word, shift) = Math.DivRem(i * width, 64);
            var entry = packed[word] >> shift;
            if (shift + width > 64) entry |= packed[word + 1] << (64 - shift);
            entries[i] = entry & mask;
        }
    }
}
