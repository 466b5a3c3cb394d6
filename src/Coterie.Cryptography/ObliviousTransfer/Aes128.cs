using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Aes = System.Runtime.Intrinsics.X86.Aes;
using BlockCipher = System.Security.Cryptography.Aes;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// AES-128 (FIPS 197) on arrays of blocks: by the processor's instructions, eight blocks at a time to hide their latency, or by the framework's cipher.
/// A block is a <see cref="UInt128"/> as it lies in memory of a little-endian machine.
/// </summary>
internal sealed class Aes128 : IDisposable
{
    private const int RoundKeys = 11;
    private const int BlocksPerStep = 8;

    private readonly Vector128<byte>[] _keys = new Vector128<byte>[RoundKeys];
    private readonly BlockCipher? _portable;

    /// <summary>The schedule of a key.</summary>
    /// <param name="key">As it lies in memory.</param>
    /// <param name="hardware">Whether the processor's instructions are used; by default where they are.</param>
    public Aes128(UInt128 key, bool? hardware = null)
    {
        var bytes = MemoryMarshal.AsBytes(new Span<UInt128>(ref key));
        if (hardware ?? IsHardware)
        {
            Expand(Vector128.Create((ReadOnlySpan<byte>)bytes), _keys);
        }
        else
        {
            _portable = BlockCipher.Create();
            _portable.SetKey(bytes);
        }
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <summary>Whether the processor has the instructions.</summary>
    public static bool IsHardware => Aes.IsSupported && BitConverter.IsLittleEndian;

    /// <summary>Encrypts blocks in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Encrypt(Span<UInt128> blocks)
    {
        if (_portable is not null)
        {
            var bytes = MemoryMarshal.AsBytes(blocks);
            if (!bytes.IsEmpty) _portable.EncryptEcb(bytes, bytes, PaddingMode.None);
            return;
        }
        ref var first = ref Unsafe.As<UInt128, byte>(ref MemoryMarshal.GetReference(blocks));
        ref var keys = ref MemoryMarshal.GetArrayDataReference(_keys);
        var whole = blocks.Length - (blocks.Length % BlocksPerStep);
        for (nuint i = 0; i < (nuint)whole * 16; i += BlocksPerStep * 16) EncryptStep(ref Unsafe.Add(ref first, i), ref keys);
        for (var i = whole; i < blocks.Length; i++) EncryptOne(ref Unsafe.Add(ref first, (nuint)i * 16), ref keys);
    }

    /// <summary>Fills blocks with the keystream of counter mode from a counter on; the counter is the block's number, little-endian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Counters(ulong counter, Span<UInt128> blocks)
    {
        BlockKernels.Count(0, counter, 0, blocks);
        Encrypt(blocks);
    }

    /// <summary>Zeroes the schedule.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_keys.AsSpan()));
        _portable?.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EncryptStep(ref byte blocks, ref Vector128<byte> keys)
    {
        var key = keys;
        var b0 = Vector128.LoadUnsafe(ref blocks) ^ key;
        var b1 = Vector128.LoadUnsafe(ref blocks, 16) ^ key;
        var b2 = Vector128.LoadUnsafe(ref blocks, 32) ^ key;
        var b3 = Vector128.LoadUnsafe(ref blocks, 48) ^ key;
        var b4 = Vector128.LoadUnsafe(ref blocks, 64) ^ key;
        var b5 = Vector128.LoadUnsafe(ref blocks, 80) ^ key;
        var b6 = Vector128.LoadUnsafe(ref blocks, 96) ^ key;
        var b7 = Vector128.LoadUnsafe(ref blocks, 112) ^ key;
        for (var round = 1; round < RoundKeys - 1; round++)
        {
            key = Unsafe.Add(ref keys, round);
            b0 = Aes.Encrypt(b0, key);
            b1 = Aes.Encrypt(b1, key);
            b2 = Aes.Encrypt(b2, key);
            b3 = Aes.Encrypt(b3, key);
            b4 = Aes.Encrypt(b4, key);
            b5 = Aes.Encrypt(b5, key);
            b6 = Aes.Encrypt(b6, key);
            b7 = Aes.Encrypt(b7, key);
        }
        key = Unsafe.Add(ref keys, RoundKeys - 1);
        Aes.EncryptLast(b0, key).StoreUnsafe(ref blocks);
        Aes.EncryptLast(b1, key).StoreUnsafe(ref blocks, 16);
        Aes.EncryptLast(b2, key).StoreUnsafe(ref blocks, 32);
        Aes.EncryptLast(b3, key).StoreUnsafe(ref blocks, 48);
        Aes.EncryptLast(b4, key).StoreUnsafe(ref blocks, 64);
        Aes.EncryptLast(b5, key).StoreUnsafe(ref blocks, 80);
        Aes.EncryptLast(b6, key).StoreUnsafe(ref blocks, 96);
        Aes.EncryptLast(b7, key).StoreUnsafe(ref blocks, 112);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EncryptOne(ref byte block, ref Vector128<byte> keys)
    {
        var b = Vector128.LoadUnsafe(ref block) ^ keys;
        for (var round = 1; round < RoundKeys - 1; round++) b = Aes.Encrypt(b, Unsafe.Add(ref keys, round));
        Aes.EncryptLast(b, Unsafe.Add(ref keys, RoundKeys - 1)).StoreUnsafe(ref block);
    }

    /// <summary>The key schedule (FIPS 197, section 5.2); no table is read at a secret place.</summary>
    private static void Expand(Vector128<byte> key, Span<Vector128<byte>> keys)
    {
        keys[0] = key;
        keys[1] = Next(keys[0], 0x01);
        keys[2] = Next(keys[1], 0x02);
        keys[3] = Next(keys[2], 0x04);
        keys[4] = Next(keys[3], 0x08);
        keys[5] = Next(keys[4], 0x10);
        keys[6] = Next(keys[5], 0x20);
        keys[7] = Next(keys[6], 0x40);
        keys[8] = Next(keys[7], 0x80);
        keys[9] = Next(keys[8], 0x1B);
        keys[10] = Next(keys[9], 0x36);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Next(Vector128<byte> key, [ConstantExpected] byte constant)
    {
        var rotated = Sse2.Shuffle(Aes.KeygenAssist(key, constant).AsInt32(), 0xFF).AsByte();
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 4);
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 8);
        return key ^ rotated;
    }
}
