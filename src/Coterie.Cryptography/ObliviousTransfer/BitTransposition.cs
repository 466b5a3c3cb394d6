using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// Turns 128 columns of bits into rows of 128 bits: bit k of row r is bit r of column k. By exchanging halves of halves (Warren, "Hacker's Delight",
/// section 7-3): eight squares of 64 x 64 bits side by side in the lanes of vectors, or one by one; the same rows either way.
/// </summary>
internal static class BitTransposition
{
    /// <summary>Columns, and bits of a block of a column.</summary>
    public const int Columns = 128;

    private const int Side = 64;
    private const int Lanes = 8;

    /// <summary>Whether vectors are faster than words here: with AVX-512 or, in two halves, AVX2.</summary>
    public static bool IsHardware => Vector256.IsHardwareAccelerated && BitConverter.IsLittleEndian;

    /// <summary>Transposes the first so many blocks of each column.</summary>
    /// <param name="columns">Column k's blocks from k x stride on.</param>
    /// <param name="stride">Blocks of a column.</param>
    /// <param name="blocks">Blocks to transpose, at most the stride.</param>
    /// <param name="rows">128 rows a block.</param>
    /// <param name="vectors">Whether to use vectors; by default where they are fast.</param>
    public static void Transpose(ReadOnlySpan<UInt128> columns, int stride, int blocks, Span<UInt128> rows, bool? vectors = null)
    {
        if (columns.Length < Columns * stride || rows.Length < Columns * blocks || blocks > stride) throw new ArgumentException("Columns or rows are missing.", nameof(columns));
        var words = MemoryMarshal.Cast<UInt128, ulong>(columns);
        var target = MemoryMarshal.Cast<UInt128, ulong>(rows);
        var word = 0;
        if (vectors ?? IsHardware)
            for (; word + Lanes <= 2 * blocks; word += Lanes) TransposeStrip(words[word..], 2 * stride, target[(word * Side * 2)..]);
        for (; word < 2 * blocks; word++) TransposeSquares(words[word..], 2 * stride, target[(word * Side * 2)..]);
    }

    /// <summary>Eight words of every column: 512 rows.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeStrip(ReadOnlySpan<ulong> columns, int stride, Span<ulong> rows)
    {
        Span<ulong> buffer = stackalloc ulong[2 * Side * Lanes];
        ref var squares = ref MemoryMarshal.GetReference(buffer);
        ref var source = ref Unsafe.AsRef(in MemoryMarshal.GetReference(columns));
        for (nuint k = 0; k < Columns; k++) Vector512.LoadUnsafe(ref source, k * (nuint)stride).StoreUnsafe(ref squares, k * Lanes);
        for (var half = 0; half < 2; half++)
        {
            ref var square = ref Unsafe.Add(ref squares, half * Side * Lanes);
            Exchange(ref square, 32, 0x00000000FFFFFFFF);
            Exchange(ref square, 16, 0x0000FFFF0000FFFF);
            Exchange(ref square, 8, 0x00FF00FF00FF00FF);
            Exchange(ref square, 4, 0x0F0F0F0F0F0F0F0F);
            Exchange(ref square, 2, 0x3333333333333333);
            Exchange(ref square, 1, 0x5555555555555555);
        }
        ref var target = ref MemoryMarshal.GetReference(rows[..(2 * Side * Lanes)]);
        for (nuint lane = 0; lane < Lanes; lane++)
        {
            for (nuint r = 0; r < Side; r++)
            {
                Unsafe.Add(ref target, ((lane * Side) + r) * 2) = Unsafe.Add(ref squares, (r * Lanes) + lane);
                Unsafe.Add(ref target, (((lane * Side) + r) * 2) + 1) = Unsafe.Add(ref squares, ((Side + r) * Lanes) + lane);
            }
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(buffer));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(ref ulong square, int distance, ulong mask)
    {
        var lower = Vector512.Create(mask);
        for (var group = 0; group < Side; group += 2 * distance)
        {
            for (var k = group; k < group + distance; k++)
            {
                ref var first = ref Unsafe.Add(ref square, k * Lanes);
                ref var second = ref Unsafe.Add(ref square, (k + distance) * Lanes);
                var (x, y) = (Vector512.LoadUnsafe(ref first), Vector512.LoadUnsafe(ref second));
                var t = ((x >>> distance) ^ y) & lower;
                (x ^ (t << distance)).StoreUnsafe(ref first);
                (y ^ t).StoreUnsafe(ref second);
            }
        }
    }

    /// <summary>One word of every column: 64 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeSquares(ReadOnlySpan<ulong> columns, int stride, Span<ulong> rows)
    {
        Span<ulong> square = stackalloc ulong[Side];
        for (var half = 0; half < 2; half++)
        {
            for (var k = 0; k < Side; k++) square[k] = columns[((half * Side) + k) * stride];
            var mask = 0x00000000FFFFFFFFUL;
            for (var distance = Side / 2; distance > 0; distance >>= 1, mask ^= mask << distance)
            {
                for (var k = 0; k < Side; k = (k + distance + 1) & ~distance)
                {
                    var t = ((square[k] >> distance) ^ square[k + distance]) & mask;
                    square[k] ^= t << distance;
                    square[k + distance] ^= t;
                }
            }
            for (var r = 0; r < Side; r++) rows[(2 * r) + half] = square[r];
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(square));
    }
}
