using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.GarbledCircuits;

namespace Coterie.Tests.Cryptography.GarbledCircuits;

/// <summary>What an evaluator sees, what it is refused, and attacks.</summary>
public sealed class GarblingSecurityTests
{
    private const int HeaderLength = 32;
    private static readonly CryptographicRandom Random = CryptographicRandom.Instance;

    /// <summary>Two conjunctions that share an input, and the first once more on wires that have the same labels.</summary>
    private static readonly Circuit Sharing = Circuits.Of(1, 4, (b, w) =>
    {
        Bit x = w[0][0], y = w[1][0], z = w[2][0], u = w[3][0];
        b.Output(b.And(x, y));
        b.Output(b.And(x, z));
        b.Output(b.And(b.Xor(b.Xor(x, u), u), y));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(70)]
    public void Garble_AgainstAnIndependentImplementation_GivesTheSameRows(int instances)
    {
        using var garbler = new Garbler(Random);
        using (garbler.Garble(Sharing, 5))
        {
        }
        using var batch = garbler.Garble(Sharing, instances);
        var (right, _) = batch.TakeEvaluatorPairs();
        var left = batch.EncodeGarbler(new byte[PackedBits.Bytes(instances)]);
        var hash = ReferenceGarbling.Tweaked(garbler.Start.ToArray());
        var tweak = BinaryPrimitives.ReadUInt64LittleEndian(batch.Tables.Span[8..]);
        Assert.Equal(2UL * 5 * 3, tweak);
        var colours = batch.Shares(0, 3);
        for (var first = 0; first < instances; first += 32)
        {
            var count = Math.Min(32, instances - first);
            for (var gate = 0; gate < 3; gate++)
                for (var i = 0; i < count; i++)
                {
                    var other = right[((first + i) * 3) + (gate == 1 ? 1 : 0)];
                    // The builder orders a gate's inputs: those of the third are the other way round.
                    var (output, garblerRow, evaluatorRow) = gate == 2
                        ? ReferenceGarbling.And(hash, garbler.Delta, other, left[first + i], tweak)
                        : ReferenceGarbling.And(hash, garbler.Delta, left[first + i], other, tweak);
                    tweak += 2;
                    Assert.Equal(garblerRow, Row(batch, (first * 3 * 2) + (gate * 2 * count) + i));
                    Assert.Equal(evaluatorRow, Row(batch, (first * 3 * 2) + (gate * 2 * count) + count + i));
                    Assert.Equal((output & 1) == 1, PackedBits.Get(colours, ((first + i) * 3) + gate));
                }
        }
    }

    [Fact]
    public void Paths_AcrossTheEndOfTheCounter_AgreeWithTheReference()
    {
        const int Count = 11;
        var start = Random.Bytes(16);
        BinaryPrimitives.WriteUInt64LittleEndian(start, ulong.MaxValue - 7);
        Vector128<byte>[] a = Labels(Count), b = Labels(Count);
        var delta = Labels(1)[0] | Vector128.CreateScalar((byte)1);
        var hash = ReferenceGarbling.Tweaked(start);
        foreach (var garble in Kernels())
        {
            Vector128<byte>[] c = new Vector128<byte>[Count], upper = new Vector128<byte>[Count], lower = new Vector128<byte>[Count];
            garble(HashKey.Read(start), delta, a, b, c, upper, lower);
            for (var i = 0; i < Count; i++)
            {
                var expected = ReferenceGarbling.And(hash, Number(delta), Number(a[i]), Number(b[i]), 2 * (ulong)i);
                Assert.Equal(expected, (Number(c[i]), Number(upper[i]), Number(lower[i])));
            }
        }
    }

    [Fact]
    public void FixedKeyWithoutTweaks_GivesTheOffsetAway_OursDoesNot()
    {
        // Naive: the rows of two gates that share an input differ by the offset or not at all, and equal gates have equal rows.
        var naive = ReferenceGarbling.FixedKey(Random.Bytes(16));
        var delta = Number(Labels(1)[0]) | 1;
        int leaks = 0, ours = 0;
        for (var trial = 0; trial < 64; trial++)
        {
            UInt128[] wires = [.. Labels(3).Select(Number)];
            var first = ReferenceGarbling.And(naive, delta, wires[0], wires[1], 0);
            var second = ReferenceGarbling.And(naive, delta, wires[0], wires[2], 2);
            Assert.Equal(first, ReferenceGarbling.And(naive, delta, wires[0], wires[1], 4));
            var difference = first.GarblerRow ^ second.GarblerRow;
            Assert.True(difference == 0 || difference == delta);
            if (difference == delta) leaks++;
        }
        Assert.InRange(leaks, 1, 63);   // fails by chance once in 2^63
        using var garbler = new Garbler(Random);
        using var batch = garbler.Garble(Sharing, 64);
        HashSet<UInt128> seen = [];
        for (var row = 0; row < 64 * 3 * 2; row++)
        {
            Assert.True(seen.Add(Row(batch, row)), "Two rows are equal.");
            for (var other = 0; other < row; other++)
                if ((Row(batch, row) ^ Row(batch, other)) == garbler.Delta) ours++;
        }
        Assert.Equal(0, ours);
    }

    [Fact]
    public void Tables_OfConstantInputs_AreUniformBytes()
    {
        // 1.3 million bytes. Chi-square of 255 degrees of freedom exceeds 425 with probability below 1e-9.
        using var session = new GarblingSession();
        var circuit = Circuits.Of(64, 2, (b, w) => b.LessUnsigned(w[0], w[1]));
        using var batch = session.Garbler.Garble(circuit, 640);
        Assert.InRange(ChiSquare(batch.Tables.Span[HeaderLength..]), 120, 425);
    }

    [Fact]
    public void Colours_OfConstantOutputs_AreUniformAtBothParties()
    {
        // 0 & 0 in 20,000 instances: of fair bits, 10,000 +- 6.2 sigma = 440 are 1 except with probability below 1e-9.
        const int Instances = 20_000;
        using var session = new GarblingSession();
        var circuit = Circuits.Of(1, 2, (b, w) =>
        {
            b.Output(b.And(w[0][0], w[1][0]));
            b.Output(w[0][0]);
        });
        using var batch = session.Garbler.Garble(circuit, Instances);
        var (zero, _) = batch.TakeEvaluatorPairs();
        var evaluated = session.Evaluator.Evaluate(circuit, Instances, batch.Tables.Span, batch.EncodeGarbler(new byte[Instances / 8]), zero);
        foreach (var output in (int[])[0, 1])
        {
            var shares = evaluated.Shares(output, 1);
            Assert.InRange(Ones(shares), 9_560, 10_440);
            Assert.Equal(shares, batch.Shares(output, 1));   // both are the bit 0
        }
    }

    [Fact]
    public void Shares_OfAConstantResult_AreUniformBytes()
    {
        // Both parties' additive shares of 20,000 times the same number, and the rows: 160,000 bytes, 160,000 and 10 million.
        const int Instances = 20_000;
        using var session = new GarblingSession();
        var additive = AdditiveCircuit.Of(64, 1, (b, x) => [b.Relu(x[0])]);
        using var batch = session.Garbler.Garble(additive.Circuit, Instances);
        var (zero, _) = batch.TakeEvaluatorPairs();
        var (rows, mine) = batch.Project(additive.Projection);
        var five = PackedBits.FromWords([.. Enumerable.Repeat(5UL, Instances)], 64);
        var theirs = session.Evaluator.Evaluate(additive.Circuit, Instances, batch.Tables.Span, batch.EncodeGarbler(five), zero).Project(additive.Projection, rows);
        Assert.All(mine.Zip(theirs), pair => Assert.Equal(5UL, unchecked(pair.First + pair.Second)));
        Assert.InRange(ChiSquare(MemoryMarshal.AsBytes(mine.AsSpan()).ToArray()), 120, 425);
        Assert.InRange(ChiSquare(MemoryMarshal.AsBytes(theirs.AsSpan()).ToArray()), 120, 425);
        Assert.InRange(ChiSquare(rows), 120, 425);
    }

    [Fact]
    public void Project_AfterDecodingOrTwice_IsRefused()
    {
        var additive = AdditiveCircuit.Of(8, 1, (_, x) => [x[0].ToSigned(64)]);
        using var session = new GarblingSession();
        using (var batch = session.Garbler.Garble(additive.Circuit, 3))
        {
            batch.Decoding(0, 1);
            Assert.Throws<InvalidOperationException>(() => batch.Project(additive.Projection));
        }
        using var other = session.Garbler.Garble(additive.Circuit, 3);
        other.Project(additive.Projection);
        Assert.Throws<InvalidOperationException>(() => other.Project(additive.Projection));
        Assert.Throws<InvalidOperationException>(() => other.Decoding(7, 1));
        Assert.Throws<InvalidOperationException>(() => other.Shares(0, 8));
        using var wider = session.Garbler.Garble(Circuits.Of(8, 2, (b, w) => b.Add(w[0], w[1])), 3);
        var twice = AdditiveCircuit.Of(9, 1, (_, x) => [x[0].ToSigned(64)]);
        Assert.Throws<ArgumentException>(() => wider.Project(twice.Projection));
    }

    [Fact]
    public void Decode_OfReleasedOutputs_SaysNothingAboutOthers()
    {
        const int Instances = 20_000;
        using var session = new GarblingSession();
        var circuit = Circuits.Of(1, 2, (b, w) =>
        {
            b.Output(b.And(w[0][0], !w[1][0]));
            b.Output(b.And(w[0][0], w[1][0]));
        });
        byte[] ones = [.. Enumerable.Repeat((byte)0xFF, Instances / 8)];
        using var batch = session.Garbler.Garble(circuit, Instances);
        var (_, one) = batch.TakeEvaluatorPairs();
        var evaluated = session.Evaluator.Evaluate(circuit, Instances, batch.Tables.Span, batch.EncodeGarbler(ones), one);
        var decoding = batch.Decoding(0, 1);
        Assert.All(evaluated.Decode(0, 1, decoding), bits => Assert.Equal(0, bits));
        // The other output is 1 everywhere; the same decoding makes coins of it.
        Assert.InRange(Ones(evaluated.Decode(1, 1, decoding)), 9_560, 10_440);
        Assert.Throws<InvalidOperationException>(() => batch.Shares(0, 2));
        Assert.Throws<CryptographicException>(() => evaluated.Decode(0, 2, decoding));
    }

    [Fact]
    public void Evaluate_OfAlteredRows_GivesSomethingElseAndThrowsNothing()
    {
        var circuit = Circuits.Of(16, 2, (b, w) => b.MultiplyLow(w[0], w[1]));
        var random = new SeededRandom(4);
        var changed = 0;
        for (var trial = 0; trial < 100; trial++)
        {
            using var session = new GarblingSession();
            var (garblerBits, evaluatorBits) = GarblingSession.Inputs(circuit, 2);
            using var batch = session.Garbler.Garble(circuit, 2);
            var (zero, one) = batch.TakeEvaluatorPairs();
            var tables = batch.Tables.ToArray();
            for (var flips = 0; flips < 40; flips++) tables[HeaderLength + random.NextInt32(tables.Length - HeaderLength)] ^= (byte)(1 + random.NextInt32(255));
            var evaluated = session.Evaluator.Evaluate(circuit, 2, tables, batch.EncodeGarbler(garblerBits), GarblingSession.Choose(zero, one, evaluatorBits));
            if (!evaluated.Decode(0, 16, batch.Decoding(0, 16)).SequenceEqual(ClearCircuit.Evaluate(circuit, 2, garblerBits, evaluatorBits))) changed++;
        }
        Assert.InRange(changed, 90, 100);
    }

    [Fact]
    public void Evaluate_OfAlteredHeadersOrLengths_IsRefused()
    {
        var circuit = Circuits.Of(8, 2, (b, w) => b.Add(w[0], w[1]));
        using var session = new GarblingSession();
        using var batch = session.Garbler.Garble(circuit, 3);
        var (zero, _) = batch.TakeEvaluatorPairs();
        var labels = batch.EncodeGarbler(new byte[3]);
        var tables = batch.Tables.ToArray();
        for (var at = 0; at < HeaderLength; at++)
        {
            tables[at] ^= 0x41;
            Refused(tables, labels, zero);
            tables[at] ^= 0x41;
        }
        Assert.Contains("version", Refused([2, .. tables[1..]], labels, zero).Message);
        Assert.Contains("bytes expected", Refused(tables[..^1], labels, zero).Message);
        Refused([.. tables, 0], labels, zero);
        Refused([], labels, zero);
        Assert.Contains("garbler", Refused(tables, labels[1..], zero).Message);
        Assert.Contains("evaluator", Refused(tables, labels, zero[1..]).Message);
        Assert.Throws<CryptographicException>(() => session.Evaluator.Evaluate(Circuits.Of(8, 2, (b, w) => b.Subtract(w[0], w[1])), 3, tables, labels, zero));
        Assert.Throws<CryptographicException>(() => new CircuitEvaluator(new byte[15]));
        // Nothing of this has used the batch up.
        session.Evaluator.Evaluate(circuit, 3, tables, labels, zero);

        CryptographicException Refused(byte[] altered, UInt128[] garblerLabels, UInt128[] evaluatorLabels) =>
            Assert.Throws<CryptographicException>(() => session.Evaluator.Evaluate(circuit, 3, altered, garblerLabels, evaluatorLabels));
    }

    [Fact]
    public void Batch_UsedTwice_IsRefused()
    {
        using var session = new GarblingSession();
        using var batch = session.Garbler.Garble(Sharing, 8);
        var (zero, _) = batch.TakeEvaluatorPairs();
        var labels = batch.EncodeGarbler([0x5A]);
        Assert.Throws<InvalidOperationException>(() => batch.TakeEvaluatorPairs());
        Assert.Throws<InvalidOperationException>(() => batch.EncodeGarbler([0x5A]));
        Assert.Throws<InvalidOperationException>(() => batch.EncodeGarbler([0xA5]));
        session.Evaluator.Evaluate(Sharing, 8, batch.Tables.Span, labels, zero);
        Assert.Contains("once", Assert.Throws<CryptographicException>(() => session.Evaluator.Evaluate(Sharing, 8, batch.Tables.Span, labels, zero)).Message);
        batch.Decoding(0, 1);
        batch.Decoding(0, 1);
        Assert.Throws<InvalidOperationException>(() => batch.Shares(0, 1));
        batch.Shares(1, 2);
        Assert.Throws<InvalidOperationException>(() => batch.Decoding(0, 3));
    }

    [Fact]
    public void Batch_OfACircuitWithoutConjunctions_IsEvaluatedOnceToo()
    {
        var circuit = Circuits.Of(4, 2, (b, w) => b.Xor(w[0], w[1]));
        using var session = new GarblingSession();
        using var batch = session.Garbler.Garble(circuit, 2);
        var (zero, _) = batch.TakeEvaluatorPairs();
        var labels = batch.EncodeGarbler([0]);
        session.Evaluator.Evaluate(circuit, 2, batch.Tables.Span, labels, zero);
        Assert.Throws<CryptographicException>(() => session.Evaluator.Evaluate(circuit, 2, batch.Tables.Span, labels, zero));
    }

    [Fact]
    public void Garble_AgainInASession_UsesNoTweakAgain()
    {
        using var garbler = new Garbler(Random);
        var next = 0UL;
        foreach (var instances in (int[])[1, 40, 7])
        {
            using var batch = garbler.Garble(Sharing, instances);
            Assert.Equal(next, BinaryPrimitives.ReadUInt64LittleEndian(batch.Tables.Span[8..]));
            next += 2UL * 3 * (ulong)instances;
        }
        using var other = new Garbler(Random);
        Assert.NotEqual(garbler.Start.ToArray(), other.Start.ToArray());
        Assert.NotEqual(garbler.Delta, other.Delta);
        Assert.Equal(1u, (uint)(other.Delta & 1));
    }

    [Fact]
    public void Dispose_OfGarblerAndBatch_ForgetsSecrets()
    {
        var garbler = new Garbler(Random);
        var batch = garbler.Garble(Sharing, 4);
        batch.Dispose();
        foreach (var field in typeof(GarbledBatch).GetFields(BindingFlags.NonPublic | BindingFlags.Instance))
            switch (field.GetValue(batch))
            {
                case UInt128[] labels:
                    Assert.All(labels, label => Assert.Equal(UInt128.Zero, label));
                    break;
                // The key of outputs is public.
                case UInt128 delta when field.Name != "_key":
                    Assert.Equal(UInt128.Zero, delta);
                    break;
            }
        Assert.Throws<ObjectDisposedException>(() => batch.EncodeGarbler([0]));
        Assert.Throws<ObjectDisposedException>(() => batch.TakeEvaluatorPairs());
        Assert.Throws<ObjectDisposedException>(() => batch.Decoding(0, 1));
        garbler.Dispose();
        Assert.Throws<ObjectDisposedException>(() => garbler.Delta);
        Assert.Throws<ObjectDisposedException>(() => garbler.Garble(Sharing, 1));
    }

    [Fact]
    public void Garbler_OfWrongArguments_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new Garbler(Random, 2));
        using var garbler = new Garbler(Random);
        Assert.Throws<ArgumentOutOfRangeException>(() => garbler.Garble(Sharing, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => garbler.Garble(Sharing, int.MaxValue));
        Assert.Throws<ArgumentException>(() => garbler.Garble(Sharing, 2, new UInt128[5]));
        using var batch = garbler.Garble(Sharing, 2);
        Assert.Throws<ArgumentException>(() => batch.EncodeGarbler([0, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Shares(2, 2));
    }

    private delegate void Garble(HashKey key, Vector128<byte> delta, Vector128<byte>[] a, Vector128<byte>[] b, Vector128<byte>[] c, Vector128<byte>[] upper, Vector128<byte>[] lower);

    private static IEnumerable<Garble> Kernels()
    {
        yield return (key, delta, a, b, c, upper, lower) => HalfGatesPortable.Garble(key, 0, delta, a, b, c, upper, lower);
        if (HalfGatesX86.IsSupported) yield return (key, delta, a, b, c, upper, lower) => HalfGatesX86.Garble(key, 0, delta, a, b, c, upper, lower);
        if (HalfGatesWide.IsSupported) yield return (key, delta, a, b, c, upper, lower) => HalfGatesWide.Garble(key, 0, delta, a, b, c, upper, lower);
    }

    private static Vector128<byte>[] Labels(int count) => [.. Enumerable.Range(0, count).Select(_ => Vector128.Create(Random.Bytes(16)))];

    private static UInt128 Number(Vector128<byte> label)
    {
        Span<byte> bytes = stackalloc byte[16];
        label.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt128LittleEndian(bytes);
    }

    private static UInt128 Row(GarbledBatch batch, int row) => BinaryPrimitives.ReadUInt128LittleEndian(batch.Tables.Span[(HeaderLength + (16 * row))..]);

    private static int Ones(byte[] bits) => bits.Sum(b => System.Numerics.BitOperations.PopCount(b));

    private static double ChiSquare(ReadOnlySpan<byte> bytes)
    {
        var counts = new int[256];
        foreach (var b in bytes) counts[b]++;
        var expected = bytes.Length / 256.0;
        return counts.Sum(c => (c - expected) * (c - expected) / expected);
    }
}
