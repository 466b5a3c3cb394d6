using System.Runtime.InteropServices;
using Coterie.Core.Randomness;

namespace Coterie.Cryptography.Curves;

/// <summary>What points of P-256 are multiplied by: numbers below the group's order, of four little-endian words.</summary>
internal static class P256Scalar
{
    /// <summary>Words of a scalar.</summary>
    public const int Words = 4;

    /// <summary>Bits of a digit: tables of 16 points are read whole in less time than four doublings take.</summary>
    public const int DigitBits = 4;

    /// <summary>Digits of a scalar.</summary>
    public const int Digits = 256 / DigitBits;

    /// <summary>The order of the group, a prime.</summary>
    public static ReadOnlySpan<ulong> Order => [0xF3B9_CAC2_FC63_2551, 0xBCE6_FAAD_A717_9E84, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_0000_0000];

    /// <summary>Uniform from 1 to the order less one. Draws again what is not, once in 2^32 times.</summary>
    public static void Draw(CryptographicRandom random, Span<ulong> scalar)
    {
        do random.Fill(MemoryMarshal.AsBytes(scalar[..Words]));
        while (!IsValid(scalar));
    }

    /// <summary>A digit, 0 the lowest.</summary>
    public static int Digit(ReadOnlySpan<ulong> scalar, int index) => (int)((scalar[index * DigitBits / 64] >> (index * DigitBits % 64)) & ((1 << DigitBits) - 1));

    /// <summary>Whether it is from 1 to the order less one.</summary>
    public static bool IsValid(ReadOnlySpan<ulong> scalar)
    {
        for (var i = Words - 1; i >= 0; i--)
            if (scalar[i] != Order[i]) return scalar[i] < Order[i] && scalar[..Words].ContainsAnyExcept(0UL);
        return false;
    }
}
