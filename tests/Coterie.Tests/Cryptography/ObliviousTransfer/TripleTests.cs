using System.Security.Cryptography;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

public sealed class TripleTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 3, 2)]
    [InlineData(20, 10, 1)]
    public void Triple_OfMatrices_MultipliesSharedFactors(int rows, int inner, int columns)
    {
        var shape = ProductShape.Matrix(rows, inner, columns);
        var (left, right, product) = Opened(Make(shape));
        Assert.Equal(ProductTests.Naive(shape, left, right), product);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public void Triple_OfVectors_MultipliesEntryByEntry(int length)
    {
        var (left, right, product) = Opened(Make(ProductShape.Entrywise(length)));
        Assert.Equal(left.Zip(right, (a, b) => unchecked(a * b)), product);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 4, 5)]
    public void Triple_OfScaledRows_AddsThemUp(int rows, int inner, int columns)
    {
        var shape = ProductShape.Scaled(rows, inner, columns);
        var (left, right, product) = Opened(Make(shape));
        Assert.Equal(ProductTests.SumsOfScaled(shape, left, right), product);
    }

    [Fact]
    public void Take_Twice_IsRefused()
    {
        var (first, second) = Make(ProductShape.Entrywise(2));
        first.Take();
        Assert.Throws<InvalidOperationException>(() => first.Take());
        second.Dispose();
        Assert.Throws<InvalidOperationException>(() => second.Take());
    }

    [Fact]
    public void Steps_OutOfOrderOrTwice_AreRefused()
    {
        using var forward = new TransferPair();
        using var backward = new TransferPair();
        var shape = ProductShape.Entrywise(3);
        using var first = TripleMaker.Create(shape, forward.Receiver, TransferPair.Random);
        using var second = TripleMaker.Create(shape, backward.Receiver, TransferPair.Random);
        Assert.Throws<InvalidOperationException>(() => first.Finish(new byte[16]));
        var answer = first.Answer(second.Question.Span, backward.Sender);
        Assert.Throws<InvalidOperationException>(() => first.Answer(second.Question.Span, backward.Sender));
        second.Answer(first.Question.Span, forward.Sender);
        second.Finish(answer);
        Assert.Throws<InvalidOperationException>(() => second.Finish(answer));
        // Its own answer, sent back: of the other direction.
        Assert.Throws<CryptographicException>(() => first.Finish(answer));
        Assert.Throws<ArgumentException>(() => TripleMaker.Create(ProductShape.Entrywise(3, 8), forward.Receiver, TransferPair.Random));
    }

    private static (Triple First, Triple Second) Make(ProductShape shape)
    {
        // In one direction the first party receives transfers, in the other the second.
        using var forward = new TransferPair();
        using var backward = new TransferPair();
        using var first = TripleMaker.Create(shape, forward.Receiver, TransferPair.Random);
        using var second = TripleMaker.Create(shape, backward.Receiver, TransferPair.Random);
        var fromFirst = first.Answer(second.Question.Span, backward.Sender);
        var fromSecond = second.Answer(first.Question.Span, forward.Sender);
        return (first.Finish(fromSecond), second.Finish(fromFirst));
    }

    private static (ulong[] Left, ulong[] Right, ulong[] Product) Opened((Triple First, Triple Second) triple)
    {
        var (x, y) = (triple.First.Take(), triple.Second.Take());
        return (ProductTests.Sum(x.Left, y.Left), ProductTests.Sum(x.Right, y.Right), ProductTests.Sum(x.Product, y.Product));
    }
}
