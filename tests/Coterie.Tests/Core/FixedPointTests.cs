using Coterie.Core.Numerics;

namespace Coterie.Tests.Core;

public sealed class FixedPointTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1.0, 5)]
    [InlineData(4700, 1000)]
    [InlineData(1e-9, 32)]
    [InlineData(1e15, 3)]
    public void SumOfBoundedValues_AtTheBound_DecodesExactly(double bound, int summands)
    {
        var format = FixedPoint.For(bound, summands);
        foreach (var extreme in new[] { bound, -bound })
        {
            var encoded = new ulong[1];
            format.Encode([extreme], encoded);
            var sum = unchecked(encoded[0] * (ulong)summands);
            var decoded = new double[1];
            format.Decode([sum], decoded);
            Assert.Equal(extreme * summands, decoded[0], Math.ScaleB(summands, -format.FractionBits) + (Math.Abs(extreme * summands) * 1e-15));
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1.001)]
    public void Encode_OutsideTheRange_Throws(double value)
    {
        var error = Assert.Throws<ValueOutOfRangeException>(() => FixedPoint.For(1, 5).Encode([0, value], new ulong[2]));
        Assert.Equal(1, error.Index);
    }
}
