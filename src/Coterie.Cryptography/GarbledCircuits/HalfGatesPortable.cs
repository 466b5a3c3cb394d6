using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>Half gates over the framework's block cipher: for machines without AES instructions, slow because of a key schedule for every half gate.</summary>
internal abstract class HalfGatesPortable : IHalfGates
{
    public static void Garble(
        HashKey key, ulong first, Vector128<byte> delta, ReadOnlySpan<Vector128<byte>> left, ReadOnlySpan<Vector128<byte>> right,
        Span<Vector128<byte>> output, Span<Vector128<byte>> garblerRows, Span<Vector128<byte>> evaluatorRows)
    {
        using var aes = Aes.Create();
        Span<Vector128<byte>> hashes = stackalloc Vector128<byte>[2];
        for (var i = 0; i < left.Length; i++)
        {
            Vector128<byte> a = left[i], b = right[i];
            var tweak = unchecked(first + (2 * (ulong)i));
            Hash(aes, key.At(tweak), [a, a ^ delta], hashes);
            var row = hashes[0] ^ hashes[1] ^ (LabelBlock.ColourMask(b) & delta);
            var half = hashes[0] ^ (LabelBlock.ColourMask(a) & row);
            garblerRows[i] = row;
            Hash(aes, key.At(unchecked(tweak + 1)), [b, b ^ delta], hashes);
            row = hashes[0] ^ hashes[1] ^ a;
            evaluatorRows[i] = row;
            output[i] = half ^ hashes[0] ^ (LabelBlock.ColourMask(b) & (row ^ a));
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(hashes));
    }

    public static void Evaluate(
        HashKey key, ulong first, ReadOnlySpan<Vector128<byte>> left, ReadOnlySpan<Vector128<byte>> right,
        Span<Vector128<byte>> output, ReadOnlySpan<Vector128<byte>> garblerRows, ReadOnlySpan<Vector128<byte>> evaluatorRows)
    {
        using var aes = Aes.Create();
        Span<Vector128<byte>> hash = stackalloc Vector128<byte>[1];
        for (var i = 0; i < left.Length; i++)
        {
            Vector128<byte> a = left[i], b = right[i];
            var tweak = unchecked(first + (2 * (ulong)i));
            Hash(aes, key.At(tweak), [a], hash);
            var half = hash[0] ^ (LabelBlock.ColourMask(a) & garblerRows[i]);
            Hash(aes, key.At(unchecked(tweak + 1)), [b], hash);
            output[i] = half ^ hash[0] ^ (LabelBlock.ColourMask(b) & (evaluatorRows[i] ^ a));
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(hash));
    }

    /// <summary>H(x, k) = AES_k(sigma(x)) ^ sigma(x).</summary>
    private static void Hash(Aes aes, Vector128<byte> key, ReadOnlySpan<Vector128<byte>> labels, Span<Vector128<byte>> hashes)
    {
        Span<Vector128<byte>> blocks = stackalloc Vector128<byte>[2];
        blocks = blocks[..labels.Length];
        for (var i = 0; i < blocks.Length; i++) blocks[i] = LabelBlock.Sigma(labels[i]);
        Span<byte> bytes = stackalloc byte[LabelBlock.Length];
        key.CopyTo(bytes);
        aes.SetKey(bytes);
        aes.EncryptEcb(MemoryMarshal.AsBytes(blocks), MemoryMarshal.AsBytes(hashes), PaddingMode.None);
        for (var i = 0; i < blocks.Length; i++) hashes[i] ^= blocks[i];
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(blocks));
    }
}
