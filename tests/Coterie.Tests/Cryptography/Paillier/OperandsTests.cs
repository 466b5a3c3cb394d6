using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

/// <summary>Operands of another key, of other lengths or missing are refused, each of them, and named.</summary>
public sealed class OperandsTests
{
    private static readonly PaillierPublicKey Key = Small.PublicKey;
    private static readonly CryptographicRandom Fresh = CryptographicRandom.Instance;
    private static readonly Plaintexts Two = Plaintexts.FromInt64(Key, [1, 2]), TooLarge = Residues(Key, 1, Integer(Key.Modulus)), TooLong = new(2, Key.Words + 1);
    private static readonly Ciphertexts X = Encrypted(Key, 3, 4), Foreign = Encrypted(Other.PublicKey, 3, 4);

    [Fact]
    public void Ciphertexts_UnderAnotherKey_AreRefused()
    {
        Refused("x", "under another key", () => Key.Add(Foreign, X));
        Refused("x", "under another key", () => Key.Add(X, Foreign));
        Refused("x", "under another key", () => Key.AddPlain(Foreign, Two));
        Refused("x", "under another key", () => Key.InnerProduct(Foreign, Two));
        Refused("x", "under another key", () => Key.Refresh(Foreign, Fresh));
        Refused("x", "under another key", () => new Rerandomizer(Key, Fresh).Apply(Foreign));
    }

    [Fact]
    public void Plaintexts_OfAnotherLengthOrNotBelowTheModulus_AreRefused()
    {
        Plaintexts[] numbers = [TooLong, TooLarge];
        string[] words = [$"Plaintexts of {Key.Words + 1} words; this key's have {Key.Words}.", "Plaintext 1 is not below the modulus."];
        for (var i = 0; i < numbers.Length; i++)
        {
            Refused("plaintexts", words[i], () => Key.Encrypt(numbers[i], Fresh));
            Refused("plaintexts", words[i], () => Small.Encrypt(numbers[i], Fresh));
            Refused("plaintexts", words[i], () => Key.AddPlain(X, numbers[i]));
            Refused("plaintexts", words[i], () => Key.InnerProduct(X, numbers[i]));
            Refused("plaintexts", words[i], () => Key.EncryptWith(numbers[i], Two));
            Refused("plaintexts", words[i], () => Key.EncryptWith(Two, numbers[i]));
        }
    }

    [Fact]
    public void Operands_OfOtherNumbers_AreRefused()
    {
        var (one, three) = (Plaintexts.FromInt64(Key, [1]), Plaintexts.FromInt64(Key, [1, 2, 3]));
        Refused("y", "2 ciphertexts and 1 cannot be added", () => Key.Add(X, X.Head(1)));
        Refused("y", "1 ciphertexts and 2 cannot be added", () => Key.Add(X.Head(1), X));
        Refused("plaintexts", "2 ciphertexts and 1 plaintexts cannot be added", () => Key.AddPlain(X, one));
        Refused("plaintexts", "2 ciphertexts and 3 plaintexts cannot be added", () => Key.AddPlain(X, three));
        Refused("factors", "1 factors for 2 ciphertexts", () => Key.Scale(X, [1]));
        Refused("factors", "3 factors for 2 ciphertexts", () => Key.Scale(X, [1, 2, 3]));
        Refused("factors", "1 factors for 2 ciphertexts", () => Key.InnerProduct(X, one));
        Refused("factors", "3 factors for 2 ciphertexts", () => Key.InnerProduct(X, three));
        Refused("randomness", "2 plaintexts and randomness for 3", () => Key.EncryptWith(Two, three));
        Assert.Contains("Factor 1 has more than 3 bits", Assert.Throws<ArgumentOutOfRangeException>("factors", () => Key.Scale(X, [7, 8], 3)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Key.Noise(-1, Fresh));
    }

    [Fact]
    public void Operands_ThatAreMissing_AreNamed()
    {
        using var pool = new PaillierNoisePool(Key);
        Missing("plaintexts", () => Key.Encrypt(null!, Fresh));
        Missing("random", () => Key.Encrypt(Two, (CryptographicRandom)null!));
        Missing("pool", () => Key.Encrypt(Two, (PaillierNoisePool)null!));
        Missing("random", () => Key.Noise(1, null!));
        Missing("x", () => Key.Add(null!, X));
        Missing("plaintexts", () => Key.AddPlain(X, null!));
        Missing("random", () => Key.Refresh(X, null!));
        Missing("x", () => Small.Decrypt(null!));
        Missing("random", () => Small.Encrypt(Two, null!));
        Missing("plaintexts", () => Small.Encrypt(null!, Fresh));
        Missing("key", () => new PaillierNoisePool((PaillierPublicKey)null!).Dispose());
        Missing("key", () => new PaillierNoisePool((PaillierSecretKey)null!).Dispose());
        Missing("random", () => pool.Fill(1, null!));
    }

    [Fact]
    public void ResiduesAndMasks_WithoutAnOperand_AreRefused()
    {
        var mask = new byte[32];
        Missing("key", () => Coterie.Cryptography.Paillier.Residues.Uniform(null!, 1, Fresh));
        Missing("random", () => Coterie.Cryptography.Paillier.Residues.Uniform(Key, 1, null!));
        Missing("key", () => Coterie.Cryptography.Paillier.Residues.Centred(null!, 1, 1, Fresh));
        Missing("random", () => Coterie.Cryptography.Paillier.Residues.Centred(Key, 1, 1, null!));
        Missing("key", () => Coterie.Cryptography.Paillier.Residues.Add(null!, Two, Two));
        Missing("values", () => UniformMasking.Mask(null!, mask, 0, Fresh));
        Missing("key", () => UniformMasking.Encrypt(null!, mask, 0, 1, Fresh));
        Missing("random", () => UniformMasking.Encrypt(Key, mask, 0, 1, null!));
        Missing("key", () => UniformMasking.Expand(null!, mask, 0, 1));
        Missing("packed", () => ShareBlinding.Mask(null!, 1, new Rerandomizer(Key, Fresh), Fresh));
        Missing("rerandomizer", () => ShareBlinding.Mask(X, 1, null!, Fresh));
        Missing("random", () => ShareBlinding.Mask(X, 1, new Rerandomizer(Key, Fresh), null!));
        Missing("key", () => ShareBlinding.Open(null!, X, 1));
        Missing("masked", () => ShareBlinding.Open(Small, null!, 1));
        Missing("key", () => new Packing(8, 1).SlotsPerPlaintext(null!));
        Missing("plaintexts", () => new Packing(8, 1).Unpack(Key, null!, 1, 1));
        Missing("vector", () => new EncryptedProduct(null!, 1, 1));
        Missing("opening", () => Key.Verify(X, null!, []));
        Missing("key", () => PaillierOpening.Import([], null!, 0));
        Missing("key", () => new Rerandomizer(null!, Fresh));
        Missing("random", () => new Rerandomizer(Key, null!));
        Missing("key", () => Rerandomizer.AgainstOthers(null!, Fresh));
    }

    private static void Refused(string name, string words, Action step) => Assert.Contains(words, Assert.Throws<ArgumentException>(name, step).Message, StringComparison.Ordinal);

    private static void Missing(string name, Action step) => Assert.Throws<ArgumentNullException>(name, step);
}
