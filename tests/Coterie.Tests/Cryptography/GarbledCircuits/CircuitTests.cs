using Coterie.Cryptography.GarbledCircuits;

namespace Coterie.Tests.Cryptography.GarbledCircuits;

/// <summary>What circuits cost, and how they are laid out.</summary>
public sealed class CircuitTests
{
    private static byte[] Print(Circuit circuit) => [.. circuit.Fingerprint];

    private static int Ands(int width, int words, Func<CircuitBuilder, Word[], Word> function) => Circuits.Of(width, words, function).Ands;

    private static int Ands(int width, int words, Func<CircuitBuilder, Word[], Bit> function) => Circuits.Of(width, words, function).Ands;

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(64)]
    public void Ands_OfWordOperations_AreTheKnownMinima(int n)
    {
        Assert.Equal(n - 1, Ands(n, 2, (b, w) => b.Add(w[0], w[1])));
        Assert.Equal(n - 1, Ands(n, 2, (b, w) => b.Subtract(w[0], w[1])));
        Assert.Equal(n - 2, Ands(n, 1, (b, w) => b.Negate(w[0])));
        Assert.Equal(n - 1, Ands(n, 1, (b, w) => b.Abs(w[0])));
        Assert.Equal(n, Ands(n, 2, (b, w) => b.LessUnsigned(w[0], w[1])));
        Assert.Equal(n, Ands(n, 2, (b, w) => b.LessSigned(w[0], w[1])));
        Assert.Equal(n - 1, Ands(n, 2, (b, w) => b.AreEqual(w[0], w[1])));
        Assert.Equal(0, Ands(n, 1, (b, w) => b.IsNegative(w[0])));
        Assert.Equal(n, Ands(n, 3, (b, w) => b.Select(w[2][0], w[0], w[1])));
        Assert.Equal(2 * n, Ands(n, 2, (b, w) => b.Min(w[0], w[1])));
        Assert.Equal(n - 1, Ands(n, 1, (b, w) => b.Relu(w[0])));
        Assert.Equal(n - 2, Ands(n, 1, (b, w) => b.Truncate(w[0], 2)));
        Assert.Equal((n * n) - n + 1, Ands(n, 2, (b, w) => b.MultiplyLow(w[0], w[1])));
        Assert.Equal((2 * n * n) - n, Ands(n, 2, (b, w) => b.MultiplyUnsigned(w[0], w[1])));
        Assert.Equal((2 * n * n) - n, Ands(n, 2, (b, w) => b.MultiplySigned(w[0], w[1])));
        Assert.Equal(((2 * 8) - 3) * n + 8 - 2, Ands(n, 8, (b, w) => new Word(b.ArgMin(w))));
    }

    [Fact]
    public void Ands_OfFunctions_ArePinned()
    {
        Assert.Equal(171, Ands(64, 1, (b, w) => b.Clip(w[0], -5 << 20, 3 << 20)));
        Assert.Equal(142, Ands(64, 1, (b, w) => b.Sigmoid(w[0], 20)));
        Assert.Equal(441, Ands(64, 1, (b, w) => b.Normalize(w[0]).Mantissa));
        Assert.Equal(1264, Ands(64, 1, (b, w) => b.Reciprocal(w[0], 20)));
        Assert.Equal(1293, Ands(64, 1, (b, w) => b.SquareRoot(w[0], 20)));
        Assert.Equal(1238, Ands(64, 1, (b, w) => b.InverseSquareRoot(w[0], 20)));
        Assert.Equal(1761, Ands(64, 1, (b, w) => b.Exponential(w[0], 20)));
        Assert.Equal(6191, Ands(64, 2, (b, w) => b.MultiplyFixed(w[0], w[1], 20)));
    }

    [Fact]
    public void Depth_OfOperations_IsThatOfTheirLongestPath()
    {
        Assert.Equal(63, Circuits.Of(64, 2, (b, w) => b.Add(w[0], w[1])).Depth);
        Assert.Equal(6, Circuits.Of(64, 2, (b, w) => b.AreEqual(w[0], w[1])).Depth);
        Assert.Equal(1, Circuits.Of(64, 3, (b, w) => b.Select(w[2][0], w[0], w[1])).Depth);
    }

    [Fact]
    public void Build_OfGatesNobodyNeeds_LeavesThemOut()
    {
        var circuit = Circuits.Of(8, 2, (b, w) =>
        {
            b.MultiplyLow(w[0], w[1]);
            return b.And(w[0][0], w[1][0]);
        });
        Assert.Equal(1, circuit.Ands);
        Assert.Single(circuit.Gates);
    }

    [Fact]
    public void And_OfTheSameInputsInverted_IsBuiltOnce()
    {
        var circuit = Circuits.Of(1, 2, (b, w) =>
        {
            Bit x = w[0][0], y = w[1][0];
            foreach (var bit in (Bit[])[b.And(x, y), b.And(!x, y), b.And(y, !x), b.And(x, !y), b.And(!x, !y), b.Or(x, y), b.And(x, x), b.And(x, !x)]) b.Output(bit);
        });
        Assert.Equal(1, circuit.Ands);
        Assert.Equal([0b00010000UL, 0b01101000UL, 0b00100110UL, 0b01100001UL], Circuits.Run(circuit, 1, 2, [0, 0, 1, 0, 0, 1, 1, 1]));
    }

    [Fact]
    public void Places_OfLongCircuits_AreUsedAgain()
    {
        var circuit = Circuits.Of(64, 2, (b, w) => b.MultiplyLow(w[0], w[1]));
        Assert.True(circuit.Places < 400, $"{circuit.Places} places for {circuit.Gates.Length} gates");
    }

    [Fact]
    public void Build_OfConstantsAndRepeatedOutputs_GivesThem()
    {
        var circuit = Circuits.Of(2, 1, (b, w) =>
        {
            b.Output(Bit.One);
            b.Output(Bit.Zero);
            b.Output(w[0][1]);
            b.Output(!w[0][1]);
            b.Output(w[0][1]);
        });
        Assert.Equal([0b01001UL, 0b10101UL], Circuits.Run(circuit, 2, 1, [0, 2]));
    }

    [Fact]
    public void Build_WithoutInputsOrOutputs_IsRefused()
    {
        var builder = new CircuitBuilder();
        builder.Output(Bit.One);
        Assert.Throws<InvalidOperationException>(builder.Build);
        builder = new CircuitBuilder();
        builder.GarblerBit();
        Assert.Throws<InvalidOperationException>(builder.Build);
    }

    [Fact]
    public void Fingerprint_OfEqualAndOtherCircuits_Tells()
    {
        Circuit Adder(int width) => Circuits.Of(width, 2, (b, w) => b.Add(w[0], w[1]));
        Assert.Equal(Print(Adder(8)), Print(Adder(8)));
        Assert.NotEqual(Print(Adder(8)), Print(Adder(9)));
        Assert.NotEqual(Print(Adder(8)), Print(Circuits.Of(8, 2, (b, w) => b.Subtract(w[0], w[1]))));
    }
}
