using System.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.EncryptedModel;
using Coterie.Tests.Cryptography.Paillier;

namespace Coterie.Tests.Privacy.EncryptedModel;

/// <summary>What a coordinator hands the key's owner of a model that the owner must not see.</summary>
public sealed class BlindingTests
{
    private const int ValueBits = 90;

    private static readonly PaillierSecretKey Key = TestKeys.Small;

    // Modulo n a ciphertext is its randomness; a mask stands beside n and hides none of it.
    [Fact]
    public void Of_Model_HasOtherRandomnessEveryTime()
    {
        var model = Key.Encrypt(Plaintexts.FromInt64(Key.PublicKey, [5, -7, 1L << 40]), CryptographicRandom.Instance);
        var seen = new[] { Key.PublicKey.ToBytes(model), Blinding.Of(model, ValueBits, CryptographicRandom.Instance).Masked, Blinding.Of(model, ValueBits, CryptographicRandom.Instance).Masked };
        Assert.Equal(9, seen.SelectMany(Randomness).Distinct().Count());
    }

    [Fact]
    public void Removal_AfterShortening_LeavesTheValueOrOneMore()
    {
        long[] values = [5, -7, 1L << 40, -(1L << 40), 0];
        const int Shift = 20;
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var blinding = Blinding.Of(Key.Encrypt(Plaintexts.FromInt64(Key.PublicKey, values), CryptographicRandom.Instance), ValueBits, CryptographicRandom.Instance);
            var opened = Key.Decrypt(Key.PublicKey.FromBytes(blinding.Masked, values.Length));
            var removal = blinding.Removal(Key.PublicKey, Shift);
            for (var i = 0; i < values.Length; i++)
            {
                var blinded = opened.ToBigInteger(Key.PublicKey, i);
                Assert.InRange(blinded.Sign, 0, 1);
                Assert.InRange((long)blinded.GetBitLength(), 1, Blinding.BitsOf(ValueBits));
                var left = (blinded >> Shift) + removal.ToBigInteger(Key.PublicKey, i);
                Assert.InRange(left - (new BigInteger(values[i]) >> Shift), 0, 1);
            }
        }
    }

    private static IEnumerable<BigInteger> Randomness(byte[] ciphertexts)
    {
        var n = new BigInteger(System.Runtime.InteropServices.MemoryMarshal.AsBytes(Key.PublicKey.Modulus), isUnsigned: true);
        return ciphertexts.Chunk(Key.PublicKey.CiphertextBytes).Select(c => new BigInteger(c, isUnsigned: true) % n);
    }
}
