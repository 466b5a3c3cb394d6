using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>What is done to labels, 128 bits each.</summary>
internal static class LabelBlock
{
    /// <summary>Bytes of a label.</summary>
    public const int Length = 16;

    /// <summary>
    /// sigma(x_high | x_low) = (x_high ^ x_low) | x_high: linear, and both sigma and sigma(x) ^ x are permutations, as circular security asks (Guo, Katz, Wang, Weng, Yu,
    /// CRYPTO 2020).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Sigma(Vector128<byte> x)
    {
        var words = x.AsUInt64();
        return (Vector128.Shuffle(words, Vector128.Create(1UL, 0)) ^ (words & Vector128.Create(0UL, ulong.MaxValue))).AsByte();
    }

    /// <summary>All ones where the label's colour, its lowest bit, is 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ColourMask(Vector128<byte> x) =>
        Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(Vector128.Shuffle(x.AsInt32(), Vector128<int>.Zero), 31), 31).AsByte();
}
