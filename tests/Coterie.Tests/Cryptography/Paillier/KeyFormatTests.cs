using System.Numerics;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

public sealed class KeyFormatTests
{
    private const int Header = 8, Words512 = 64;

    [Fact]
    public void Import_WhatWasExported_IsTheSameKey()
    {
        var bytes = Full.PublicKey.Export();
        Assert.Equal(8 + (10 * 256), bytes.Length);
        using var key = PaillierPublicKey.Import(bytes);
        Assert.False(key.IsInsecure);
        Assert.Equal(bytes, key.Export());
        Assert.Equal(Full.PublicKey.KeyId.AsEnumerable(), key.KeyId);
        Assert.Equal([-7, 0, 9], Full.Decrypt(key.Encrypt(Plaintexts.FromInt64(key, [-7, 0, 9]), CryptographicRandom.Instance)).ToInt64s(key));
    }

    [Fact]
    public void ImportPrivateKey_WhatWasExported_IsTheSameKey()
    {
        var bytes = Full.ExportPrivateKey();
        using var key = PaillierSecretKey.ImportPrivateKey(bytes);
        Assert.Equal(bytes, key.ExportPrivateKey());
        Assert.Equal([-7, 0, 9], key.Decrypt(Full.PublicKey.Encrypt(Plaintexts.FromInt64(key.PublicKey, [-7, 0, 9]), CryptographicRandom.Instance)).ToInt64s(key.PublicKey));
    }

    [Fact]
    public void Import_AnInsecureKey_IsRefusedEverywhereButWhereItWasMade()
    {
        Assert.Contains("512 bits; 2048 and 3072", Public(b => b, safe: true), StringComparison.Ordinal);
        Assert.Contains("512 bits; 2048 and 3072", Secret(b => b, safe: true), StringComparison.Ordinal);
        using var known = InsecurePaillierKeys.FromPrimes(Integer(Full.P), Integer(Full.Q));
        Assert.Contains("insecure one", Assert.Throws<CryptographicException>(() => PaillierPublicKey.Import(known.PublicKey.Export())).Message, StringComparison.Ordinal);
        Assert.Contains("insecure one", Assert.Throws<CryptographicException>(() => PaillierSecretKey.ImportPrivateKey(known.ExportPrivateKey())).Message, StringComparison.Ordinal);
        using var open = InsecurePaillierKeys.Import(known.PublicKey.Export());
        Assert.True(open.IsInsecure);
        using var secret = InsecurePaillierKeys.ImportPrivateKey(Small.ExportPrivateKey());
        Assert.Equal(Small.ExportPrivateKey(), secret.ExportPrivateKey());
    }

    [Fact]
    public void Import_BadPublicBytes_SaysWhatIsWrong()
    {
        var n = Integer(Small.PublicKey.Modulus);
        Refused("no Paillier public key", _ => []);
        Refused("no Paillier public key", b => [.. "CPPX"u8, .. b[4..]]);
        Refused("no Paillier public key", _ => Small.ExportPrivateKey());
        Refused("version 2 of the format; version 1", b => With(b, 4, 2));
        Refused("version 0", b => With(b, 4, 0));
        Refused("flags 3", b => With(b, 5, 3));
        Refused("has 384 bits", b => With(With(b, 6, 0x80), 7, 1));
        Refused("has 513 bits", b => With(b, 6, 1));
        Refused("has 32768 bits", b => With(b, 7, 0x80));
        Refused("has 4224 bits", b => With(With(b, 6, 0x80), 7, 0x10));
        Refused("cut off: 648 bytes of the 5128 of 4096 bits", b => With(b, 7, 0x10));
        Refused("public key is cut off", b => b[..^1]);
        Refused("public key is cut off", b => b[..Header]);
        Refused("no Paillier public key", b => b[..(Header - 1)]);
        Refused("trailing bytes", b => [.. b, 0]);
        Refused("is even", b => With(b, Header, (byte)(b[Header] & 0xFE)));
        Refused("shorter than the 512 bits", b => With(b, Header + Words512 - 1, 0x7F));
        foreach (var h in new[] { 0, 1, n - 1, n, n + 1, (BigInteger.One << 512) - 1 }) Refused("base of the Paillier key is out of range", b => WithNumber(b, 1, h));
        Refused("base of the Paillier key shares a factor", b => WithNumber(b, 1, Integer(Small.P) * 6));
        Refused("proof does not hold", b => WithNumber(b, 2, 3));
        Refused("proof does not hold", b => [.. b[..^Words512], .. b[^(2 * Words512)..^Words512]]);
        Refused("not below the modulus", b => WithNumber(b, 9, n));
        Refused("divisible by", b => WithNumber(WithNumber(b, 0, 3 * ((n / 3) | 1)), 1, 2));

        void Refused(string words, Func<byte[], byte[]> change) => Assert.Contains(words, Public(change), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_ASafeSize_IsRead()
    {
        foreach (var bits in new[] { 2048, 3072 })
            Assert.Contains("cut off", Assert.Throws<CryptographicException>(() => PaillierPublicKey.Import([.. "CPPK"u8, 1, 0, 0, (byte)(bits >> 8)])).Message, StringComparison.Ordinal);
        foreach (var bits in new[] { 1024, 2560, 4096 })
            Assert.Contains($"{bits} bits; 2048 and 3072 are taken", Assert.Throws<CryptographicException>(() => PaillierPublicKey.Import([.. "CPPK"u8, 1, 0, 0, (byte)(bits >> 8)])).Message, StringComparison.Ordinal);
    }

    /// <summary>As the format has it: SHA-256 of a label, the header, n and h.</summary>
    [Fact]
    public void KeyId_OfAKey_IsItsHash()
    {
        var bytes = Small.PublicKey.Export();
        byte[] header = [.. "CPPK"u8, 1, 1, 0, 2];
        Assert.Equal(header, bytes[..Header]);
        Assert.Equal(SHA256.HashData([.. "coterie paillier key v1"u8, .. bytes[..(Header + (2 * Words512))]]), Small.PublicKey.KeyId.ToArray());
    }

    [Fact]
    public void Import_AnotherBase_IsAnotherKey()
    {
        using var key = InsecurePaillierKeys.Import(WithNumber(Small.PublicKey.Export(), 1, 2));
        Assert.NotEqual(Small.PublicKey.KeyId.AsEnumerable(), key.KeyId);
        using var largest = InsecurePaillierKeys.Import(WithNumber(Small.PublicKey.Export(), 1, Integer(Small.PublicKey.Modulus) - 2));
        Assert.Equal(Integer(Small.PublicKey.Modulus) - 2, Integer(largest.Base));
    }

    [Fact]
    public void ImportPrivateKey_BadBytes_SaysWhatIsWrong()
    {
        var (p, q, half) = (Integer(Small.P), Integer(Small.Q), Words512 / 2);
        Refused("no Paillier secret key", _ => Small.PublicKey.Export());
        Refused("version 7 of the format; version 1", b => With(b, 4, 7));
        Refused("secret key is cut off", b => b[..^1]);
        Refused("secret key is cut off", b => b[..(Header + 9)]);
        Refused("secret key has trailing bytes", b => [.. b, 0]);
        Refused("do not multiply to its modulus", b => With(b, Header + 4, (byte)(b[Header + 4] ^ 1)));
        Refused("do not multiply to its modulus", b => [.. b[..(Header + Words512)], .. Other.PublicKey.Export()]);
        Refused("is even", b => With(b, Header + Words512 + Header, 2));
        Refused("proof does not hold", b => With(b, b.Length - 5, (byte)(b[^5] ^ 1)));
        // n = p q as (2p) (q/2) is no way out, nor is 1 times n.
        Refused("do not multiply", b => [.. b[..Header], .. Bytes(1, half), .. Bytes(p, half), .. b[(Header + Words512)..]]);
        // Swapped factors are the same key.
        using var swapped = InsecurePaillierKeys.ImportPrivateKey([.. Small.ExportPrivateKey()[..Header], .. Bytes(q, half), .. Bytes(p, half), .. Small.ExportPrivateKey()[(Header + Words512)..]]);
        Assert.Equal(Small.PublicKey.KeyId.AsEnumerable(), swapped.PublicKey.KeyId);

        void Refused(string words, Func<byte[], byte[]> change) => Assert.Contains(words, Secret(change), StringComparison.Ordinal);
    }

    /// <summary>The factors multiply to a modulus with a proof, and are primes: only that they are no key's is wrong with them.</summary>
    [Fact]
    public void ImportPrivateKey_FactorsThatAreNotAKeys_AreRefused()
    {
        BigInteger p, q = Integer(Small.Q);
        do p = Prime(256);
        while (p % 4 != 1 || !(p * q >> 511).IsOne);
        using var key = InsecurePaillierKeys.FromPrimes(p, q);
        Assert.Contains("factors are none of a key: both are 3 modulo 4", Assert.Throws<CryptographicException>(() => InsecurePaillierKeys.ImportPrivateKey(key.ExportPrivateKey())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ImportPrivateKey_FactorsThatAreNoPrimes_AreRefused()
    {
        // p is a product of two primes: the modulus' proof holds, decryption would not.
        BigInteger a, b, p;
        do
        {
            (a, b) = (Prime(128), Prime(128));
            p = a * b;
        }
        while (p.GetBitLength() != 256 || p % 4 != 3 || !(p * Integer(Small.Q) >> 511).IsOne || BigInteger.GreatestCommonDivisor(p - 1, Integer(Small.Q) - 1) != 2);
        var (n, phi) = (p * Integer(Small.Q), (a - 1) * (b - 1) * (Integer(Small.Q) - 1));
        using var open = new PaillierPublicKey(Words(n, 8), Words(Integer(Small.PublicKey.Base) % n, 8)) { IsInsecure = true };
        open.Proof = Prove(open, n, phi);
        byte[] header = [.. "CPSK"u8, 1, 1, 0, 2];
        byte[] bytes = [.. header, .. Bytes(p, 32), .. Bytes(Integer(Small.Q), 32), .. open.Export()];
        Assert.Contains("not a prime", Assert.Throws<CryptographicException>(() => InsecurePaillierKeys.ImportPrivateKey(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ImportPrivateKey_Refused_SaysNothingOfTheFactors()
    {
        var hex = Convert.ToHexString(Small.ExportPrivateKey().AsSpan(Header, 32));
        foreach (var at in new[] { 4, 6, Header, Header + 40, Header + Words512 + 9 })
        {
            var message = Secret(b => With(b, at, (byte)(b[at] ^ 4)));
            Assert.DoesNotContain(hex, message, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Integer(Small.P).ToString(System.Globalization.CultureInfo.InvariantCulture), message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Export_AKeyOfAFewBits_IsRefused()
    {
        using var tiny = InsecurePaillierKeys.FromPrimes(7919, 104729);
        Assert.Contains("has no proof and no format", Assert.Throws<InvalidOperationException>(tiny.PublicKey.Export).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(tiny.ExportPrivateKey);
        // Without a small factor, and of a multiple of 128 bits: too short all the same.
        using var small = InsecurePaillierKeys.FromPrimes((BigInteger.One << 64) - 59, (BigInteger.One << 64) - 83);
        Assert.Equal(128, small.PublicKey.Bits);
        Assert.Throws<InvalidOperationException>(small.PublicKey.Export);
    }

    private static string Public(Func<byte[], byte[]> change, bool safe = false) => Assert.Throws<CryptographicException>(() =>
        (safe ? PaillierPublicKey.Import(change(Small.PublicKey.Export())) : InsecurePaillierKeys.Import(change(Small.PublicKey.Export()))).Dispose()).Message;

    private static string Secret(Func<byte[], byte[]> change, bool safe = false) => Assert.Throws<CryptographicException>(() =>
        (safe ? PaillierSecretKey.ImportPrivateKey(change(Small.ExportPrivateKey())) : InsecurePaillierKeys.ImportPrivateKey(change(Small.ExportPrivateKey()))).Dispose()).Message;

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        byte[] result = [.. bytes];
        result[at] = value;
        return result;
    }

    private static byte[] WithNumber(byte[] bytes, int index, BigInteger value)
    {
        byte[] result = [.. bytes];
        Bytes(value, Words512).CopyTo(result, Header + (index * Words512));
        return result;
    }

    private static byte[] Bytes(BigInteger value, int count)
    {
        var bytes = new byte[count];
        Assert.True(value.TryWriteBytes(bytes, out _, isUnsigned: true));
        return bytes;
    }

    private static ulong[] Prove(PaillierPublicKey key, BigInteger n, BigInteger phi)
    {
        // Roots of what the verifier asks for, by the owner's own means.
        var challenges = KeyProof.Challenges(key);
        var roots = new ulong[challenges.Length];
        for (var i = 0; i < KeyProof.Roots; i++) Words(BigInteger.ModPow(Integer(challenges.AsSpan(i * 8, 8)), Inverse(n, phi), n), 8).CopyTo(roots, i * 8);
        return roots;
    }

    private static BigInteger Prime(int bits)
    {
        while (true)
        {
            var candidate = Random(BigInteger.One << bits) | 1 | (BigInteger.One << (bits - 1));
            if (BigInteger.ModPow(2, candidate - 1, candidate) == 1) return candidate;
        }
    }
}
