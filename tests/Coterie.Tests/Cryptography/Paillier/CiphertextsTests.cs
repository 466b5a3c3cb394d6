using Coterie.Cryptography.Paillier;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

public sealed class CiphertextsTests
{
    // More than two of the widest blocks.
    private static readonly Ciphertexts X = Encrypted(Small.PublicKey, [.. Enumerable.Range(0, 19).Select(i => (long)i)]);

    [Fact]
    public void Head_OfEveryLength_IsTheFirst()
    {
        var numbers = Numbers(X);
        for (var count = 0; count <= X.Count; count++)
        {
            var head = X.Head(count);
            Assert.Equal(numbers[..count], Numbers(head));
            Assert.Equal(Small.PublicKey.Blocks(count) * Small.PublicKey.Engine.PairLength, head.Blocks.Length);
        }
        Assert.Throws<ArgumentOutOfRangeException>("count", () => X.Head(-1));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => X.Head(20));
    }

    [Fact]
    public void Pick_AnyPositions_IsThoseInThatOrder()
    {
        var numbers = Numbers(X);
        foreach (var positions in new int[][] { [], [18], [0, 0, 17, 3, 8, 7, 16, 15, 18], [.. Enumerable.Range(0, 19).Reverse()] })
            Assert.Equal(positions.Select(i => numbers[i]), Numbers(X.Pick(positions)));
        Assert.Throws<ArgumentOutOfRangeException>("positions", () => X.Pick([0, -1]));
        var beyond = Assert.Throws<ArgumentOutOfRangeException>("positions", () => X.Pick([0, 19]));
        Assert.Equal(19, beyond.ActualValue);
        Assert.Contains("no ciphertext at that position", beyond.Message, StringComparison.Ordinal);
    }

    /// <summary>Lanes that hold no ciphertext are read by whoever inverts a block: they have to hold a unit.</summary>
    [Fact]
    public void Pick_WhatFillsNoBlock_CanBeInverted() => Assert.Equal([-1, -18], Small.Decrypt(Small.PublicKey.Negate(X.Pick([1, 18]))).ToInt64s(Small.PublicKey));

    [Fact]
    public void Concat_Others_IsTheseAndThenThose()
    {
        var (numbers, few) = (Numbers(X), X.Head(3));
        Assert.Equal([.. numbers, .. numbers[..3]], Numbers(X.Concat(few)));
        Assert.Equal([.. numbers[..3], .. numbers], Numbers(few.Concat(X)));
        Assert.Equal(numbers, Numbers(X.Concat(X.Head(0))));
        Assert.Equal(numbers, Numbers(X.Head(0).Concat(X)));
        Assert.Throws<ArgumentException>("x", () => X.Concat(Encrypted(Other.PublicKey, 1)));
        Assert.Throws<ArgumentNullException>("others", () => X.Concat(null!));
    }
}
