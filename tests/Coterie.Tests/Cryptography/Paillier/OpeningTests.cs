using System.Numerics;
using System.Reflection;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.Paillier.Modular;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

public sealed class OpeningTests
{
    private static readonly byte[] Transcript = [1, 2, 3];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(19)]
    public void Verify_AnHonestOpening_Accepts(int count)
    {
        var values = Enumerable.Range(0, count).Select(i => (long)i * i * (1 - (2 * (i & 1)))).ToArray();
        var ciphertexts = Encrypted(Small.PublicKey, values);
        var opening = Small.Open(ciphertexts, Transcript, new PaillierOptions(Threads: 2));
        Assert.Equal(values, opening.Messages.ToInt64s(Small.PublicKey));
        Small.PublicKey.Verify(ciphertexts, opening, Transcript);
        Small.PublicKey.Verify(ciphertexts, PaillierOpening.Import(opening.Export(), Small.PublicKey, count), Transcript);
    }

    [Fact]
    public void Verify_AfterOperationsUnderASafeKey_Accepts()
    {
        using var open = PaillierPublicKey.Import(Full.PublicKey.Export());
        var ciphertexts = open.Scale(open.Add(Encrypted(open, 5, -6), Full.Encrypt(Plaintexts.FromInt64(open, [10, 20]), CryptographicRandom.Instance)), [-3, 7]);
        var opening = Full.Open(ciphertexts, Transcript);
        Assert.Equal([-45, 98], opening.Messages.ToInt64s(open));
        open.Verify(ciphertexts, opening, Transcript);
    }

    [Fact]
    public void Open_GivenRandomness_FindsItAgain()
    {
        var n = Integer(Small.PublicKey.Modulus);
        BigInteger[] messages = [0, 1, n - 1, Random(n), Random(n)], randomness = [1, n - 1, 2, Random(n), Random(n)];
        var opening = Small.Open(Small.PublicKey.EncryptWith(Residues(Small.PublicKey, messages), Residues(Small.PublicKey, randomness)), Transcript);
        Assert.Equal(messages, Enumerable.Range(0, 5).Select(i => Integer(opening.Messages[i])));
        Assert.Equal(randomness, Enumerable.Range(0, 5).Select(i => Integer(opening.Randomness[i])));
    }

    /// <summary>More than a block of any engine.</summary>
    [Fact]
    public void TakeRoots_OfManyNumbers_AreTheirRoots()
    {
        var n = Integer(Small.PublicKey.Modulus);
        BigInteger[] numbers = [1, n - 1, .. Enumerable.Range(0, 17).Select(_ => Random(n))];
        foreach (var kind in ModularEngines.Supported)
        {
            using var key = new PaillierSecretKey(new PaillierPublicKey(Small.PublicKey.Modulus, Small.PublicKey.Base, kind), Small.P, Small.Q);
            var roots = new ulong[numbers.Length * 8];
            key.TakeRoots(numbers.SelectMany(x => Words(x, 8)).ToArray(), 8, numbers.Length, roots);
            Assert.Equal(numbers, roots.Chunk(8).Select(r => BigInteger.ModPow(Integer(r), n, n)));
        }
    }

    [Fact]
    public void Verify_AnythingAltered_NamesTheCiphertext()
    {
        var key = Small.PublicKey;
        var ciphertexts = Encrypted(key, [.. Enumerable.Range(0, 10).Select(i => (long)i)]);
        foreach (var index in new[] { 0, 7, 8, 9 })
        {
            Refused(index, (o, _) => o.Messages[index][0] ^= 1);
            Refused(index, (o, _) => o.Messages[index][^2] ^= 1UL << 63);
            Refused(index, (o, _) => o.Randomness[index][1] ^= 4);
            Refused(index, (o, n) => Words(n - Integer(o.Randomness[index]), key.Words).CopyTo(o.Randomness[index]));
            Refused(index, (o, _) => o.Randomness[index].Clear());
        }

        void Refused(int index, Action<PaillierOpening, BigInteger> change)
        {
            var opening = Small.Open(ciphertexts, Transcript);
            change(opening, Integer(key.Modulus));
            Assert.Equal($"The opening does not open ciphertext {index}.", Assert.Throws<CryptographicException>(() => key.Verify(ciphertexts, opening, Transcript)).Message);
        }
    }

    // Openings that are checked together must not cancel each other's errors, as they would in a plain product.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 18)]
    [InlineData(17, 18)]
    public void Verify_TwoPlaintextsAlteredByOppositeAmounts_IsRefused(int first, int second)
    {
        var key = Small.PublicKey;
        var ciphertexts = Encrypted(key, [.. Enumerable.Range(1, 19).Select(i => (long)i)]);
        var opening = Small.Open(ciphertexts, Transcript);
        opening.Messages[first][0]++;
        opening.Messages[second][0]--;
        Assert.Equal($"The opening does not open ciphertext {first}.", Assert.Throws<CryptographicException>(() => key.Verify(ciphertexts, opening, Transcript)).Message);
    }

    [Fact]
    public void Verify_RandomnessOfTwoCiphertextsExchanged_IsRefused()
    {
        var key = Small.PublicKey;
        var ciphertexts = Encrypted(key, [.. Enumerable.Repeat(7L, 12)]);
        var opening = Small.Open(ciphertexts, Transcript);
        var kept = opening.Randomness[4].ToArray();
        opening.Randomness[11].CopyTo(opening.Randomness[4]);
        kept.CopyTo(opening.Randomness[11]);
        Assert.Equal("The opening does not open ciphertext 4.", Assert.Throws<CryptographicException>(() => key.Verify(ciphertexts, opening, Transcript)).Message);
    }

    /// <summary>A hash of all there is to check: who could choose a plaintext after the weights would make errors cancel.</summary>
    [Fact]
    public void Weights_OfWhatIsCheckedTogether_AreItsHash()
    {
        var key = Small.PublicKey;
        var ciphertexts = Encrypted(key, [.. Enumerable.Range(1, 19).Select(i => (long)i)]);
        var opening = Small.Open(ciphertexts, Transcript);
        byte[] seed = SHA256.HashData([.. "coterie paillier opening weights v1"u8, .. key.KeyId, .. key.ToBytes(ciphertexts), .. KeyFormat.Bytes(opening.Messages.Words), .. KeyFormat.Bytes(opening.Randomness.Words)]);
        var expected = Enumerable.Range(0, 19).Select(i => new BigInteger(SHA256.HashData([.. seed, (byte)i, 0, 0, 0]).AsSpan(0, 16), isUnsigned: true) | 1);
        var weights = key.Weights(ciphertexts, opening.Messages, opening.Randomness);
        Assert.Equal(expected, weights.Chunk(2).Select(w => Integer(w)));
    }

    /// <summary>If honest openings did not hold together, each would be checked by itself, and nothing but time would tell.</summary>
    [Fact]
    public void HoldTogether_OfHonestOpenings_HoldsAndOfOthersDoesNot()
    {
        var key = Small.PublicKey;
        var ciphertexts = Encrypted(key, [.. Enumerable.Range(-9, 19).Select(i => (long)i)]);
        var opening = Small.Open(ciphertexts, Transcript);
        Assert.True(key.HoldTogether(ciphertexts, opening.Messages, opening.Randomness));
        opening.Messages[18][0] ^= 1;
        Assert.False(key.HoldTogether(ciphertexts, opening.Messages, opening.Randomness));
    }

    [Fact]
    public void Verify_OfOtherNumbersOfPlaintextsOrRoots_IsRefused()
    {
        var (key, ciphertexts) = (Small.PublicKey, Encrypted(Small.PublicKey, 1, 2));
        var opening = Small.Open(ciphertexts, Transcript);
        foreach (var (messages, roots) in new[] { (1, 2), (2, 1), (1, 1) })
            Assert.Contains($"is of {messages} ciphertexts, not of 2", Assert.Throws<CryptographicException>(() => key.Verify(ciphertexts, new PaillierOpening(opening.Messages.Head(messages), opening.Randomness.Head(roots), opening.ContextHash), Transcript)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_ForAnotherTranscriptKeyOrCiphertext_IsRefused()
    {
        var (key, ciphertexts) = (Small.PublicKey, Encrypted(Small.PublicKey, 1, 2));
        var opening = Small.Open(ciphertexts, Transcript);
        Assert.Contains("another transcript", Assert.Throws<CryptographicException>(() => key.Verify(ciphertexts, opening, [1, 2, 4])).Message, StringComparison.Ordinal);
        Assert.Contains("another transcript", Assert.Throws<CryptographicException>(() => key.Verify(ciphertexts, opening, [])).Message, StringComparison.Ordinal);
        Assert.Contains("under another key", Assert.Throws<CryptographicException>(() => Other.PublicKey.Verify(Encrypted(Other.PublicKey, 1, 2), opening, Transcript)).Message, StringComparison.Ordinal);
        Assert.Contains("of 2 ciphertexts, not of 1", Assert.Throws<CryptographicException>(() => key.Verify(Encrypted(key, 1), opening, Transcript)).Message, StringComparison.Ordinal);
        Assert.Contains("does not open ciphertext 0", Assert.Throws<CryptographicException>(() => key.Verify(Encrypted(key, 1, 2), opening, Transcript)).Message, StringComparison.Ordinal);
        Assert.Contains("under another key", Assert.Throws<ArgumentException>(() => key.Verify(Encrypted(Other.PublicKey, 1, 2), opening, Transcript)).Message, StringComparison.Ordinal);
        Assert.Contains("under another key", Assert.Throws<ArgumentException>(() => Other.Open(ciphertexts, Transcript)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_BadBytes_SaysWhatIsWrong()
    {
        var key = Small.PublicKey;
        var bytes = Small.Open(Encrypted(key, 1, 2), Transcript).Export();
        Assert.Equal(44 + (4 * 64), bytes.Length);
        Refused("no opening", _ => [], 2);
        Refused("no opening", _ => key.Export(), 2);
        Refused("version 2", b => With(b, 4, 2), 2);
        foreach (var at in new[] { 5, 6, 7 }) Refused("malformed", b => With(b, at, 2), 2);
        Refused("no opening", b => b[..43], 2);
        Refused("takes 300 bytes, not 44", b => b[..44], 2);
        Refused("of 2 ciphertexts, not of 3", b => b, 3);
        Refused("takes 300 bytes, not 299", b => b[..^1], 2);
        Refused("takes 300 bytes, not 301", b => [.. b, 0], 2);
        Refused("plaintext of ciphertext 1", b => Filled(b, 44 + 64), 2);
        Refused("randomness of ciphertext 0", b => Filled(b, 44 + 128), 2);

        void Refused(string words, Func<byte[], byte[]> change, int count) =>
            Assert.Contains(words, Assert.Throws<CryptographicException>(() => PaillierOpening.Import(change([.. bytes]), key, count)).Message, StringComparison.Ordinal);
        static byte[] With(byte[] b, int at, byte value)
        {
            b[at] = value;
            return b;
        }
        static byte[] Filled(byte[] b, int at)
        {
            b.AsSpan(at, 64).Fill(0xFF);
            return b;
        }
    }

    /// <summary>As the format has it: "CPOP", version 1, three zeros, SHA-256 of a label, the key, the number and the context; the number; plaintexts, randomness.</summary>
    [Fact]
    public void Export_OfAnOpening_IsTheFormat()
    {
        var key = Small.PublicKey;
        var opening = Small.Open(Encrypted(key, 1, 2), Transcript);
        byte[] context = SHA256.HashData([.. "coterie paillier opening v1"u8, .. key.KeyId, 2, 0, 0, 0, .. Transcript]);
        byte[] header = [.. "CPOP"u8, 1, 0, 0, 0, .. context, 2, 0, 0, 0];
        Assert.Equal(context, opening.ContextHash.ToArray());
        Assert.Equal([.. header, .. KeyFormat.Bytes(opening.Messages.Words), .. KeyFormat.Bytes(opening.Randomness.Words)], opening.Export());
        Assert.Equal(context, PaillierOpening.Import(opening.Export(), key, 2).ContextHash.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>("count", () => PaillierOpening.Import(opening.Export(), key, -1));
    }

    /// <summary>Why the proof is needed: for n = p^2 q the unit 1 + n/p has the order p, its n-th power is (1+n)^(n/p), and every ciphertext opens to p plaintexts.</summary>
    [Fact]
    public void Verify_UnderAModulusWithoutAProof_IsRefusedBecauseTwoOpeningsFit()
    {
        BigInteger p = 1_000_003, q = 999_983;
        var n = p * p * q;
        using var key = new PaillierPublicKey(Words(n, 1), Words(4, 1));
        BigInteger message = 77, randomness = 123456789;
        var first = key.EncryptWith(Residues(key, message), Residues(key, randomness));
        var second = key.EncryptWith(Residues(key, message - (n / p) + n), Residues(key, randomness * (1 + (n / p)) % n));
        Assert.Equal(Numbers(first), Numbers(second));

        var opening = new PaillierOpening(Residues(key, message), Residues(key, randomness), PaillierOpening.HashContext(key, 1, Transcript));
        Assert.Contains("do not bind", Assert.Throws<InvalidOperationException>(() => key.Verify(first, opening, Transcript)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_root")]
    [InlineData("_exponent")]
    [InlineData("_logarithm")]
    public void Open_WhenTheMachineErrsModuloOneFactor_PublishesNothing(string what)
    {
        using var key = InsecurePaillierKeys.Generate(512);
        var ciphertexts = Encrypted(key.PublicKey, 1, 2);
        var half = typeof(PaillierSecretKey).GetField("_q", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(key)!;
        var exponent = (ulong[])half.GetType().GetField(what, BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(half)!;
        key.Open(ciphertexts, Transcript);
        exponent[1] ^= 1UL << 40;
        Assert.Contains("erred while it opened ciphertext", Assert.Throws<CryptographicException>(() => key.Open(ciphertexts, Transcript)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromBytes_WhatIsNoCiphertext_NamesIt()
    {
        var key = Small.PublicKey;
        var (n, p) = (Integer(key.Modulus), Integer(Small.P));
        Refused("Ciphertext 1 is zero", 5, 0);
        Refused("Ciphertext 0 is zero or shares a factor", p);
        Refused("Ciphertext 9 is zero or shares a factor", 1, 2, 3, 4, 5, 6, 7, 8, 9, n * 5);
        Refused("Ciphertext 2 is not below the square", 1, 2, n * n);
        Refused("Ciphertext 0 is not below the square", (n * n) + 1);
        var bytes = key.ToBytes(Encrypted(key, 1, 2));
        Assert.Contains("take 256 bytes, not 255", Assert.Throws<CryptographicException>(() => key.FromBytes(bytes.AsSpan(1), 2)).Message, StringComparison.Ordinal);
        Assert.Contains("take 384 bytes, not 256", Assert.Throws<CryptographicException>(() => key.FromBytes(bytes, 3)).Message, StringComparison.Ordinal);

        void Refused(string words, params BigInteger[] numbers) => Assert.Contains(words, Assert.Throws<CryptographicException>(() => Read(key, numbers)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UniformNoise_Twice_HidesWhatItIsMultipliedWith()
    {
        var key = Small.PublicKey;
        var x = Encrypted(key, 1, 2, 3);
        var (first, second) = (key.Add(x, key.UniformNoise(3, CryptographicRandom.Instance)), key.Add(x, key.UniformNoise(3, CryptographicRandom.Instance)));
        Assert.Equal(6, Numbers(first).Concat(Numbers(second)).Distinct().Count());
        Assert.Equal([1, 2, 3], Small.Decrypt(first).ToInt64s(key));
        Assert.Equal([1, 2, 3], Small.Decrypt(second).ToInt64s(key));
    }
}
