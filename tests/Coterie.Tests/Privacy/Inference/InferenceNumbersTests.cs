using Coterie.Core.Numerics;
using Coterie.Privacy.Inference;

namespace Coterie.Tests.Privacy.Inference;

public sealed class InferenceNumbersTests
{
    [Fact]
    public void EncodeWeights_UsesTheColumnsAndTheTargetsUnits()
    {
        // w_j x_j is a score: a column in units of 8 and scores in units of 4 double the weight.
        var encoded = InferenceNumbers.EncodeWeights(new Matrix(2, 2, [1.5, -3, 0, 1]), [3, 0], 2);
        Assert.Equal([3L << 40, -3L << 38, 0, 1L << 38], encoded);
    }

    [Fact]
    public void EncodeFeatures_AddsAConstant() =>
        Assert.Equal([1L << 31, 1L << 32, -255L << 32, 1L << 32], InferenceNumbers.EncodeFeatures(new Matrix(2, 1, [4, -2040]), [3, 0]));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(2048.0)]
    [InlineData(-2048.0)]
    [InlineData(2047.9999999999998)]
    public void EncodeFeatures_OutOfRange_IsRefusedWithItsPlace(double value)
    {
        var refused = Assert.Throws<ValueOutOfRangeException>(() => InferenceNumbers.EncodeFeatures(new Matrix(2, 2, [1, 2, 3, value]), [3, 3, 0]));
        Assert.Equal(3, refused.Index);
        Assert.Equal(2048, refused.Bound);
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(4096, 0)]
    [InlineData(2048, -2048)]
    public void EncodeWeights_WhoseSizesAddUpToTheRange_AreRefused(double first, double second) =>
        Assert.Throws<ValueOutOfRangeException>(() => InferenceNumbers.EncodeWeights(new Matrix(1, 2, [first, second]), [0, 0], 0));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(double.PositiveInfinity, 0)]
    [InlineData(1, 1)]
    [InlineData(0.99, 0)]
    [InlineData(512, 10)]
    public void ExponentOf_ABound_IsAPowerOfTwoAbove(double bound, int exponent) => Assert.Equal(exponent, InferenceNumbers.ExponentOf(bound));
}
