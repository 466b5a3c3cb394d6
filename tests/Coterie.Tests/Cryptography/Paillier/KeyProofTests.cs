using System.Numerics;
using System.Security.Cryptography;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.Paillier.Modular;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

public sealed class KeyProofTests
{
    [Fact]
    public void Verify_OwnProof_Holds()
    {
        KeyProof.Verify(Full.PublicKey, Full.PublicKey.Proof);
        KeyProof.Verify(Small.PublicKey, Small.PublicKey.Proof);
    }

    /// <summary>Of blocks with all roots, with some and with one.</summary>
    [Fact]
    public void Verify_OnEveryEngine_HoldsForTheProofAlone()
    {
        foreach (var kind in ModularEngines.Supported)
        {
            using var key = new PaillierPublicKey(Small.PublicKey.Modulus, Small.PublicKey.Base, kind);
            Assert.Equal(KeyProof.Challenges(Small.PublicKey), KeyProof.Challenges(key));
            KeyProof.Verify(key, Small.PublicKey.Proof);
            for (var i = 0; i < KeyProof.Roots; i++)
            {
                var altered = Small.PublicKey.Proof!.ToArray();
                altered[i * 8] ^= 1;
                Assert.Throws<CryptographicException>(() => KeyProof.Verify(key, altered));
            }
        }
    }

    [Fact]
    public void Prove_Roots_AreThoseOfTheIntegers()
    {
        var (n, phi) = (Integer(Small.PublicKey.Modulus), (Integer(Small.P) - 1) * (Integer(Small.Q) - 1));
        var exponent = Inverse(n, phi);
        var roots = Roots(Small.PublicKey.Proof!, 8);
        var challenges = roots.Select(r => BigInteger.ModPow(r, n, n)).ToArray();
        Assert.Equal(8, challenges.Distinct().Count());
        Assert.Equal(challenges.Select(c => BigInteger.ModPow(c, exponent, n)), roots);
        // Spread over the whole range: eight uniform numbers all in the lower or all in the upper half have a probability of 2^-7.
        Assert.All(challenges, c => Assert.True(c.GetBitLength() > 480));
    }

    /// <summary>As the format has it: SHA-256 in counter mode of the hash of a label and n, 768 bits each, modulo n.</summary>
    [Fact]
    public void Challenges_OfAModulus_AreItsHashes()
    {
        foreach (var key in new[] { Small.PublicKey, Other.PublicKey })
        {
            var n = Integer(key.Modulus);
            byte[] seed = SHA256.HashData([.. "coterie paillier key proof v1"u8, .. n.ToByteArray(isUnsigned: true)]);
            byte[] material = [.. Enumerable.Range(0, 24).SelectMany(i => SHA256.HashData([.. seed, (byte)i, 0, 0, 0]))];
            Assert.Equal(material.Chunk(96).Select(c => new BigInteger(c, isUnsigned: true) % n), Roots(KeyProof.Challenges(key), 8));
        }
    }

    [Fact]
    public void Verify_AnyRootAltered_IsRefused()
    {
        for (var i = 0; i < KeyProof.Roots; i++)
        {
            var altered = Small.PublicKey.Proof!.ToArray();
            altered[(i * 8) + 3] ^= 1UL << i;
            Assert.Contains("does not hold", Assert.Throws<CryptographicException>(() => KeyProof.Verify(Small.PublicKey, altered)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Verify_RootsSwappedOrOfAnotherKey_IsRefused()
    {
        var swapped = Small.PublicKey.Proof!.ToArray();
        swapped.AsSpan(0, 8).CopyTo(swapped.AsSpan(8));
        Assert.Throws<CryptographicException>(() => KeyProof.Verify(Small.PublicKey, swapped));
        Assert.Throws<CryptographicException>(() => KeyProof.Verify(Small.PublicKey, Other.PublicKey.Proof));
        foreach (var roots in new[] { Small.PublicKey.Proof![8..], [.. Small.PublicKey.Proof, 0] })
            Assert.Contains($"has 64 words, not {roots.Length}", Assert.Throws<CryptographicException>(() => KeyProof.Verify(Small.PublicKey, roots)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_ARootThatIsTheModulus_IsNamed()
    {
        for (var i = 0; i < KeyProof.Roots; i++)
        {
            var altered = Small.PublicKey.Proof!.ToArray();
            Small.PublicKey.Modulus.CopyTo(altered.AsSpan(8 * i));
            Assert.Contains($"Root {i} of the key's proof is not below", Assert.Throws<CryptographicException>(() => KeyProof.Verify(Small.PublicKey, altered)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Verify_ARootPlusTheModulus_IsRefused()
    {
        var n = Integer(Small.PublicKey.Modulus);
        var roots = Roots(Small.PublicKey.Proof!, 8);
        var least = Array.IndexOf(roots, roots.Min());
        var altered = Small.PublicKey.Proof!.ToArray();
        if ((roots[least] + n).GetBitLength() > 512) return;
        Words(roots[least] + n, 8).CopyTo(altered, 8 * least);
        Assert.Contains("not below", Assert.Throws<CryptographicException>(() => KeyProof.Verify(Small.PublicKey, altered)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(251)]
    [InlineData(65521)]
    public void Verify_ASmallFactor_IsNamed(int factor)
    {
        // Any odd number of 512 bits with that factor, and a proof that is never looked at.
        var n = (BigInteger.One << 511) + 1;
        while (n % factor != 0) n += 2;
        while (Enumerable.Range(2, factor - 2).Any(d => n % d == 0)) n += 2 * factor;
        using var key = new PaillierPublicKey(Words(n, 8), Words(2, 8));
        Assert.Contains($"divisible by {factor};", Assert.Throws<CryptographicException>(() => KeyProof.Verify(key, Small.PublicKey.Proof)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SmallestFactor_TheFirstPrimeAboveTheBound_IsNotTried() => Assert.Null(KeyProof.SmallestFactor([65537UL * 65539]));

    /// <summary>65537 times a prime, found by trying some millions of them: one of the numbers to take roots of is divisible by 65537, and has a root all the same.</summary>
    [Fact]
    public void Verify_ANumberThatIsNoUnit_IsRefused()
    {
        var n = (BigInteger.One << 511) + 0xF25AF9DA07;
        var cofactor = n / 65537;
        Assert.Equal(n, cofactor * 65537);
        using var best = new PaillierPublicKey(Words(n, 8), Words(2, 8));
        var challenges = Roots(KeyProof.Challenges(best), 8);
        Assert.Contains(challenges, c => c % 65537 == 0);
        var exponent = Inverse(n, 65536 * (cofactor - 1));
        ulong[] roots = [.. challenges.SelectMany(c => Words(BigInteger.ModPow(c, exponent, n), 8))];
        Assert.Equal(challenges, Roots(roots, 8).Select(r => BigInteger.ModPow(r, n, n)));
        foreach (var kind in ModularEngines.Supported)
        {
            using var key = new PaillierPublicKey(Words(n, 8), Words(2, 8), kind);
            Assert.Contains("shares a factor with the modulus", Assert.Throws<CryptographicException>(() => KeyProof.Verify(key, roots)).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Owners that cheat: a square, a square times a prime, and p dividing q - 1. Each takes the best roots there are, modulo every factor.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Verify_AModulusWhoseOpeningsWouldNotBind_IsRefused(int kind)
    {
        var p = Integer(Small.P);
        BigInteger n, phi;
        if (kind == 0) (n, phi) = (p * p, p * (p - 1));
        else if (kind == 1)
        {
            // p^2 q, of three factors of equal lengths
            var small = NextPrime(BigInteger.One << 170, 2);
            var other = NextPrime((BigInteger.One << 171) + (BigInteger.One << 170), 2);
            (n, phi) = (small * small * other, small * (small - 1) * (other - 1));
        }
        else
        {
            var other = NextPrime(((BigInteger.One << 255) / (2 * p) * 2 * p) + 1, 2 * p);
            (n, phi) = (p * other, (p - 1) * (other - 1));
        }
        Assert.NotEqual(1, BigInteger.GreatestCommonDivisor(n, phi));
        var words = (int)((n.GetBitLength() + 63) / 64);
        using var key = new PaillierPublicKey(Words(n, words), Words(2, words));
        // Raising to 1/n modulo the part of phi(n) that is coprime to n gives the root of whatever has one.
        var exponent = Inverse(n, phi / BigInteger.GreatestCommonDivisor(n, phi));
        var (challenges, roots) = (KeyProof.Challenges(key), new ulong[8 * words]);
        for (var i = 0; i < 8; i++) Words(BigInteger.ModPow(Integer(challenges.AsSpan(i * words, words)), exponent, n), words).CopyTo(roots, i * words);
        Assert.Contains("does not hold", Assert.Throws<CryptographicException>(() => KeyProof.Verify(key, roots)).Message, StringComparison.Ordinal);
    }

    private static BigInteger NextPrime(BigInteger from, BigInteger step)
    {
        if (from.IsEven) from++;
        while (BigInteger.ModPow(2, from - 1, from) != 1) from += step;
        return from;
    }

    private static BigInteger[] Roots(ulong[] proof, int words) => [.. Enumerable.Range(0, proof.Length / words).Select(i => Integer(proof.AsSpan(i * words, words)))];
}
