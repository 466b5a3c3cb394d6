using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// A tweakable hash that is circular correlation robust when AES is an ideal cipher: TMMO(x, i) = pi(pi(x) xor i) xor pi(x) (Guo, Katz, Wang, Yu,
/// "Efficient and secure multiparty computation from fixed-key block ciphers", IEEE S&amp;P 2020, section 7.4), with a permutation pi of its own for
/// every batch, so that batches do not add up in the bound.
/// </summary>
/// <remarks>The tweak of block b of transfer i is i + 2^64 b; with several blocks the hash is a stream, and pi(x) is computed once.</remarks>
internal sealed class CorrelationHash(UInt128 key, bool? hardware = null) : IDisposable
{
    private readonly Aes128 _permutation = new(key, hardware);

    /// <summary>target_i = pi(x_i xor offset).</summary>
    public void Permute(ReadOnlySpan<UInt128> x, UInt128 offset, Span<UInt128> target)
    {
        BlockKernels.Xor(x, offset, target);
        _permutation.Encrypt(target[..x.Length]);
    }

    /// <summary>Blocks firstBlock, firstBlock + 1 and so on of each transfer's stream, from its permuted x; as many blocks each as there is room for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Streams(ReadOnlySpan<UInt128> permuted, ulong firstTransfer, int firstBlock, Span<UInt128> target)
    {
        if (permuted.IsEmpty) return;
        var each = target.Length / permuted.Length;
        for (var i = 0; i < permuted.Length; i++)
        {
            if (each == 1) target[i] = permuted[i] ^ new UInt128((ulong)firstBlock, firstTransfer + (ulong)i);
            else BlockKernels.Count(permuted[i] ^ (firstTransfer + (ulong)i), (ulong)firstBlock, 1, target.Slice(i * each, each));
        }
        _permutation.Encrypt(target);
        if (each == 1) BlockKernels.AddMasked(permuted, UInt128.MaxValue, target);
        for (var i = 0; i < permuted.Length && each > 1; i++)
        {
            var blocks = target.Slice(i * each, each);
            BlockKernels.Xor(blocks, permuted[i], blocks);
        }
    }

    /// <summary>target_i = TMMO(x_i xor offset, i), for all transfers of a batch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Hash(ReadOnlySpan<UInt128> x, UInt128 offset, Span<UInt128> target)
    {
        const int Chunk = 512;   // 8 KiB, for the first-level cache
        Span<UInt128> permuted = stackalloc UInt128[Chunk];
        for (var first = 0; first < x.Length; first += Chunk)
        {
            var count = Math.Min(Chunk, x.Length - first);
            Permute(x.Slice(first, count), offset, permuted);
            Streams(permuted[..count], (ulong)first, 0, target.Slice(first, count));
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(permuted));
    }

    /// <summary>Forgets the permutation.</summary>
    public void Dispose() => _permutation.Dispose();
}
