using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// AES-256 counter keystream from the processor's AES instructions, eight independent blocks at a time to hide their latency,
/// fused with the addition so that memory is touched once.
/// </summary>
internal static class AesCounterX86
{
    public const int BlocksPerStep = 8;
    private const int WordsPerStep = 2 * BlocksPerStep;
    private const int RoundKeys = 15;

    // Byte order of the key schedule, the counters and the stream as loaded all assume a little-endian machine, which x86 is.
    public static bool IsSupported => Aes.IsSupported && Ssse3.IsSupported;

    /// <summary>Applies the keystream from <paramref name="counter"/> on; the low 64 bits of the counter must not wrap.</summary>
    [SkipLocalsInit]
    public static void Apply<TOperation>(ReadOnlySpan<byte> key32, UInt128 counter, Span<ulong> destination)
        where TOperation : struct, IMaskOperation
    {
        Span<Vector128<byte>> keys = stackalloc Vector128<byte>[RoundKeys];
        ExpandKey(key32, keys);
        var next = Vector128.Create((ulong)(counter & ulong.MaxValue), (ulong)(counter >> 64));
        var whole = destination.Length - (destination.Length % WordsPerStep);
        next = ApplySteps<TOperation>(keys, next, destination[..whole]);
        var rest = destination[whole..];
        if (!rest.IsEmpty)
        {
            Span<ulong> step = stackalloc ulong[WordsPerStep];
            rest.CopyTo(step);
            step[rest.Length..].Clear();
            ApplySteps<TOperation>(keys, next, step);
            step[..rest.Length].CopyTo(rest);
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(step));
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(keys));
    }

    /// <summary>Whole steps of eight blocks; returns the counter after them.</summary>
    private static Vector128<ulong> ApplySteps<TOperation>(ReadOnlySpan<Vector128<byte>> keys, Vector128<ulong> counter, Span<ulong> destination)
        where TOperation : struct, IMaskOperation
    {
        var reverse = Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        var one = Vector128.Create(1UL, 0);
        ref var key = ref MemoryMarshal.GetReference(keys);
        ref var target = ref MemoryMarshal.GetReference(destination);
        for (nuint offset = 0; offset < (nuint)destination.Length; offset += WordsPerStep)
        {
            var b0 = Ssse3.Shuffle(counter.AsByte(), reverse) ^ key;
            counter += one;
            var b1 = Ssse3.Shuffle(counter.AsByte(), reverse) ^ key;
            counter += one;
            var b2 = Ssse3.Shuffle(counter.AsByte(), reverse) ^ key;
            counter += one;
            var b3 = Ssse3.Shuffle(counter.AsByte(), reverse) ^ key;
            counter += one;
            var b4 = Ssse3.Shuffle(counter.AsByte(), reverse) ^ key;
            counter += one;
            var b5 = Ssse3.Shuffle(counter.AsByte(), reverse) ^ key;
            counter += one;
            var b6 = Ssse3.Shuffle(counter.AsByte(), reverse) ^ key;
            counter += one;
            var b7 = Ssse3.Shuffle(counter.AsByte(), reverse) ^ key;
            counter += one;
            for (var round = 1; round < RoundKeys - 1; round++)
            {
                var k = Unsafe.Add(ref key, round);
                b0 = Aes.Encrypt(b0, k);
                b1 = Aes.Encrypt(b1, k);
                b2 = Aes.Encrypt(b2, k);
                b3 = Aes.Encrypt(b3, k);
                b4 = Aes.Encrypt(b4, k);
                b5 = Aes.Encrypt(b5, k);
                b6 = Aes.Encrypt(b6, k);
                b7 = Aes.Encrypt(b7, k);
            }
            var last = Unsafe.Add(ref key, RoundKeys - 1);
            Store<TOperation>(ref target, offset, Aes.EncryptLast(b0, last));
            Store<TOperation>(ref target, offset + 2, Aes.EncryptLast(b1, last));
            Store<TOperation>(ref target, offset + 4, Aes.EncryptLast(b2, last));
            Store<TOperation>(ref target, offset + 6, Aes.EncryptLast(b3, last));
            Store<TOperation>(ref target, offset + 8, Aes.EncryptLast(b4, last));
            Store<TOperation>(ref target, offset + 10, Aes.EncryptLast(b5, last));
            Store<TOperation>(ref target, offset + 12, Aes.EncryptLast(b6, last));
            Store<TOperation>(ref target, offset + 14, Aes.EncryptLast(b7, last));
        }
        return counter;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TOperation>(ref ulong target, nuint offset, Vector128<byte> stream)
        where TOperation : struct, IMaskOperation =>
        TOperation.Apply(Vector128.LoadUnsafe(ref target, offset), stream.AsUInt64()).StoreUnsafe(ref target, offset);

    /// <summary>The key schedule (FIPS 197, section 5.2), two round keys at a time; no table is read at a secret place.</summary>
    private static void ExpandKey(ReadOnlySpan<byte> key32, Span<Vector128<byte>> keys)
    {
        keys[0] = Vector128.Create(key32[..16]);
        keys[1] = Vector128.Create(key32[16..32]);
        ExpandPair(keys, 2, 0x01);
        ExpandPair(keys, 4, 0x02);
        ExpandPair(keys, 6, 0x04);
        ExpandPair(keys, 8, 0x08);
        ExpandPair(keys, 10, 0x10);
        ExpandPair(keys, 12, 0x20);
        keys[14] = Spread(keys[12]) ^ Rotated(Aes.KeygenAssist(keys[13], 0x40));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExpandPair(Span<Vector128<byte>> keys, int i, [ConstantExpected] byte constant)
    {
        keys[i] = Spread(keys[i - 2]) ^ Rotated(Aes.KeygenAssist(keys[i - 1], constant));
        keys[i + 1] = Spread(keys[i - 1]) ^ Sse2.Shuffle(Aes.KeygenAssist(keys[i], 0).AsInt32(), 0xAA).AsByte();
    }

    /// <summary>SubWord(RotWord(w)) ^ Rcon in every word.</summary>
    private static Vector128<byte> Rotated(Vector128<byte> assist) => Sse2.Shuffle(assist.AsInt32(), 0xFF).AsByte();

    /// <summary>Word j becomes the exclusive or of words 0 to j.</summary>
    private static Vector128<byte> Spread(Vector128<byte> words)
    {
        words ^= Sse2.ShiftLeftLogical128BitLane(words, 4);
        return words ^ Sse2.ShiftLeftLogical128BitLane(words, 8);
    }
}
