using System.Numerics;
using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>
/// The coordinator's blinding of a model before its owner shortens it: to every integer w, |w| below 2^L, a number R = 2^L + rho is added, rho uniform
/// below 2^(L + 64), so that what the owner sees is within 2^-64 of what it would see for any other model. The owner drops the lowest bits of w + R, the
/// coordinator takes those of R that are left off again: floor(w / 2^shift) remains, or one more.
/// </summary>
/// <param name="Masked">[w + R], under randomness uniform in its group, which the owner cannot take apart.</param>
/// <param name="Masks">R; stays at the coordinator.</param>
internal sealed record Blinding(byte[] Masked, BigInteger[] Masks)
{
    /// <summary>Bits by which a mask is longer than a value.</summary>
    public const int StatisticalBits = 64;

    /// <summary>Bits that a masked value may have.</summary>
    public static int BitsOf(int valueBits) => valueBits + StatisticalBits + 1;

    /// <summary>Blinds.</summary>
    /// <param name="model">One integer for each parameter.</param>
    /// <param name="valueBits">L.</param>
    /// <param name="random">For masks and randomness.</param>
    public static Blinding Of(Ciphertexts model, int valueBits, CryptographicRandom random)
    {
        var key = model.Key;
        var masks = new BigInteger[model.Count];
        for (var i = 0; i < masks.Length; i++) masks[i] = Draw(valueBits, random);
        var masked = key.AddPlain(model, Plaintexts.FromBigIntegers(key, masks), HiddenSumStep.Computing);
        return new Blinding(key.ToBytes(key.Refresh(masked, random, HiddenSumStep.Computing)), masks);
    }

    /// <summary>What is left of the masks once so many of their lowest bits are dropped, negative.</summary>
    public Plaintexts Removal(PaillierPublicKey key, int shift) => Plaintexts.FromBigIntegers(key, [.. Masks.Select(m => -(m >> shift))]);

    /// <summary>For the coordinator's own disk.</summary>
    public byte[] ToBytes()
    {
        var writer = new WireWriter();
        writer.WriteBytes(Masked);
        foreach (var mask in Masks) writer.WriteBytes(mask.ToByteArray());
        return writer.ToArray();
    }

    /// <summary>Reads what this party kept.</summary>
    public static Blinding Read(ReadOnlySpan<byte> bytes, int count, PartyId self, StepTag step)
    {
        var reader = new WireReader(bytes, self, step);
        var masked = reader.ReadBytes(bytes.Length).ToArray();
        var masks = new BigInteger[count];
        for (var i = 0; i < count; i++) masks[i] = new BigInteger(reader.ReadBytes(bytes.Length));
        reader.End();
        return new Blinding(masked, masks);
    }

    private static BigInteger Draw(int valueBits, CryptographicRandom random)
    {
        var bits = valueBits + StatisticalBits;
        var bytes = new byte[(bits + 7) / 8];
        random.Fill(bytes);
        bytes[^1] &= (byte)(0xFF >> ((8 * bytes.Length) - bits));
        var mask = new BigInteger(bytes, isUnsigned: true) + (BigInteger.One << valueBits);
        CryptographicOperations.ZeroMemory(bytes);
        return mask;
    }
}
