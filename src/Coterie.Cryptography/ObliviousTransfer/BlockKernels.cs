using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>Exclusive ors of arrays of 128-bit blocks, as long as the first argument; the framework's integer of 128 bits does them in halves.</summary>
internal static class BlockKernels
{
    /// <summary>target = x xor constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Xor(ReadOnlySpan<UInt128> x, UInt128 constant, Span<UInt128> target)
    {
        target = target[..x.Length];
        ref var source = ref Words(x);
        ref var sum = ref Words(target);
        var other = Vector(constant);
        for (nuint i = 0; i < (nuint)x.Length * 2; i += 2) (Vector128.LoadUnsafe(ref source, i) ^ other).StoreUnsafe(ref sum, i);
    }

    /// <summary>target = target xor x xor y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddBoth(ReadOnlySpan<UInt128> x, ReadOnlySpan<UInt128> y, Span<UInt128> target)
    {
        y = y[..x.Length];
        target = target[..x.Length];
        ref var first = ref Words(x);
        ref var second = ref Words(y);
        ref var sum = ref Words(target);
        for (nuint i = 0; i < (nuint)x.Length * 2; i += 2)
            (Vector128.LoadUnsafe(ref sum, i) ^ Vector128.LoadUnsafe(ref first, i) ^ Vector128.LoadUnsafe(ref second, i)).StoreUnsafe(ref sum, i);
    }

    /// <summary>target = target xor (x and mask).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddMasked(ReadOnlySpan<UInt128> x, UInt128 mask, Span<UInt128> target)
    {
        target = target[..x.Length];
        ref var source = ref Words(x);
        ref var sum = ref Words(target);
        var bits = Vector(mask);
        for (nuint i = 0; i < (nuint)x.Length * 2; i += 2)
            (Vector128.LoadUnsafe(ref sum, i) ^ (Vector128.LoadUnsafe(ref source, i) & bits)).StoreUnsafe(ref sum, i);
    }

    /// <summary>Block i is start xor (counter + i) in the half that is chosen: 0 the lower, 1 the upper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Count(UInt128 start, ulong counter, int half, Span<UInt128> target)
    {
        ref var block = ref Words(target);
        var begin = Vector(start);
        var step = half == 0 ? Vector128.Create(1UL, 0) : Vector128.Create(0, 1UL);
        var number = half == 0 ? Vector128.Create(counter, 0) : Vector128.Create(0, counter);
        for (nuint i = 0; i < (nuint)target.Length * 2; i += 2)
        {
            (begin ^ number).StoreUnsafe(ref block, i);
            number += step;
        }
    }

    private static Vector128<ulong> Vector(UInt128 block) => unchecked(Vector128.Create((ulong)block, (ulong)(block >> 64)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref ulong Words(ReadOnlySpan<UInt128> blocks) => ref Unsafe.As<UInt128, ulong>(ref MemoryMarshal.GetReference(blocks));
}
