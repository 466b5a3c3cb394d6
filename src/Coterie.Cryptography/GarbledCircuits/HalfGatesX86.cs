using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// Half gates by the processor's AES instructions. Key schedules run beside the encryptions and are never stored (Gueron, Lindell, Nof, Pinkas, CCS 2015): two
/// instances at once are four schedules and eight blocks in flight when garbling, which hides the instructions' latency.
/// </summary>
internal abstract class HalfGatesX86 : IHalfGates
{
    /// <summary>Whether this machine has the instructions; they imply little-endian memory.</summary>
    public static bool IsSupported => Aes.IsSupported && Ssse3.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Garble(
        HashKey key, ulong first, Vector128<byte> delta, ReadOnlySpan<Vector128<byte>> left, ReadOnlySpan<Vector128<byte>> right,
        Span<Vector128<byte>> output, Span<Vector128<byte>> garblerRows, Span<Vector128<byte>> evaluatorRows)
    {
        var count = left.Length;
        // Lengths are checked once, here; below are bare references.
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var b = ref MemoryMarshal.GetReference(right[..count]);
        ref var c = ref MemoryMarshal.GetReference(output[..count]);
        ref var upper = ref MemoryMarshal.GetReference(garblerRows[..count]);
        ref var lower = ref MemoryMarshal.GetReference(evaluatorRows[..count]);
        var shift = LabelBlock.Sigma(delta);
        for (var i = 0; i < count; i += 2)
        {
            // An odd last instance is computed twice, alike.
            var j = Math.Min(i + 1, count - 1);
            Vector128<byte> a0 = Unsafe.Add(ref a, i), a1 = Unsafe.Add(ref a, j), b0 = Unsafe.Add(ref b, i), b1 = Unsafe.Add(ref b, j);
            var tweak = unchecked(first + (2 * (ulong)i));
            var other = unchecked(first + (2 * (ulong)j));
            var keys = new Keys4(key.At(tweak), key.At(unchecked(tweak + 1)), key.At(other), key.At(unchecked(other + 1)));
            Vector128<byte> s0 = LabelBlock.Sigma(a0), t0 = LabelBlock.Sigma(b0), s1 = LabelBlock.Sigma(a1), t1 = LabelBlock.Sigma(b1);
            Vector128<byte> p0 = s0, q0 = s0 ^ shift, r0 = t0, u0 = t0 ^ shift, p1 = s1, q1 = s1 ^ shift, r1 = t1, u1 = t1 ^ shift;
            Encrypt8(keys, ref p0, ref q0, ref r0, ref u0, ref p1, ref q1, ref r1, ref u1);
            Join(a0, b0, p0 ^ s0, q0 ^ s0 ^ shift, r0 ^ t0, u0 ^ t0 ^ shift, delta, out Unsafe.Add(ref c, i), out Unsafe.Add(ref upper, i), out Unsafe.Add(ref lower, i));
            Join(a1, b1, p1 ^ s1, q1 ^ s1 ^ shift, r1 ^ t1, u1 ^ t1 ^ shift, delta, out Unsafe.Add(ref c, j), out Unsafe.Add(ref upper, j), out Unsafe.Add(ref lower, j));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Evaluate(
        HashKey key, ulong first, ReadOnlySpan<Vector128<byte>> left, ReadOnlySpan<Vector128<byte>> right,
        Span<Vector128<byte>> output, ReadOnlySpan<Vector128<byte>> garblerRows, ReadOnlySpan<Vector128<byte>> evaluatorRows)
    {
        var count = left.Length;
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var b = ref MemoryMarshal.GetReference(right[..count]);
        ref var c = ref MemoryMarshal.GetReference(output[..count]);
        ref var upper = ref MemoryMarshal.GetReference(garblerRows[..count]);
        ref var lower = ref MemoryMarshal.GetReference(evaluatorRows[..count]);
        for (var i = 0; i < count; i += 2)
        {
            var j = Math.Min(i + 1, count - 1);
            Vector128<byte> a0 = Unsafe.Add(ref a, i), a1 = Unsafe.Add(ref a, j), b0 = Unsafe.Add(ref b, i), b1 = Unsafe.Add(ref b, j);
            var tweak = unchecked(first + (2 * (ulong)i));
            var other = unchecked(first + (2 * (ulong)j));
            var keys = new Keys4(key.At(tweak), key.At(unchecked(tweak + 1)), key.At(other), key.At(unchecked(other + 1)));
            Vector128<byte> s0 = LabelBlock.Sigma(a0), t0 = LabelBlock.Sigma(b0), s1 = LabelBlock.Sigma(a1), t1 = LabelBlock.Sigma(b1);
            Vector128<byte> p0 = s0, r0 = t0, p1 = s1, r1 = t1;
            Encrypt4(keys, ref p0, ref r0, ref p1, ref r1);
            var c0 = p0 ^ s0 ^ r0 ^ t0 ^ (LabelBlock.ColourMask(a0) & Unsafe.Add(ref upper, i)) ^ (LabelBlock.ColourMask(b0) & (Unsafe.Add(ref lower, i) ^ a0));
            var c1 = p1 ^ s1 ^ r1 ^ t1 ^ (LabelBlock.ColourMask(a1) & Unsafe.Add(ref upper, j)) ^ (LabelBlock.ColourMask(b1) & (Unsafe.Add(ref lower, j) ^ a1));
            Unsafe.Add(ref c, i) = c0;
            Unsafe.Add(ref c, j) = c1;
        }
    }

    /// <summary>Rows and output of one gate, from the hashes of both labels of both inputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Join(
        Vector128<byte> a, Vector128<byte> b, Vector128<byte> hashA0, Vector128<byte> hashA1, Vector128<byte> hashB0, Vector128<byte> hashB1,
        Vector128<byte> delta, out Vector128<byte> output, out Vector128<byte> garblerRow, out Vector128<byte> evaluatorRow)
    {
        var colour = LabelBlock.ColourMask(b);
        var known = hashA0 ^ hashA1 ^ (colour & delta);
        var unknown = hashB0 ^ hashB1;
        garblerRow = known;
        evaluatorRow = unknown ^ a;
        output = hashA0 ^ (LabelBlock.ColourMask(a) & known) ^ hashB0 ^ (colour & unknown);
    }

    /// <summary>Four round keys, each stepped to the next round's.</summary>
    private struct Keys4(Vector128<byte> k0, Vector128<byte> k1, Vector128<byte> k2, Vector128<byte> k3)
    {
        public Vector128<byte> K0 = k0, K1 = k1, K2 = k2, K3 = k3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Encrypt8(
        Keys4 keys, ref Vector128<byte> p0, ref Vector128<byte> q0, ref Vector128<byte> r0, ref Vector128<byte> u0,
        ref Vector128<byte> p1, ref Vector128<byte> q1, ref Vector128<byte> r1, ref Vector128<byte> u1)
    {
        Vector128<byte> k0 = keys.K0, k1 = keys.K1, k2 = keys.K2, k3 = keys.K3;
        p0 ^= k0; q0 ^= k0; r0 ^= k1; u0 ^= k1; p1 ^= k2; q1 ^= k2; r1 ^= k3; u1 ^= k3;
        var constant = Vector128.Create(1).AsByte();
        for (var round = 1; round < 10; round++)
        {
            k0 = NextKey(k0, constant);
            k1 = NextKey(k1, constant);
            k2 = NextKey(k2, constant);
            k3 = NextKey(k3, constant);
            p0 = Aes.Encrypt(p0, k0); q0 = Aes.Encrypt(q0, k0);
            r0 = Aes.Encrypt(r0, k1); u0 = Aes.Encrypt(u0, k1);
            p1 = Aes.Encrypt(p1, k2); q1 = Aes.Encrypt(q1, k2);
            r1 = Aes.Encrypt(r1, k3); u1 = Aes.Encrypt(u1, k3);
            constant = NextConstant(constant, round);
        }
        k0 = NextKey(k0, constant);
        k1 = NextKey(k1, constant);
        k2 = NextKey(k2, constant);
        k3 = NextKey(k3, constant);
        p0 = Aes.EncryptLast(p0, k0); q0 = Aes.EncryptLast(q0, k0);
        r0 = Aes.EncryptLast(r0, k1); u0 = Aes.EncryptLast(u0, k1);
        p1 = Aes.EncryptLast(p1, k2); q1 = Aes.EncryptLast(q1, k2);
        r1 = Aes.EncryptLast(r1, k3); u1 = Aes.EncryptLast(u1, k3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Encrypt4(Keys4 keys, ref Vector128<byte> p0, ref Vector128<byte> r0, ref Vector128<byte> p1, ref Vector128<byte> r1)
    {
        Vector128<byte> k0 = keys.K0, k1 = keys.K1, k2 = keys.K2, k3 = keys.K3;
        p0 ^= k0; r0 ^= k1; p1 ^= k2; r1 ^= k3;
        var constant = Vector128.Create(1).AsByte();
        for (var round = 1; round < 10; round++)
        {
            k0 = NextKey(k0, constant);
            k1 = NextKey(k1, constant);
            k2 = NextKey(k2, constant);
            k3 = NextKey(k3, constant);
            p0 = Aes.Encrypt(p0, k0);
            r0 = Aes.Encrypt(r0, k1);
            p1 = Aes.Encrypt(p1, k2);
            r1 = Aes.Encrypt(r1, k3);
            constant = NextConstant(constant, round);
        }
        p0 = Aes.EncryptLast(p0, NextKey(k0, constant));
        r0 = Aes.EncryptLast(r0, NextKey(k1, constant));
        p1 = Aes.EncryptLast(p1, NextKey(k2, constant));
        r1 = Aes.EncryptLast(r1, NextKey(k3, constant));
    }

    /// <summary>
    /// AES-128's next round key (FIPS 197, section 5.2): the last word, rotated, in every column makes ShiftRows idle, so that the last round's instruction is SubWord, and adds the constant.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> NextKey(Vector128<byte> key, Vector128<byte> constant)
    {
        var word = Aes.EncryptLast(Ssse3.Shuffle(key, Vector128.Create((byte)13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12)), constant);
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 4);
        return key ^ Sse2.ShiftLeftLogical128BitLane(key, 8) ^ word;
    }

    /// <summary>1, 2, 4, ..., 128, 27, 54: powers of x in AES's field, in the low byte of every word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> NextConstant(Vector128<byte> constant, int round) =>
        round == 8 ? Vector128.Create(27).AsByte() : (constant.AsInt32() + constant.AsInt32()).AsByte();
}
