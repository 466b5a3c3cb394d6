using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Coterie.Tests.Cryptography.GarbledCircuits;

/// <summary>
/// Half gates one at a time, as Zahur, Rosulek, Evans have them, over the hash of Guo et al.; and a naive variant whose hash has one key and no tweaks.
/// Written apart from the code under test.
/// </summary>
internal static class ReferenceGarbling
{
    public delegate UInt128 Hash(UInt128 label, ulong tweak);

    /// <summary>H(x, t) = E(start + t, sigma(x)) + sigma(x); + on the low half of the start point only.</summary>
    public static Hash Tweaked(byte[] start) => (label, tweak) =>
    {
        var key = start.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(key, unchecked(BinaryPrimitives.ReadUInt64LittleEndian(start) + tweak));
        UInt128 high = label >> 64, low = label & ulong.MaxValue;
        var sigma = ((high ^ low) << 64) | high;
        return Encrypt(key, sigma) ^ sigma;
    };

    /// <summary>A hash under one key for everything.</summary>
    public static Hash FixedKey(byte[] key) => (label, _) => Encrypt(key, label) ^ label;

    /// <summary>The output's zero label and the two rows of left and right, from zero labels.</summary>
    public static (UInt128 Output, UInt128 GarblerRow, UInt128 EvaluatorRow) And(Hash hash, UInt128 delta, UInt128 left, UInt128 right, ulong tweak)
    {
        bool leftColour = (left & 1) == 1, rightColour = (right & 1) == 1;
        UInt128 a0 = hash(left, tweak), a1 = hash(left ^ delta, tweak), b0 = hash(right, tweak + 1), b1 = hash(right ^ delta, tweak + 1);
        var garblerRow = a0 ^ a1 ^ (rightColour ? delta : 0);
        var garblerHalf = leftColour ? a0 ^ garblerRow : a0;
        var evaluatorRow = b0 ^ b1 ^ left;
        var evaluatorHalf = rightColour ? b0 ^ evaluatorRow ^ left : b0;
        return (garblerHalf ^ evaluatorHalf, garblerRow, evaluatorRow);
    }

    private static UInt128 Encrypt(byte[] key, UInt128 block)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, block);
        return BinaryPrimitives.ReadUInt128LittleEndian(aes.EncryptEcb(bytes, PaddingMode.None));
    }
}
