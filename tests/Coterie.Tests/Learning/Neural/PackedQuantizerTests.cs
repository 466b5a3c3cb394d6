using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Learning.Neural;
using Coterie.Learning.Training;

namespace Coterie.Tests.Learning.Neural;

/// <summary>Packed whole numbers add as the vectors they stand for, through the fixed point of sums.</summary>
public sealed class PackedQuantizerTests
{
    [Theory]
    [InlineData(5, 8, 1)]
    [InlineData(97, 8, 5)]
    [InlineData(300, 4, 5)]
    [InlineData(1000, 2, 3)]
    [InlineData(1000, 16, 100)]
    [InlineData(513, 8, 1023)]
    public void Unpack_SumOfPackedInFixedPoint_IsTheSumOfTheRoundedVectors(int length, int bits, int participants)
    {
        var quantizer = new PackedQuantizer(length, bits, participants);
        var format = FixedPoint.For(quantizer.Bound, participants);
        Assert.True(format.FractionBits >= 0);
        var (ring, expected) = (new ulong[quantizer.Entries], new double[length]);
        for (var k = 0; k < participants; k++)
        {
            var packed = quantizer.Pack(Vector(length, (ulong)k), Math.Sqrt(length), 9, 2);
            Assert.All(packed, e => Assert.True(Math.Abs(e) <= quantizer.Bound && e == Math.Round(e)));
            var encoded = new ulong[packed.Length];
            format.Encode(packed, encoded);
            for (var i = 0; i < ring.Length; i++) ring[i] = unchecked(ring[i] + encoded[i]);
            var single = quantizer.Unpack(packed, Math.Sqrt(length), 9, 2);
            for (var i = 0; i < length; i++) expected[i] += single[i];
        }
        var total = new double[ring.Length];
        format.Decode(ring, total);
        TestData.AssertClose(expected, quantizer.Unpack(total, Math.Sqrt(length), 9, 2), 1e-12);
    }

    /// <summary>The largest numbers of every participant at once, both signs, in neighbouring fields.</summary>
    [Theory]
    [InlineData(2, 1023)]
    [InlineData(8, 5)]
    [InlineData(16, 4)]
    public void Unpack_ExtremeNumbers_DoNotTouchTheirNeighbours(int bits, int participants)
    {
        var quantizer = new PackedQuantizer(256, bits, participants);
        // Far beyond the grid in every rotated coordinate, so that all are cut to its ends.
        var packed = quantizer.Pack([.. Vector(256, 5).Select(v => 1e9 * v)], 1, 9, 2);
        var single = quantizer.Unpack(packed, 1, 9, 2);
        TestData.AssertClose([.. single.Select(v => participants * v)], quantizer.Unpack([.. packed.Select(e => participants * e)], 1, 9, 2), 1e-12);
        var largest = 3 / Math.Sqrt(256);   // the reach of the grid; a rotation keeps the length of 256 such coordinates
        Assert.Equal(16 * largest, Math.Sqrt(single.Sum(v => v * v)), 1e-9);
    }

    /// <summary>8 bits of a grid to 3.75 deviations: steps of 0.0295 deviations, errors of rounding at random 0.0295 / sqrt(6) = 0.012, and rare cuts.</summary>
    [Fact]
    public void Pack_EightBits_ErrsByAboutAPercentOfTheLength()
    {
        var quantizer = new PackedQuantizer(2048, 8, 5);
        var values = Vector(2048, 1);
        var length = Math.Sqrt(values.Sum(v => v * v));
        var error = quantizer.Unpack(quantizer.Pack(values, 1.25 * length, 4, 0), 1.25 * length, 4, 0).Zip(values, (a, b) => (a - b) * (a - b)).Sum();
        Assert.InRange(Math.Sqrt(error) / length, 0.01, 0.016);
    }

    /// <summary>400 roundings of one vector under different seeds; the mean of each of 64 coordinates is off by 5 standard errors with probability 4e-5.</summary>
    [Fact]
    public void Pack_ManySeeds_IsRightInTheMean()
    {
        const int Draws = 400;
        var quantizer = new PackedQuantizer(64, 3, 1);
        var values = Vector(64, 3);
        double[] sum = new double[64], squares = new double[64];
        for (var draw = 0UL; draw < Draws; draw++)
        {
            var rounded = quantizer.Unpack(quantizer.Pack(values, 16, draw, 1), 16, draw, 1);
            for (var i = 0; i < 64; i++)
            {
                sum[i] += rounded[i] - values[i];
                squares[i] += (rounded[i] - values[i]) * (rounded[i] - values[i]);
            }
        }
        for (var i = 0; i < 64; i++) Assert.InRange(Math.Abs(sum[i]), 0, 5 * Math.Sqrt(squares[i]));
    }

    [Fact]
    public void Pack_ParticipantsWithOtherVectors_RoundIndependently()
    {
        var quantizer = new PackedQuantizer(256, 2, 2);
        double[] a = Vector(256, 1), b = [.. a];
        b[0] += 1e-12;
        double[] Error(double[] v) => [.. quantizer.Unpack(quantizer.Pack(v, 16, 1, 1), 16, 1, 1).Zip(v, (x, y) => x - y)];
        var (left, right) = (Error(a), Error(b));
        Assert.InRange(Math.Abs(left.Zip(right, (x, y) => x * y).Sum()) / left.Sum(x => x * x), 0, 0.5);
    }

    [Theory]
    [InlineData(8, 2, 5)]
    [InlineData(8, 5, 4)]
    [InlineData(4, 5, 7)]
    [InlineData(2, 2, 17)]
    [InlineData(16, 1000, 2)]
    public void FieldsPerEntry_IsWhatFitsExactNumbers(int bits, int participants, int fields) =>
        Assert.Equal(fields, new PackedQuantizer(1000, bits, participants).FieldsPerEntry);

    [Fact]
    public void Train_Packed_LearnsAsWellWithShorterContributions()
    {
        var whole = NetworkData.Learner("avg") with { Hidden = [40], Epochs = 40 };
        var (schema, shards) = NetworkData.Rows(NetworkObjective.Squared, rows: 400);
        var all = Coterie.Core.Learning.Shard.Concatenate(shards);
        double Error(NeuralNetwork learner)
        {
            var model = LocalTraining.Train(learner, schema, shards, learner.DefaultStop, 1, CancellationToken.None).Model;
            return Coterie.Learning.Evaluation.RegressionEvaluation.Evaluate(learner.Predict(schema, model, all.Features), all.Targets!)["mse"];
        }
        var packed = whole with { Compression = UpdateCompression.Quantized };
        Assert.Equal(1, Error(packed) / Error(whole), 0.1);
        var model = LocalTraining.Train(packed, schema, shards, new(4, null), 1, CancellationToken.None).Model;
        // Training ended: what only further rounds need is gone.
        Assert.Null(model.Range);
        var entries = packed.Layout(schema, model, new(3, schema.TotalRows, 5, 1)).Sum(b => b.Length);
        Assert.InRange(entries, 1, whole.Layout(schema, model, new(3, schema.TotalRows, 5, 1)).Sum(b => b.Length) / 3);
    }

    private static double[] Vector(int length, ulong seed)
    {
        var random = new SeededRandom(seed, 77);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextGaussian())];
    }
}
