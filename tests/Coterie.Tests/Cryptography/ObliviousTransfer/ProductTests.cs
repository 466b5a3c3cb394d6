using System.Security.Cryptography;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

public sealed class ProductTests
{
    [Theory]
    [InlineData(1, 1, 1, 64)]
    [InlineData(3, 4, 5, 64)]
    [InlineData(17, 9, 1, 64)]
    [InlineData(600, 2, 1, 64)]
    [InlineData(2_100, 1, 2, 64)]
    [InlineData(1, 30, 1, 64)]
    [InlineData(8, 7, 3, 1)]
    [InlineData(8, 7, 3, 20)]
    [InlineData(9, 6, 2, 63)]
    public void Product_RandomFactors_SharesAddUpToIt(int rows, int inner, int columns, int bits)
    {
        using var pair = new TransferPair();
        var shape = ProductShape.Matrix(rows, inner, columns, bits);
        var (left, right) = (TransferPair.Words(rows * inner), Signed(inner * columns, bits));
        var (first, second) = Shares(pair, shape, left, right);
        Assert.Equal(Naive(shape, left, right), Sum(first, second));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(42)]
    [InlineData(63)]
    [InlineData(64)]
    public void Product_EdgeFactors_SharesAddUpToIt(int bits)
    {
        using var pair = new TransferPair();
        var lowest = unchecked(0 - (1UL << (bits - 1)));
        ulong[] edges = [0, 1, ulong.MaxValue, lowest, (1UL << (bits - 1)) - 1];
        ulong[] left = [0, 1, ulong.MaxValue, 1UL << 63, 0x0123456789ABCDEF];
        var shape = ProductShape.Matrix(5, 1, 5, bits);
        var (first, second) = Shares(pair, shape, left, edges);
        Assert.Equal(Naive(shape, left, edges), Sum(first, second));
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(5, 64)]
    [InlineData(1_030, 64)]
    [InlineData(50, 17)]
    public void Entrywise_RandomFactors_SharesAddUpToIt(int length, int bits)
    {
        using var pair = new TransferPair();
        var shape = ProductShape.Entrywise(length, bits);
        var (left, right) = (TransferPair.Words(length), Signed(length, bits));
        var (first, second) = Shares(pair, shape, left, right);
        Assert.Equal(left.Zip(right, (a, b) => unchecked(a * b)), Sum(first, second));
    }

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(3, 5, 2, 1)]
    [InlineData(8, 100, 3, 1)]
    [InlineData(2, 7, 9, 13)]
    [InlineData(4, 3, 1, 64)]
    public void Scaled_RandomRows_SharesAddUpToSumsOfThem(int rows, int inner, int columns, int bits)
    {
        using var pair = new TransferPair();
        var shape = ProductShape.Scaled(rows, inner, columns, bits);
        var (left, right) = (TransferPair.Words(rows * inner * columns), Signed(rows * inner, bits));
        var (first, second) = Shares(pair, shape, left, right);
        Assert.Equal(SumsOfScaled(shape, left, right), Sum(first, second));
    }

    internal static ulong[] SumsOfScaled(ProductShape shape, ulong[] left, ulong[] right)
    {
        var sums = new ulong[shape.Rows * shape.Columns];
        for (var r = 0; r < shape.Rows; r++)
            for (var t = 0; t < shape.Inner; t++)
                for (var c = 0; c < shape.Columns; c++)
                    sums[(r * shape.Columns) + c] = unchecked(sums[(r * shape.Columns) + c] + (left[(((r * shape.Inner) + t) * shape.Columns) + c] * right[(r * shape.Inner) + t]));
        return sums;
    }

    [Fact]
    public void Product_TwoInARow_HaveUnrelatedShares()
    {
        using var pair = new TransferPair();
        var shape = ProductShape.Matrix(4, 3, 1);
        var (left, right) = (TransferPair.Words(12), TransferPair.Words(3));
        var (first, _) = Shares(pair, shape, left, right);
        var (again, _) = Shares(pair, shape, left, right);
        Assert.Empty(first.Intersect(again));
    }

    [Fact]
    public void Messages_HaveTheBytesOfTheShape()
    {
        using var pair = new TransferPair();
        var shape = ProductShape.Matrix(1_000, 10, 1, 42);
        using var question = ProductQuestion.Create(shape, Signed(10, 42), pair.Receiver, TransferPair.Random);
        var (answer, _) = ProductAnswer.Create(shape, TransferPair.Words(10_000), question.Message.Span, pair.Sender);
        Assert.Equal((shape.QuestionBytes, shape.AnswerBytes), (question.Message.Length, answer.Length));
        // Plane j sends 64 - j bits of each entry: for 42 planes 43.5 on the average, and next to nothing for padding.
        Assert.InRange(answer.Length, 42 * 10_000 * 43.5 / 8, (42 * 10_000 * 43.5 / 8) + 500);
    }

    [Fact]
    public void Finish_Twice_IsRefused()
    {
        using var pair = new TransferPair();
        var shape = ProductShape.Matrix(2, 2, 1);
        using var question = ProductQuestion.Create(shape, [1, 2], pair.Receiver, TransferPair.Random);
        var (answer, _) = ProductAnswer.Create(shape, [1, 2, 3, 4], question.Message.Span, pair.Sender);
        question.Finish(answer);
        Assert.Throws<InvalidOperationException>(() => question.Finish(answer));
        Assert.Throws<CryptographicException>(() => ProductAnswer.Create(shape, [1, 2, 3, 4], question.Message.Span, pair.Sender));
    }

    [Fact]
    public void Finish_AnswerOfAnotherShape_IsRefused()
    {
        using var pair = new TransferPair();
        var shape = ProductShape.Matrix(2, 2, 1);
        using var question = ProductQuestion.Create(shape, [1, 2], pair.Receiver, TransferPair.Random);
        var (answer, _) = ProductAnswer.Create(ProductShape.Matrix(3, 2, 1), new ulong[6], question.Message.Span, pair.Sender);
        Assert.Throws<CryptographicException>(() => question.Finish(answer));
    }

    [Fact]
    public void Create_WrongFactorsOrShapes_AreRefused()
    {
        using var pair = new TransferPair();
        var shape = ProductShape.Matrix(2, 2, 1, 8);
        Assert.Throws<ArgumentException>(() => ProductQuestion.Create(shape, [1], pair.Receiver, TransferPair.Random));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProductQuestion.Create(shape, [0, 128], pair.Receiver, TransferPair.Random));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProductQuestion.Create(shape, [0, unchecked((ulong)-129L)], pair.Receiver, TransferPair.Random));
        Assert.Throws<ArgumentException>(() => ProductAnswer.Create(shape, [1], new byte[100], pair.Sender));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProductShape.Matrix(0, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProductShape.Matrix(1, 1, 1, 65));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProductShape.Matrix(1, 1 << 21, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProductShape.Entrywise(1 << 21));
        Assert.Equal(0UL, pair.Receiver.Counter);
    }

    internal static ulong[] Signed(int count, int bits) => [.. TransferPair.Words(count).Select(w => unchecked((ulong)((long)w >> (64 - bits))))];

    internal static ulong[] Sum(ulong[] x, ulong[] y) => [.. x.Zip(y, (a, b) => unchecked(a + b))];

    internal static ulong[] Naive(ProductShape shape, ulong[] left, ulong[] right)
    {
        var product = new ulong[shape.ProductEntries];
        for (var r = 0; r < shape.Rows; r++)
            for (var c = 0; c < shape.Columns; c++)
                for (var k = 0; k < shape.Inner; k++)
                    product[(r * shape.Columns) + c] = unchecked(product[(r * shape.Columns) + c] + (left[(r * shape.Inner) + k] * right[(k * shape.Columns) + c]));
        return product;
    }

    private static (ulong[] Left, ulong[] Right) Shares(TransferPair pair, ProductShape shape, ulong[] left, ulong[] right)
    {
        using var question = ProductQuestion.Create(shape, right, pair.Receiver, TransferPair.Random);
        var (answer, share) = ProductAnswer.Create(shape, left, question.Message.Span, pair.Sender);
        return (share, question.Finish(answer));
    }
}
