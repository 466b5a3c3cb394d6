using System.Numerics;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.Paillier.Modular;
using Coterie.Tests.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier;

public sealed class PaillierPublicKeyTests
{
    private static readonly SmallKey Key = SmallKey.Instance;
    private static readonly CryptographicRandom Random = CryptographicRandom.Instance;

    /// <summary>Counts that fill no block, some, and one more; values at both ends.</summary>
    public static TheoryData<int, bool> Counts => new() { { 0, true }, { 1, true }, { 7, false }, { 8, true }, { 17, true }, { 17, false } };

    [Theory]
    [MemberData(nameof(Counts))]
    public void Encrypt_Anything_DecryptsToIt(int count, bool hardened)
    {
        var options = new PaillierOptions(hardened, Threads: 2);
        var values = Values(count);
        var ciphertexts = Key.Public.Encrypt(Plaintexts.FromInt64(Key.Public, values), Random, options);
        Assert.Equal(values, Key.Secret.Decrypt(ciphertexts, options).ToInt64s(Key.Public));
        Assert.Equal(values, Key.Numbers(ciphertexts).Select(c => (long)Key.Decrypt(c)));
        var owners = Key.Secret.Encrypt(Plaintexts.FromInt64(Key.Public, values), Random, options);
        Assert.Equal(values, Key.Numbers(owners).Select(c => (long)Key.Decrypt(c)));
    }

    [Fact]
    public void Encrypt_TheEndsOfTheRange_DecryptsToThem()
    {
        BigInteger[] values = [(Key.N - 1) / 2, -((Key.N - 1) / 2), 0, 1, -1];
        var ciphertexts = Key.Public.Encrypt(Plaintexts.FromBigIntegers(Key.Public, values), Random);
        var plaintexts = Key.Secret.Decrypt(ciphertexts);
        Assert.Equal(values, values.Select((_, i) => plaintexts.ToBigInteger(Key.Public, i)));
    }

    [Fact]
    public void Encrypt_Twice_HasFreshRandomnessInEveryCiphertext()
    {
        var zeros = new Plaintexts(20, Key.Public.Words);
        var all = Key.Numbers(Key.Public.Encrypt(zeros, Random)).Concat(Key.Numbers(Key.Public.Encrypt(zeros, Random))).Concat(Key.Numbers(Key.Secret.Encrypt(zeros, Random)));
        Assert.Equal(60, all.Distinct().Count());
    }

    [Fact]
    public void Encrypt_ByTheOwner_UsesTheSameBase()
    {
        // The group that h^n generates is the same: whoever compares cannot tell the owner's ciphertexts by it.
        var h = new BigInteger(System.Runtime.InteropServices.MemoryMarshal.AsBytes(Key.Public.Base), isUnsigned: true);
        var noise = Key.Numbers(Key.Secret.Encrypt(new Plaintexts(4, Key.Public.Words), CryptographicRandom.Expanding(new byte[32])));
        var everybodys = Key.Numbers(Key.Public.Encrypt(new Plaintexts(4, Key.Public.Words), CryptographicRandom.Expanding(new byte[32])));
        Assert.Equal(everybodys, noise);
        Assert.Equal(BigInteger.ModPow(h, Key.N * FirstExponent(), Key.N * Key.N), everybodys[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void Add_CiphertextsAndPlaintexts_AddsPlaintexts(int count)
    {
        long[] x = Values(count), y = [.. Values(count).Reverse()];
        var (cx, cy) = (Encrypted(x), Encrypted(y));
        Assert.Equal(x.Zip(y, (a, b) => (BigInteger)a + b), Decrypted(Key.Public.Add(cx, cy)));
        var plain = Plaintexts.FromInt64(Key.Public, y);
        var sum = cx;
        for (var i = 0; i < 200; i++) sum = Key.Public.AddPlain(sum, plain);
        Assert.Equal(x.Zip(y, (a, b) => a + (200 * (BigInteger)b)), Decrypted(sum));
    }

    /// <summary>Sums are brought back below 2n each time: sums of sums would run out of the room above it, after more of them than a test can take.</summary>
    [Fact]
    public void AddPlain_AgainAndAgain_StaysBelowTwiceTheModulus()
    {
        foreach (var (kind, limbBits) in new[] { (EngineKind.Avx512, 52), (EngineKind.Avx2, 51), (EngineKind.Portable, 57) }.Where(e => ModularEngines.IsSupported(e.Item1)))
        {
            using var key = new PaillierPublicKey(Key.Public.Modulus, Key.Public.Base, kind);
            using var calculator = new EngineCalculator(Key.N, kind, limbBits);
            var (plain, single) = (Residues.Uniform(key, calculator.Lanes, Random), key.Engine.SingleLength);
            var sum = key.Trivial(plain);
            for (var i = 0; i < 100; i++) sum = key.AddPlain(sum, plain);
            Assert.All(calculator.Raw(sum.Blocks.AsSpan(0, single)).Concat(calculator.Raw(sum.Blocks.AsSpan(single, single))), half => Assert.True(half < 2 * Key.N));
        }
    }

    /// <summary>Threads share out the blocks: each ciphertext has an exponent of its own whoever computes it.</summary>
    [Fact]
    public void Noise_OnAnyThreads_IsTheSame()
    {
        var expected = Key.Numbers(Key.Public.Noise(40, CryptographicRandom.Expanding(new byte[32])));
        Assert.Equal(40, expected.Distinct().Count());
        foreach (var threads in new[] { 1, 2, 3, 5 })
        {
            Assert.Equal(expected, Key.Numbers(Key.Public.Noise(40, CryptographicRandom.Expanding(new byte[32]), new PaillierOptions(Threads: threads))));
            Assert.Equal(expected, Key.Numbers(Key.Secret.Noise(40, CryptographicRandom.Expanding(new byte[32]), new PaillierOptions(Threads: threads))));
        }
    }

    /// <summary>The power to 0 is 1, whose plaintext is 0, and not the number 0, which is no ciphertext.</summary>
    [Fact]
    public void Scale_ByFactorsWithoutBits_MultipliesByZero()
    {
        var scaled = Key.Public.Scale(Encrypted([5, -3, 7]), [0, 0, 0], bits: 0);
        Assert.Equal([1, 1, 1], Key.Numbers(scaled));
        Assert.Equal([0, 0, 0], Decrypted(scaled));
        Assert.Throws<ArgumentOutOfRangeException>(() => Key.Public.Scale(Encrypted([5]), [1], bits: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Key.Public.Scale(Encrypted([5]), [0], bits: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Key.Public.Scale(Encrypted([5]), [0], bits: 64));
    }

    [Theory]
    [InlineData(53, true)]
    [InlineData(53, false)]
    [InlineData(63, true)]
    [InlineData(1, true)]
    public void Scale_ByFactors_MultipliesPlaintexts(int bits, bool hardened)
    {
        var limit = (long)((1UL << bits) - 1);
        long[] factors = [0, 1, -1, limit, -limit, limit / 3, -limit / 7, limit / 2, limit - 1 > 0 ? limit - 1 : 0, -limit];
        var x = Values(factors.Length);
        var product = Key.Public.Scale(Encrypted(x), factors, bits, new PaillierOptions(hardened));
        Assert.Equal(x.Zip(factors, (a, f) => (BigInteger)a * f), Decrypted(product));
        Assert.Throws<ArgumentOutOfRangeException>(() => Key.Public.Scale(Encrypted([1]), [bits == 63 ? long.MinValue : limit + 1], bits));
    }

    [Fact]
    public void FromBytes_WhatToBytesWrote_IsTheSame()
    {
        var values = Values(11);
        var ciphertexts = Encrypted(values);
        var bytes = Key.Public.ToBytes(ciphertexts);
        var read = Key.Public.FromBytes(bytes, 11);
        Assert.Equal(bytes, Key.Public.ToBytes(read));
        Assert.Equal(values.Select(v => (BigInteger)v), Decrypted(read));
    }

    [Fact]
    public void FromBytes_WhatIsNoCiphertext_IsRefused()
    {
        var bytes = Key.Public.ToBytes(Encrypted(Values(3)));
        Assert.Contains("take", Assert.Throws<CryptographicException>(() => Key.Public.FromBytes(bytes.AsSpan(1), 3)).Message, StringComparison.Ordinal);
        foreach (var (number, words) in new[] { (BigInteger.Zero, "shares a factor"), (Key.N, "shares a factor"), (5 * Key.N, "shares a factor"), (Key.N * Key.N, "not below"), ((BigInteger.One << 2048) - 1, "not below") })
        {
            var altered = (byte[])bytes.Clone();
            Span<byte> place = altered.AsSpan(Key.Public.CiphertextBytes, Key.Public.CiphertextBytes);
            place.Clear();
            Assert.True(number.TryWriteBytes(place, out _, isUnsigned: true));
            Assert.Contains(words, Assert.Throws<CryptographicException>(() => Key.Public.FromBytes(altered, 3)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Operations_OnAnotherKeysCiphertexts_AreRefused()
    {
        var other = SmallKey.Create();
        var foreign = other.Public.Encrypt(Plaintexts.FromInt64(other.Public, [1]), Random);
        Assert.Throws<ArgumentException>(() => Key.Public.Add(foreign, foreign));
        Assert.Throws<ArgumentException>(() => Key.Public.Scale(foreign, [1]));
        Assert.Throws<ArgumentException>(() => Key.Public.ToBytes(foreign));
        Assert.Throws<ArgumentException>(() => Key.Secret.Decrypt(foreign));
    }

    [Fact]
    public void Encrypt_PlaintextNotBelowTheModulus_IsRefused()
    {
        var plaintexts = new Plaintexts(2, Key.Public.Words);
        Key.Public.Modulus.CopyTo(plaintexts[1]);
        Assert.Contains("Plaintext 1", Assert.Throws<ArgumentException>(() => Key.Public.Encrypt(plaintexts, Random)).Message, StringComparison.Ordinal);
    }

    internal static Ciphertexts Encrypted(long[] values) => Key.Public.Encrypt(Plaintexts.FromInt64(Key.Public, values), Random);

    internal static IEnumerable<BigInteger> Decrypted(Ciphertexts ciphertexts)
    {
        var plaintexts = Key.Secret.Decrypt(ciphertexts);
        return Enumerable.Range(0, ciphertexts.Count).Select(i => plaintexts.ToBigInteger(Key.Public, i));
    }

    internal static long[] Values(int count) =>
        [.. Enumerable.Range(0, count).Select(i => i switch { 0 => long.MaxValue, 1 => -long.MaxValue, 2 => 0, _ => (i * 1_234_567_890_123L * (i % 2 == 0 ? 1 : -1)) + i })];

    /// <summary>The first exponent that a stream expanding zeros gives: half of the bits of n.</summary>
    private static BigInteger FirstExponent()
    {
        var bytes = CryptographicRandom.Expanding(new byte[32]).Bytes(64);
        return new BigInteger(bytes, isUnsigned: true);
    }
}
