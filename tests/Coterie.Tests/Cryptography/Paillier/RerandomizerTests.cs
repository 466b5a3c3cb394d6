using System.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier;

/// <summary>What leaves after a product with secret factors tells the key's owner the product's plaintext and nothing of the factors.</summary>
public sealed class RerandomizerTests
{
    private static readonly SmallKey Key = SmallKey.Instance;

    [Fact]
    public void Apply_Keeps_PlaintextsAndChangesCiphertexts()
    {
        var values = PaillierPublicKeyTests.Values(19);
        var ciphertexts = PaillierPublicKeyTests.Encrypted(values);
        foreach (var hardened in new[] { true, false })
        {
            var fresh = new Rerandomizer(Key.Public, CryptographicRandom.Instance, new PaillierOptions(hardened)).Apply(ciphertexts);
            Assert.Equal(values.Select(v => (BigInteger)v), PaillierPublicKeyTests.Decrypted(fresh));
            Assert.Empty(Key.Numbers(fresh).Intersect(Key.Numbers(ciphertexts)));
        }
    }

    [Fact]
    public void AgainstOthers_TheSameCiphertexts_HasShortExponentsAndKeepsPlaintexts()
    {
        var values = PaillierPublicKeyTests.Values(19);
        var ciphertexts = PaillierPublicKeyTests.Encrypted(values);
        var owner = new Rerandomizer(Key.Public, CryptographicRandom.Instance);
        var others = Rerandomizer.AgainstOthers(Key.Public, CryptographicRandom.Instance);
        Assert.Equal(Key.Public.Bits + 160, owner.ExponentBits);
        Assert.Equal((Key.Public.Bits + 1) / 2, others.ExponentBits);
        var (first, second) = (owner.Apply(ciphertexts), others.Apply(ciphertexts));
        Assert.Equal(values.Select(v => (BigInteger)v), PaillierPublicKeyTests.Decrypted(first));
        Assert.Equal(values.Select(v => (BigInteger)v), PaillierPublicKeyTests.Decrypted(second));
        Assert.Equal(3 * 19, Key.Numbers(first).Concat(Key.Numbers(second)).Concat(Key.Numbers(ciphertexts)).Distinct().Count());
        Assert.Equal(2 * 19, Key.Numbers(second).Concat(Key.Numbers(others.Apply(ciphertexts))).Distinct().Count());
    }

    // Whoever restarts has the same y, out of the same secret, and makes a step's ciphertexts again; what it made of its own accord in between does not matter.
    [Fact]
    public void Apply_WithAStream_MakesTheSameAgainAndNothingElse()
    {
        var ciphertexts = PaillierPublicKeyTests.Encrypted(PaillierPublicKeyTests.Values(11));
        static CryptographicRandom Of(byte secret) => CryptographicRandom.Expanding(Enumerable.Repeat(secret, 32).ToArray());
        var (first, second) = (new Rerandomizer(Key.Public, Of(1)), new Rerandomizer(Key.Public, Of(1)));
        first.Apply(ciphertexts);
        var (once, again, other) = (first.Apply(ciphertexts, Of(2)), second.Apply(ciphertexts, Of(2)), second.Apply(ciphertexts, Of(3)));
        Assert.Equal(Key.Numbers(once), Key.Numbers(again));
        Assert.Equal(33, Key.Numbers(once).Concat(Key.Numbers(other)).Concat(Key.Numbers(ciphertexts)).Distinct().Count());
        Assert.Equal(PaillierPublicKeyTests.Decrypted(ciphertexts), PaillierPublicKeyTests.Decrypted(once));
    }

    // Randomness is made for many at a time and kept: none may be given out twice, whatever the sizes asked for.
    [Fact]
    public void Apply_AgainAndAgain_NeverGivesTheSameRandomness()
    {
        using var key = InsecurePaillierKeys.Generate(512);
        var rerandomizer = new Rerandomizer(key.PublicKey, CryptographicRandom.Instance);
        var seen = new HashSet<string>();
        foreach (var size in new[] { 1, 3, 8, 11, 64, 65, 1, 11, 130, 2 })
        {
            var fresh = rerandomizer.Apply(key.PublicKey.Trivial(new Plaintexts(size, key.PublicKey.Words)));
            foreach (var ciphertext in key.PublicKey.ToBytes(fresh).Chunk(key.PublicKey.CiphertextBytes))
            {
                // The sign is drawn apart: the same noise under another sign is the same noise.
                var number = new BigInteger(ciphertext, isUnsigned: true);
                var square = new BigInteger(System.Runtime.InteropServices.MemoryMarshal.AsBytes(key.PublicKey.Modulus), isUnsigned: true);
                square *= square;
                Assert.True(seen.Add(BigInteger.Min(number, square - number).ToString(System.Globalization.CultureInfo.InvariantCulture)));
            }
            Assert.All(Enumerable.Range(0, size), i => Assert.True(key.Decrypt(fresh)[i].IndexOfAnyExcept(0UL) < 0));
        }
    }

    /// <summary>
    /// The owner solves for a factor by trying: randomness r^f modulo n for every f. It finds the factor in what was not re-randomised, and does not
    /// in what was.
    /// </summary>
    [Fact]
    public void Attack_OwnerTriesFactors_FindsThemOnlyWithoutIt()
    {
        var ciphertext = PaillierPublicKeyTests.Encrypted([0]);
        const long Factor = 77;
        var product = Key.Public.Scale(ciphertext, [Factor], 8);
        var fresh = new Rerandomizer(Key.Public, CryptographicRandom.Instance).Apply(product);
        Assert.Equal(Factor, Guess(product));
        Assert.Equal(-1, Guess(fresh));

        int Guess(Ciphertexts seen)
        {
            // The plaintext is 0, so that the ciphertext is the n-th power of its randomness.
            var (before, after) = (Key.Numbers(ciphertext)[0], Key.Numbers(seen)[0]);
            for (var f = 0; f < 256; f++)
                if (BigInteger.ModPow(before, f, Key.N * Key.N) == after) return f;
            return -1;
        }
    }

    /// <summary>
    /// The owner looks at quadratic characters modulo p and q: of 400 re-randomised ciphertexts each of the four classes has 100, give or take 50
    /// (more than five standard deviations of 8.7: fails by chance less than once in 10^6 runs).
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Apply_ToOneCiphertext_ReachesEveryClassOfResidues(bool againstOthers)
    {
        var one = Key.Public.ToBytes(PaillierPublicKeyTests.Encrypted([0]));
        var same = Key.Public.FromBytes([.. Enumerable.Repeat(one, 400).SelectMany(b => b)], 400);
        var rerandomizer = againstOthers ? Rerandomizer.AgainstOthers(Key.Public, CryptographicRandom.Instance) : new Rerandomizer(Key.Public, CryptographicRandom.Instance);
        var fresh = Key.Numbers(rerandomizer.Apply(same));
        var (p, q) = (Number(Key.Secret.P), Number(Key.Secret.Q));
        var classes = fresh.CountBy(c => (BigInteger.ModPow(c, (p - 1) / 2, p).IsOne, BigInteger.ModPow(c, (q - 1) / 2, q).IsOne)).ToDictionary();
        Assert.Equal(4, classes.Count);
        Assert.All(classes.Values, count => Assert.InRange(count, 50, 150));
    }

    [Fact]
    public void Draw_ManyTimes_IsAlwaysBelowTheModulusWithSymbolMinusOne()
    {
        // A key whose highest word is not full: bits above n's are never drawn.
        using var key = new PaillierPublicKey([.. Key.Public.Modulus[..15], (1UL << 20) | 1], Key.Public.Base);
        var (n, drawn) = (Number(key.Modulus), Enumerable.Range(0, 40).Select(_ => Number(Rerandomizer.Draw(key, CryptographicRandom.Instance))).ToArray());
        Assert.All(drawn, y => Assert.True(y < n && Jacobi.Symbol(y, n) == -1));
        Assert.Equal(40, drawn.Distinct().Count());
        // Of 40 uniform numbers all are in the lower half with a probability of 2^-40.
        Assert.Contains(drawn, y => 2 * y > n);
    }

    private static BigInteger Number(ReadOnlySpan<ulong> words) => new(System.Runtime.InteropServices.MemoryMarshal.AsBytes(words), isUnsigned: true);
}
