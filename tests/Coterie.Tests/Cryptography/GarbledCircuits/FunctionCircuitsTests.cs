using Coterie.Core.Randomness;
using Coterie.Cryptography.GarbledCircuits;

namespace Coterie.Tests.Cryptography.GarbledCircuits;

/// <summary>Functions on fixed point keep their bounds.</summary>
public sealed class FunctionCircuitsTests
{
    private const int Fraction = 20;
    private const double Unit = 1.0 / (1 << Fraction);

    [Fact]
    public void Sigmoid_OnEveryNumberBetweenMinusEightAndEight_KeepsItsBound()
    {
        // Below 9 in magnitude: more than the interval where it is not constant. A 28-bit word has room for that and for saturation.
        const int Width = 28;
        var circuit = Circuits.Of(Width, 1, (b, w) => b.Sigmoid(w[0], Fraction));
        ulong[] inputs = [0xAAAAAAAAAAAAAAAA, 0xCCCCCCCCCCCCCCCC, 0xF0F0F0F0F0F0F0F0, 0xFF00FF00FF00FF00, 0xFFFF0000FFFF0000, 0xFFFFFFFF00000000, .. new ulong[Width - 6]];
        ulong[] outputs = new ulong[Width], memory = new ulong[circuit.Places];
        var (worst, before, descents, mixed) = (0.0, 0L, 0, 0);
        for (var x = -9L << Fraction; x < 9L << Fraction; x += 64)
        {
            for (var bit = 6; bit < Width; bit++) inputs[bit] = unchecked((ulong)-((x >> bit) & 1));
            ClearCircuit.Evaluate(circuit, inputs, outputs, memory);
            // The lowest bits of x are not looked at: the 64 neighbours give one result, whose largest error is at an end, the function being monotone.
            var y = 0L;
            for (var bit = 0; bit < Width; bit++)
            {
                if (outputs[bit] == ulong.MaxValue) y |= 1L << bit;
                else if (outputs[bit] != 0) mixed++;
            }
            if (y < before) descents++;
            before = y;
            worst = Math.Max(worst, Math.Max(Math.Abs((y * Unit) - Logistic(x)), Math.Abs((y * Unit) - Logistic(x + 63))));
            if (y > 1 << Fraction) mixed++;
        }
        Assert.Equal(0, mixed);
        Assert.Equal(0, descents);
        Assert.InRange(worst, 0.9 * Math.ScaleB(1, -10), Math.ScaleB(1, -10));
    }

    [Theory]
    [InlineData(64, 20)]
    [InlineData(64, 13)]
    [InlineData(64, 30)]
    [InlineData(32, 16)]
    [InlineData(16, 14)]
    public void Sigmoid_OfAnyFormat_KeepsItsBound(int width, int fraction)
    {
        var circuit = Circuits.Of(width, 1, (b, w) => b.Sigmoid(w[0], fraction));
        var rows = Circuits.Edges(1, 4096, 3).Select(r => Circuits.Low(r, width)).ToArray();
        var results = Circuits.Run(circuit, width, 1, rows);
        for (var i = 0; i < rows.Length; i++)
        {
            var x = Math.ScaleB(Circuits.Signed(rows[i], width), -fraction);
            var y = Math.ScaleB(results[i], -fraction);
            Assert.True(Math.Abs(y - (1 / (1 + Math.Exp(-x)))) <= Math.ScaleB(1, -10) && y is >= 0 and <= 1, $"sigmoid({x}) = {y}");
        }
    }

    [Theory]
    [InlineData(64, 20)]
    [InlineData(64, 30)]
    [InlineData(64, 7)]
    [InlineData(40, 15)]
    [InlineData(24, 11)]
    public void Reciprocal_OfPositiveNumbers_KeepsItsRelativeError(int width, int fraction) =>
        KeepsRelativeError((b, x) => b.Reciprocal(x, fraction), x => 1 / x, width, fraction, smallest: 1);

    [Theory]
    [InlineData(64, 20)]
    [InlineData(64, 30)]
    [InlineData(64, 21)]
    [InlineData(40, 15)]
    [InlineData(24, 11)]
    public void SquareRoot_OfNumbersNotNegative_KeepsItsRelativeError(int width, int fraction) =>
        KeepsRelativeError((b, x) => b.SquareRoot(x, fraction), Math.Sqrt, width, fraction, smallest: 0);

    [Theory]
    [InlineData(64, 20)]
    [InlineData(64, 30)]
    [InlineData(64, 21)]
    [InlineData(40, 15)]
    [InlineData(24, 11)]
    public void InverseSquareRoot_OfPositiveNumbers_KeepsItsRelativeError(int width, int fraction) =>
        KeepsRelativeError((b, x) => b.InverseSquareRoot(x, fraction), x => 1 / Math.Sqrt(x), width, fraction, smallest: 1);

    [Theory]
    [InlineData(64, 20)]
    [InlineData(64, 30)]
    [InlineData(40, 15)]
    [InlineData(24, 11)]
    public void Exponential_OfAnyNumber_KeepsItsRelativeErrorOrSaturates(int width, int fraction)
    {
        // Clipping is 16 units of the last place below the limit, rounded down.
        var limit = Math.Floor(Math.ScaleB((width - 1 - fraction) * Math.Log(2), fraction)) - 16;
        KeepsRelativeError((b, x) => b.Exponential(x, fraction), x => Math.Exp(Math.Min(x, Math.ScaleB(limit, -fraction))), width, fraction, smallest: long.MinValue);
    }

    private static void KeepsRelativeError(Func<CircuitBuilder, Word, Word> function, Func<double, double> exact, int width, int fraction, long smallest)
    {
        var circuit = Circuits.Of(width, 1, (b, w) => function(b, w[0]));
        var random = new SeededRandom(11);
        var rows = new ulong[20_000];
        for (var i = 0; i < rows.Length; i++)
        {
            // All magnitudes, neighbours of powers of two, and for the exponential everything around 0.
            var magnitude = 1L << random.NextInt32(width - 1);
            var value = i % 4 == 0 ? magnitude + random.NextInt32(3) - 1 : magnitude + (long)(random.NextUInt64() & (ulong)(magnitude - 1));
            if (smallest < 0 && i % 2 == 0) value = (long)(Math.ScaleB(80 * (random.NextDouble() - 0.5), fraction));
            var largest = (1L << (width - 2)) + ((1L << (width - 2)) - 1);
            rows[i] = Circuits.Low(Math.Clamp(value, Math.Max(smallest, -largest), largest), width);
        }
        if (smallest <= 0) rows[0] = 0;
        var results = Circuits.Run(circuit, width, 1, rows);
        var worst = 0.0;
        for (var i = 0; i < rows.Length; i++)
        {
            var x = Math.ScaleB(Circuits.Signed(rows[i], width), -fraction);
            var y = Math.ScaleB(Circuits.Signed(results[i], width), -fraction);
            var want = exact(x);
            var error = Math.Abs(y - want);
            worst = Math.Max(worst, (error - Math.ScaleB(1, -fraction)) / want);
            Assert.True(error <= (want * Math.ScaleB(1, -CircuitBuilder.RelativeErrorBits)) + Math.ScaleB(1, -fraction), $"f({x}) = {y}, not {want}: {error / want * (1 << 20)} * 2^-20");
        }
        Assert.True(worst > -1);
    }

    private static double Logistic(long x) => 1 / (1 + Math.Exp(-x * Unit));
}
