using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// Half gates where vectors of 512 bits have Galois-field instructions. Eight instances have sixteen keys, four in a vector: their schedules run side by side, with an S-box that is
/// an affine map of the inverse in AES's own field. The encryptions are AES instructions as in <see cref="HalfGatesX86"/>, since the framework has none for wider vectors.
/// </summary>
internal abstract class HalfGatesWide : IHalfGates
{
    private const int Group = 8;                    // instances whose schedules are made together: 2.8 KB, and four chains hide the latency
    private const int Chains = Group / 2;           // vectors of keys: two instances' in each
    private const int RoundKeys = 11;
    private const int Stride = 4 * Chains;          // round keys of a round

    public static bool IsSupported => HalfGatesX86.IsSupported && Gfni.V512.IsSupported && Avx512BW.IsSupported;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Garble(
        HashKey key, ulong first, Vector128<byte> delta, ReadOnlySpan<Vector128<byte>> left, ReadOnlySpan<Vector128<byte>> right,
        Span<Vector128<byte>> output, Span<Vector128<byte>> garblerRows, Span<Vector128<byte>> evaluatorRows)
    {
        unchecked
        {
            int count = left.Length, pairs = count & ~1;
            ref var a = ref MemoryMarshal.GetReference(left);
            ref var b = ref MemoryMarshal.GetReference(right[..count]);
            ref var c = ref MemoryMarshal.GetReference(output[..count]);
            ref var upper = ref MemoryMarshal.GetReference(garblerRows[..count]);
            ref var lower = ref MemoryMarshal.GetReference(evaluatorRows[..count]);
            Span<Vector512<byte>> schedules = stackalloc Vector512<byte>[RoundKeys * Chains];
            ref var wide = ref MemoryMarshal.GetReference(schedules);
            var shift = LabelBlock.Sigma(delta);
            for (nint i = 0; i < pairs; i += 2)
            {
                if (i % Group == 0) Schedule(ref wide, key, first + (2 * (ulong)i));
                ref var k = ref Unsafe.As<Vector512<byte>, Vector128<byte>>(ref Unsafe.Add(ref wide, i % Group / 2));
                Vector128<byte> s0 = LabelBlock.Sigma(Unsafe.Add(ref a, i)), t0 = LabelBlock.Sigma(Unsafe.Add(ref b, i));
                Vector128<byte> s1 = LabelBlock.Sigma(Unsafe.Add(ref a, i + 1)), t1 = LabelBlock.Sigma(Unsafe.Add(ref b, i + 1));
                Vector128<byte> p0 = s0 ^ k, r0 = t0 ^ Unsafe.Add(ref k, 1), p1 = s1 ^ Unsafe.Add(ref k, 2), r1 = t1 ^ Unsafe.Add(ref k, 3);
                Vector128<byte> q0 = p0 ^ shift, u0 = r0 ^ shift, q1 = p1 ^ shift, u1 = r1 ^ shift;
                Round8(ref Unsafe.Add(ref k, 1 * Stride), ref p0, ref q0, ref r0, ref u0, ref p1, ref q1, ref r1, ref u1);
                Round8(ref Unsafe.Add(ref k, 2 * Stride), ref p0, ref q0, ref r0, ref u0, ref p1, ref q1, ref r1, ref u1);
                Round8(ref Unsafe.Add(ref k, 3 * Stride), ref p0, ref q0, ref r0, ref u0, ref p1, ref q1, ref r1, ref u1);
                Round8(ref Unsafe.Add(ref k, 4 * Stride), ref p0, ref q0, ref r0, ref u0, ref p1, ref q1, ref r1, ref u1);
                Round8(ref Unsafe.Add(ref k, 5 * Stride), ref p0, ref q0, ref r0, ref u0, ref p1, ref q1, ref r1, ref u1);
                Round8(ref Unsafe.Add(ref k, 6 * Stride), ref p0, ref q0, ref r0, ref u0, ref p1, ref q1, ref r1, ref u1);
                Round8(ref Unsafe.Add(ref k, 7 * Stride), ref p0, ref q0, ref r0, ref u0, ref p1, ref q1, ref r1, ref u1);
                Round8(ref Unsafe.Add(ref k, 8 * Stride), ref p0, ref q0, ref r0, ref u0, ref p1, ref q1, ref r1, ref u1);
                Round8(ref Unsafe.Add(ref k, 9 * Stride), ref p0, ref q0, ref r0, ref u0, ref p1, ref q1, ref r1, ref u1);
                // The last round key takes sigma(x), which the hash adds, along.
                ref var last = ref Unsafe.Add(ref k, 10 * Stride);
                Vector128<byte> l0 = last ^ s0, l1 = Unsafe.Add(ref last, 1) ^ t0, l2 = Unsafe.Add(ref last, 2) ^ s1, l3 = Unsafe.Add(ref last, 3) ^ t1;
                HalfGatesX86.Join(
                    Unsafe.Add(ref a, i), Unsafe.Add(ref b, i), Aes.EncryptLast(p0, l0), Aes.EncryptLast(q0, l0 ^ shift), Aes.EncryptLast(r0, l1), Aes.EncryptLast(u0, l1 ^ shift), delta,
                    out Unsafe.Add(ref c, i), out Unsafe.Add(ref upper, i), out Unsafe.Add(ref lower, i));
                HalfGatesX86.Join(
                    Unsafe.Add(ref a, i + 1), Unsafe.Add(ref b, i + 1), Aes.EncryptLast(p1, l2), Aes.EncryptLast(q1, l2 ^ shift), Aes.EncryptLast(r1, l3), Aes.EncryptLast(u1, l3 ^ shift), delta,
                    out Unsafe.Add(ref c, i + 1), out Unsafe.Add(ref upper, i + 1), out Unsafe.Add(ref lower, i + 1));
            }
            if (pairs < count)
                HalfGatesX86.Garble(key, first + (2 * (ulong)pairs), delta, left[pairs..], right[pairs..count], output[pairs..count], garblerRows[pairs..count], evaluatorRows[pairs..count]);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Evaluate(
        HashKey key, ulong first, ReadOnlySpan<Vector128<byte>> left, ReadOnlySpan<Vector128<byte>> right,
        Span<Vector128<byte>> output, ReadOnlySpan<Vector128<byte>> garblerRows, ReadOnlySpan<Vector128<byte>> evaluatorRows)
    {
        unchecked
        {
            int count = left.Length, pairs = count & ~1;
            ref var a = ref MemoryMarshal.GetReference(left);
            ref var b = ref MemoryMarshal.GetReference(right[..count]);
            ref var c = ref MemoryMarshal.GetReference(output[..count]);
            ref var upper = ref MemoryMarshal.GetReference(garblerRows[..count]);
            ref var lower = ref MemoryMarshal.GetReference(evaluatorRows[..count]);
            Span<Vector512<byte>> schedules = stackalloc Vector512<byte>[RoundKeys * Chains];
            ref var wide = ref MemoryMarshal.GetReference(schedules);
            for (nint i = 0; i < pairs; i += 2)
            {
                if (i % Group == 0) Schedule(ref wide, key, first + (2 * (ulong)i));
                ref var k = ref Unsafe.As<Vector512<byte>, Vector128<byte>>(ref Unsafe.Add(ref wide, i % Group / 2));
                Vector128<byte> a0 = Unsafe.Add(ref a, i), a1 = Unsafe.Add(ref a, i + 1), b0 = Unsafe.Add(ref b, i), b1 = Unsafe.Add(ref b, i + 1);
                Vector128<byte> s0 = LabelBlock.Sigma(a0), t0 = LabelBlock.Sigma(b0), s1 = LabelBlock.Sigma(a1), t1 = LabelBlock.Sigma(b1);
                Vector128<byte> p0 = s0 ^ k, r0 = t0 ^ Unsafe.Add(ref k, 1), p1 = s1 ^ Unsafe.Add(ref k, 2), r1 = t1 ^ Unsafe.Add(ref k, 3);
                Round4(ref Unsafe.Add(ref k, 1 * Stride), ref p0, ref r0, ref p1, ref r1);
                Round4(ref Unsafe.Add(ref k, 2 * Stride), ref p0, ref r0, ref p1, ref r1);
                Round4(ref Unsafe.Add(ref k, 3 * Stride), ref p0, ref r0, ref p1, ref r1);
                Round4(ref Unsafe.Add(ref k, 4 * Stride), ref p0, ref r0, ref p1, ref r1);
                Round4(ref Unsafe.Add(ref k, 5 * Stride), ref p0, ref r0, ref p1, ref r1);
                Round4(ref Unsafe.Add(ref k, 6 * Stride), ref p0, ref r0, ref p1, ref r1);
                Round4(ref Unsafe.Add(ref k, 7 * Stride), ref p0, ref r0, ref p1, ref r1);
                Round4(ref Unsafe.Add(ref k, 8 * Stride), ref p0, ref r0, ref p1, ref r1);
                Round4(ref Unsafe.Add(ref k, 9 * Stride), ref p0, ref r0, ref p1, ref r1);
                ref var last = ref Unsafe.Add(ref k, 10 * Stride);
                Unsafe.Add(ref c, i) = Aes.EncryptLast(p0, last ^ s0) ^ Aes.EncryptLast(r0, Unsafe.Add(ref last, 1) ^ t0)
                    ^ (LabelBlock.ColourMask(a0) & Unsafe.Add(ref upper, i)) ^ (LabelBlock.ColourMask(b0) & (Unsafe.Add(ref lower, i) ^ a0));
                Unsafe.Add(ref c, i + 1) = Aes.EncryptLast(p1, Unsafe.Add(ref last, 2) ^ s1) ^ Aes.EncryptLast(r1, Unsafe.Add(ref last, 3) ^ t1)
                    ^ (LabelBlock.ColourMask(a1) & Unsafe.Add(ref upper, i + 1)) ^ (LabelBlock.ColourMask(b1) & (Unsafe.Add(ref lower, i + 1) ^ a1));
            }
            if (pairs < count)
                HalfGatesX86.Evaluate(key, first + (2 * (ulong)pairs), left[pairs..], right[pairs..count], output[pairs..count], garblerRows[pairs..count], evaluatorRows[pairs..count]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round8(
        ref Vector128<byte> k, ref Vector128<byte> p0, ref Vector128<byte> q0, ref Vector128<byte> r0, ref Vector128<byte> u0,
        ref Vector128<byte> p1, ref Vector128<byte> q1, ref Vector128<byte> r1, ref Vector128<byte> u1)
    {
        (p0, q0) = (Aes.Encrypt(p0, k), Aes.Encrypt(q0, k));
        (r0, u0) = (Aes.Encrypt(r0, Unsafe.Add(ref k, 1)), Aes.Encrypt(u0, Unsafe.Add(ref k, 1)));
        (p1, q1) = (Aes.Encrypt(p1, Unsafe.Add(ref k, 2)), Aes.Encrypt(q1, Unsafe.Add(ref k, 2)));
        (r1, u1) = (Aes.Encrypt(r1, Unsafe.Add(ref k, 3)), Aes.Encrypt(u1, Unsafe.Add(ref k, 3)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round4(ref Vector128<byte> k, ref Vector128<byte> p0, ref Vector128<byte> r0, ref Vector128<byte> p1, ref Vector128<byte> r1)
    {
        p0 = Aes.Encrypt(p0, k);
        r0 = Aes.Encrypt(r0, Unsafe.Add(ref k, 1));
        p1 = Aes.Encrypt(p1, Unsafe.Add(ref k, 2));
        r1 = Aes.Encrypt(r1, Unsafe.Add(ref k, 3));
    }

    /// <summary>Round keys of the keys of sixteen tweaks, those of a round side by side.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Schedule(ref Vector512<byte> rounds, HashKey key, ulong tweak)
    {
        unchecked
        {
            var step = Vector512.Create(4UL, 0, 4, 0, 4, 0, 4, 0);
            var low = key.Low + tweak;
            var next = Vector512.Create(low, key.High, low + 1, key.High, low + 2, key.High, low + 3, key.High);
            Vector512<byte> k0 = next.AsByte(), k1 = (next + step).AsByte(), k2 = (next + step + step).AsByte(), k3 = (next + step + step + step).AsByte();
            var constant = Vector512.Create(1);
            for (var round = 0; ; round++)
            {
                rounds = k0;
                Unsafe.Add(ref rounds, 1) = k1;
                Unsafe.Add(ref rounds, 2) = k2;
                Unsafe.Add(ref rounds, 3) = k3;
                if (round == RoundKeys - 1) break;
                rounds = ref Unsafe.Add(ref rounds, Chains);
                k0 = Next(k0, constant.AsByte());
                k1 = Next(k1, constant.AsByte());
                k2 = Next(k2, constant.AsByte());
                k3 = Next(k3, constant.AsByte());
                // 1, 2, 4, ..., 128, 27, 54: powers of x in AES's field.
                constant = round == 7 ? Vector512.Create(27) : constant + constant;
            }
        }
    }

    /// <summary>AES-128's next round key (FIPS 197, section 5.2) in each quarter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Next(Vector512<byte> key, Vector512<byte> constant)
    {
        // The affine map of the S-box (FIPS 197, section 5.1.1), row by row of its matrix, and 0x63.
        var word = Gfni.V512.GaloisFieldAffineTransformInverse(
            Avx512BW.Shuffle(key, Vector512.Create(0x0C0F0E0D).AsByte()), Vector512.Create(0xF1E3C78F1F3E7CF8).AsByte(), 0x63);
        key ^= Avx512BW.ShiftLeftLogical128BitLane(key, 4);
        return key ^ Avx512BW.ShiftLeftLogical128BitLane(key, 8) ^ (word ^ constant);
    }
}
