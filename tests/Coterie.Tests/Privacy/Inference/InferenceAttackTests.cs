using System.Numerics;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.Inference;
using Coterie.Tests.Cryptography.Paillier;

namespace Coterie.Tests.Privacy.Inference;

/// <summary>What each owner tries on what it sees, against the protocol and against variants that lack one part of it.</summary>
public sealed class InferenceAttackTests
{
    private static readonly Matrix OneFeature = new(1, 2, [0.37, -0.21]);

    /// <summary>
    /// 1,500 plaintexts of a question about rows that are all zero, in 16 equal parts of [0, n): chi-square with 15 degrees of freedom exceeds 60 by
    /// chance less than once in 10^6. Without masks all are one number.
    /// </summary>
    [Fact]
    public void ModelOwner_SeesUniformNumbers_WhateverTheRowsAre()
    {
        var bench = new InferenceBench(OneFeature);
        var n = TestKeys.Integer(bench.Key.PublicKey.Modulus);
        var seen = bench.Seen(bench.Ask(Matrix.Zero(1_500 * bench.Layout.Slots, 1)));
        var counts = new int[16];
        for (var i = 1; i < seen.Count; i++) counts[(int)(TestKeys.Integer(seen[i]) * 16 / n)]++;
        var expected = (seen.Count - 1) / 16.0;
        Assert.Equal(1_500, seen.Count - 1);
        Assert.InRange(counts.Sum(c => (c - expected) * (c - expected) / expected), 0, 60);
        Assert.Equal(seen.Count, Enumerable.Range(0, seen.Count).Select(i => TestKeys.Integer(seen[i])).Distinct().Count());
    }

    /// <summary>
    /// The owner knows the randomness of its own ciphertexts. Where only the plaintext is masked it tries ages from 0 to 120 on the randomness and finds the right one.
    /// </summary>
    [Fact]
    public void ModelOwner_TriesFeaturesOnTheRandomness_FindsThemOnlyInANaiveQuestion()
    {
        const int Age = 61;
        var bench = new InferenceBench(OneFeature);
        var (key, n) = (bench.Key.PublicKey, TestKeys.Integer(bench.Key.PublicKey.Modulus));
        var weights = TestKeys.Numbers(key.FromBytes(bench.Weights.ToBytes(), 2)).Select(c => c % n).ToArray();
        var features = InferenceNumbers.EncodeFeatures(new Matrix(1, 1, [Age]), [0, 0]);
        var naive = key.AddPlain(
            new EncryptedProduct(key.FromBytes(bench.Weights.ToBytes(), 2), 40, 1).Multiply(features, 1), UniformMasking.Expand(key, bench.MaskKey, 1, 1));
        var ours = key.FromBytes(bench.Ask(new Matrix(1, 1, [Age])).AsSpan(key.CiphertextBytes), 1);
        Assert.Equal(Age, Guess(naive));
        Assert.Equal(-1, Guess(ours));

        // (1 + m n) r^n is r^n modulo n, whatever the mask in m is.
        int Guess(Ciphertexts seen)
        {
            for (var age = 0; age <= 120; age++)
                if (BigInteger.ModPow(weights[0], (BigInteger)age << 32, n) * BigInteger.ModPow(weights[1], BigInteger.One << 32, n) % n == TestKeys.Numbers(seen)[0] % n) return age;
            return -1;
        }
    }

    [Fact]
    public void ModelOwner_WithTwoQuestionsUnderOneMask_ReadsTheDifferenceOfScores()
    {
        var bench = new InferenceBench(OneFeature);
        var (first, second) = (bench.Seen(bench.Ask(new Matrix(1, 1, [61]))), bench.Seen(bench.Ask(new Matrix(1, 1, [60]))));
        var difference = (BigInteger)bench.WeightIntegers[0] << 32;
        Assert.Equal(difference, TestKeys.Integer(first[1]) - TestKeys.Integer(second[1]));
        bench.MaskKey = CryptographicRandom.Instance.Bytes(32);
        Assert.NotEqual(difference, TestKeys.Integer(first[1]) - TestKeys.Integer(bench.Seen(bench.Ask(new Matrix(1, 1, [60])))[1]));
    }

    /// <summary>
    /// Two unknowns ask for two rows. An exact score is x w + 2^32 b, and for odd x its lowest 32 bits are as good as w: one row is enough. Noise that is
    /// added where a score has no digits to give takes that away.
    /// </summary>
    [Fact]
    public void RowsOwner_DividesTheLowestBitsOfAScore_FindsTheWeightOnlyInAnExactOne()
    {
        var bench = new InferenceBench(new Matrix(1, 2, [0.0007, -0.21]));
        var row = new Matrix(1, 1, [1 + Math.ScaleB(1, -32)]);
        var question = bench.Ask(row);
        var (exact, given) = (bench.Seen(question), bench.Answer(question, 1).Answers);
        Assert.Equal(bench.WeightIntegers[0], Divide(TestKeys.Integer(exact[1])));
        Assert.NotEqual(bench.WeightIntegers[0], Divide(TestKeys.Integer(given[0])));
        Assert.InRange(bench.Read(given, 1)[0, 0] + 0.2093, -1e-9, 1e-9);

        int Divide(BigInteger masked)
        {
            var n = TestKeys.Integer(bench.Key.PublicKey.Modulus);
            var score = (masked - TestKeys.Integer(UniformMasking.Expand(bench.Key.PublicKey, bench.MaskKey, 1, 1)[0]) + n) % n;
            var odd = InferenceNumbers.EncodeFeatures(row, [0, 0])[0];
            return unchecked((int)(uint)(score * TestKeys.Inverse(odd, BigInteger.One << 32) % (BigInteger.One << 32)));
        }
    }

    /// <summary>Noise that was drawn again for the same question could be averaged out.</summary>
    [Fact]
    public void RowsOwner_AsksTheSameQuestionAgain_GetsTheSameNoise()
    {
        var bench = new InferenceBench(OneFeature);
        var (question, again) = (bench.Ask(new Matrix(1, 1, [1])), bench.Ask(new Matrix(1, 1, [1])));
        Assert.Equal(bench.Answer(question, 1).Answers.Words, bench.Answer(question, 1).Answers.Words);
        Assert.NotEqual(bench.Read(bench.Answer(question, 1).Answers, 1)[0, 0], bench.Read(bench.Answer(again, 1).Answers, 1)[0, 0]);
    }

    /// <summary>What SECURITY.md does not claim: one question against the rules, with weights side by side, gives the model.</summary>
    [Fact]
    public void RowsOwner_WhoBreaksTheRules_ReadsTheModelFromOneAnswer()
    {
        var bench = new InferenceBench(new Matrix(1, 4, [0.5, -1.25, 3, 0.125]));
        var key = bench.Key.PublicKey;
        var n = TestKeys.Integer(key.Modulus);
        var weights = TestKeys.Numbers(key.FromBytes(bench.Weights.ToBytes(), 4));
        var sum = weights.Select((c, j) => BigInteger.ModPow(c, BigInteger.One << (48 + (64 * j)), n * n)).Aggregate(BigInteger.One, (a, c) => a * c % (n * n));
        var forged = bench.Ask(new Matrix(1, 1 + 2, [0, 0, 0]));
        Assert.True(sum.TryWriteBytes(forged.AsSpan(key.CiphertextBytes), out var written, isUnsigned: true));
        forged.AsSpan(key.CiphertextBytes + written).Clear();
        var answer = bench.Answer(forged, 1).Answers.ToBigInteger(key, 0) >> 48;
        foreach (var weight in bench.WeightIntegers)
        {
            var low = unchecked((long)(ulong)(answer & ulong.MaxValue));
            Assert.Equal(weight, low);
            answer = (answer - low) >> 64;
        }
    }
}
