using System.Numerics;
using Coterie.Core.Arithmetic;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.TwoParty;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Privacy.TwoParty;

/// <summary>What the key's owner could do with a product under its key, and what masks and fresh randomness leave of it.</summary>
public sealed class PackedProductAttackTests
{
    private static readonly PackedProduct Product = new((6, 2, 1), Small.PublicKey.Bits);
    private static readonly RingMatrix Secret = new(6, 2, [.. new long[] { 3, -1, 4, 1, -5, 9, 2, 6, -5, 3, 5, -8 }.Select(x => unchecked((ulong)x))]);
    private static readonly Rerandomizer Rerandomizer = new(Small.PublicKey, CryptographicRandom.Instance);

    /// <summary>Without masks the owner reads X w in the slots; two models give it the rows.</summary>
    [Fact]
    public void Attack_OwnerReadsSlots_FindsRowsOnlyWithoutMasks()
    {
        // The model (1, 2^20): one product holds both entries of a row.
        var factor = Encrypted(Product, new RingMatrix(2, 1, [1, 1 << 20]));
        var bare = Rerandomizer.Apply(Product.Multiply(factor, Secret, PaillierOptions.Default));
        Assert.Equal(Rows(Secret), ReadRows(bare).Take(Secret.Rows));
        var (masked, _) = Product.Mask(Product.Multiply(factor, Secret, PaillierOptions.Default), Rerandomizer, CryptographicRandom.Instance, PaillierOptions.Default);
        Assert.Empty(Rows(Secret).Intersect(ReadRows(masked)));
    }

    /// <summary>Masks that are as long as the values and no longer leave the largest of them in sight: averaged over rounds they are gone.</summary>
    [Fact]
    public void Attack_OwnerAveragesOverRounds_FindsAValueOnlyUnderShortMasks()
    {
        const int Rounds = 600, ValueBits = 20;
        const long Value = 900_000;
        var (naive, ours) = (0.0, 0.0);
        var (masked, _) = ShareBlinding.Mask(Small.PublicKey.Encrypt(Plaintexts.FromInt64(Small.PublicKey, [.. Enumerable.Repeat(Value, Rounds)]), CryptographicRandom.Instance), 1, Rerandomizer, CryptographicRandom.Instance);
        var seen = Small.Decrypt(masked);
        for (var i = 0; i < Rounds; i++)
        {
            naive += Value + (BitConverter.ToUInt32(CryptographicRandom.Instance.Bytes(4)) >> (32 - ValueBits));
            ours += seen[i][0];
        }
        // Deviations of the means: 2^20 / sqrt(12 x 600) = 12,358 of the naive one, 2^44 times as much of ours.
        Assert.InRange((naive / Rounds) - (1 << (ValueBits - 1)), Value - 100_000, Value + 100_000);
        Assert.True(Math.Abs((ours / Rounds) - Math.ScaleB(1, 63) - Value) > 1e12);
    }

    /// <summary>A mask hides the plaintext and not the randomness: the owner, who made the factor's ciphertexts, raises their randomness to a row that it guesses.</summary>
    [Fact]
    public void Attack_OwnerGuessesRowsByRandomness_IsRightOnlyWithoutReRandomising()
    {
        var n = Integer(Small.PublicKey.Modulus);
        var factor = Encrypted(Product, new RingMatrix(2, 1, [7, 8]));
        // What the owner knows: c modulo n is r^n.
        var known = Numbers(factor).Select(c => c % n).ToArray();
        bool Recognises(Ciphertexts seen) => Numbers(seen).Select(c => c % n).First() == Enumerable.Range(0, known.Length)
            .Select(j => BigInteger.ModPow(Entry(j) < 0 ? Inverse(known[j], n) : known[j], BigInteger.Abs(Entry(j)), n)).Aggregate(BigInteger.One, (a, b) => a * b % n);
        BigInteger Entry(int j) => unchecked((long)Secret.Values[j]);

        var product = Product.Multiply(factor, Secret, PaillierOptions.Default);
        var masks = Plaintexts.FromBigIntegers(Small.PublicKey, [.. Enumerable.Range(0, product.Count).Select(_ => new BigInteger(CryptographicRandom.Instance.Bytes(56), isUnsigned: true))]);
        Assert.True(Recognises(Small.PublicKey.AddPlain(product, masks)));
        Assert.False(Recognises(Product.Mask(product, Rerandomizer, CryptographicRandom.Instance, PaillierOptions.Default).Masked));
        // And no sign tells either: -r^n is an n-th power as well.
        var (first, second) = (Product.Mask(product, Rerandomizer, CryptographicRandom.Instance, PaillierOptions.Default).Masked, Product.Mask(product, Rerandomizer, CryptographicRandom.Instance, PaillierOptions.Default).Masked);
        Assert.Empty(Numbers(first).Select(c => BigInteger.Min(c % n, n - (c % n))).Intersect(Numbers(second).Select(c => BigInteger.Min(c % n, n - (c % n)))));
    }

    private static Ciphertexts Encrypted(PackedProduct product, RingMatrix factor) =>
        Small.PublicKey.FromBytes(new EncryptedFactors(Small, CryptographicRandom.Instance.Bytes(32), PaillierOptions.Default).Of(product, factor), product.FactorCount);

    private static (long, long)[] Rows(RingMatrix rows) => [.. Enumerable.Range(0, rows.Rows).Select(i => (unchecked((long)rows.Values[2 * i]), unchecked((long)rows.Values[(2 * i) + 1])))];

    /// <summary>x + 2^20 y in every slot, as x and y.</summary>
    private static (long, long)[] ReadRows(Ciphertexts seen)
    {
        var opened = Small.Decrypt(seen);
        return [.. Enumerable.Range(0, seen.Count).SelectMany(i =>
        {
            var rest = opened.ToBigInteger(Small.PublicKey, i);
            return Enumerable.Range(0, Product.RowsTogether).Select(_ =>
            {
                var slot = Signed(ref rest, ShareBlinding.SlotBits);
                var x = Signed(ref slot, 20);
                return ((long)x, slot >= long.MinValue && slot <= long.MaxValue ? (long)slot : long.MaxValue);
            });
        })];
    }

    /// <summary>The lowest bits as a signed number, taken off.</summary>
    private static BigInteger Signed(ref BigInteger number, int bits)
    {
        var low = number & ((BigInteger.One << bits) - 1);
        if (low >> (bits - 1) != 0) low -= BigInteger.One << bits;
        number = (number - low) >> bits;
        return low;
    }
}
