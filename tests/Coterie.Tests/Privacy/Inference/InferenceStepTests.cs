using System.Security.Cryptography;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.Inference;
using Coterie.Tests.Cryptography.Paillier;

namespace Coterie.Tests.Privacy.Inference;

/// <summary>Law: what is read from an answer is x w + b.</summary>
public sealed class InferenceStepTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 1, 4)]      // a slot is left
    [InlineData(3, 1, 5)]      // all five slots of a key of 512 bits
    [InlineData(10, 1, 6)]     // one more
    [InlineData(2, 3, 43)]
    [InlineData(600, 2, 7)]    // columns for three slots only
    [InlineData(2100, 1, 2)]   // and for one
    public void Read_AnAnswer_GivesTheScores(int features, int outputs, int rows) => AssertScores(features, outputs, rows, TestKeys.Small);

    [Fact]
    public void Read_UnderAKeyOf2048Bits_GivesTheScores() => AssertScores(4, 2, 30, TestKeys.Full);

    [Fact]
    public void Read_AtTheEndsOfAllRanges_GivesTheScores()
    {
        var rows = new Matrix(6, 1, [255.999, -255.999, 255.999, 0, -255.999, 1]);
        var bench = new InferenceBench(new Matrix(2, 2, [-4095.99, 0, 4095, 0.99]));
        AssertClose(bench, rows, new Matrix(2, 2, [-4095.99, 0, 4095, 0.99]), bench.Read(bench.Answer(bench.Ask(rows), 6).Answers, 6));
    }

    [Fact]
    public void Layout_OfKeys_IsWhatFilesAreReadBy()
    {
        Assert.Equal(94, ScoreLayout.SlotBits);
        Assert.Equal((32, 21, 5), (new ScoreLayout(10, 1, 3072).Slots, new ScoreLayout(10, 1, 2048).Slots, new ScoreLayout(10, 1, 512).Slots));
        Assert.Equal(1 + (3 * 313), new ScoreLayout(4, 3, 3072).CiphertextsFor(10_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ScoreLayout(4, 3, 3072).CiphertextsFor(0));
    }

    [Fact]
    public void Read_AnswersOfAnotherQuestionOrAltered_AreRefused()
    {
        var bench = new InferenceBench(new Matrix(1, 2, [1, 2]));
        var rows = new Matrix(3, 1, [1, 2, 3]);
        var (answers, _) = bench.Answer(bench.Ask(rows), 3);
        var altered = answers.Head(1);
        altered[0][^2] ^= 1;
        Assert.Contains("holds no scores", Assert.Throws<CryptographicException>(() => bench.Read(altered, 3)).Message, StringComparison.Ordinal);
        Assert.Contains("answers; 2 expected", Assert.Throws<CryptographicException>(() => bench.Read(answers, 6)).Message, StringComparison.Ordinal);
        var large = answers.Head(1);
        large[0].Fill(ulong.MaxValue);
        Assert.Contains("not below the modulus", Assert.Throws<CryptographicException>(() => bench.Read(large, 3)).Message, StringComparison.Ordinal);
        bench.MaskKey = CryptographicRandom.Instance.Bytes(32);
        Assert.Contains("holds no scores", Assert.Throws<CryptographicException>(() => bench.Read(answers, 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_WhatIsNoQuestion_IsRefused()
    {
        var bench = new InferenceBench(new Matrix(1, 2, [1, 2]));
        var question = bench.Ask(new Matrix(1, 1, [1]));
        Assert.Contains("2 ciphertexts", Assert.Throws<CryptographicException>(() => bench.Answer(question[1..], 1)).Message, StringComparison.Ordinal);
        Assert.Contains("3 ciphertexts", Assert.Throws<CryptographicException>(() => bench.Answer(question, 6)).Message, StringComparison.Ordinal);
        var each = bench.Key.PublicKey.CiphertextBytes;
        Assert.Contains("Ciphertext 1 is zero", Assert.Throws<CryptographicException>(() => bench.Answer([.. question[..each], .. new byte[each]], 1)).Message, StringComparison.Ordinal);
        Assert.Contains("not below the square", Assert.Throws<CryptographicException>(() => bench.Answer([.. question[..each], .. Enumerable.Repeat((byte)255, each)], 1)).Message, StringComparison.Ordinal);
        var factor = new byte[each];
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(bench.Key.P).CopyTo(factor);
        Assert.Contains("shares a factor", Assert.Throws<CryptographicException>(() => bench.Answer([.. question[..each], .. factor], 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnswerKey_OfBothOwners_IsOneAndKnowsItsAnswer()
    {
        var bench = new InferenceBench(new Matrix(1, 2, [1, 2]));
        using var theirs = bench.Answer(bench.Ask(new Matrix(1, 1, [1])), 1).Secret;
        using var mine = AnswerKey.Of(bench.Key.PublicKey, bench.MaskKey);
        using var other = AnswerKey.Of(bench.Key.PublicKey, CryptographicRandom.Instance.Bytes(32));
        byte[] answer = [1, 2, 3];
        Assert.True(mine.IsTagOf(answer, theirs.Tag(answer)));
        Assert.False(mine.IsTagOf([1, 2, 4], theirs.Tag(answer)));
        Assert.False(other.IsTagOf(answer, theirs.Tag(answer)));
    }

    private static void AssertScores(int features, int outputs, int rows, PaillierSecretKey key)
    {
        var random = new SeededRandom(5);
        Matrix Draw(int r, int c, double scale) => Matrix.Create(r, c, values =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = scale * ((2 * random.NextDouble()) - 1);
        });
        var (weights, x) = (Draw(outputs, features + 1, 1.9), Draw(rows, features, 1));
        var bench = new InferenceBench(weights, key);
        AssertClose(bench, x, weights, bench.Read(bench.Answer(bench.Ask(x), rows).Answers, rows));
    }

    /// <summary>Weights, features and the score are each off by half of 2^-32 at most, weights by less.</summary>
    private static void AssertClose(InferenceBench bench, Matrix rows, Matrix weights, Matrix scores)
    {
        var expected = rows.Beside(Matrix.Create(rows.Rows, 1, v => v.Fill(1))) * weights.Transpose();
        Assert.Equal((rows.Rows, bench.Layout.Outputs), (scores.Rows, scores.Columns));
        for (var i = 0; i < rows.Rows; i++)
            for (var k = 0; k < scores.Columns; k++)
            {
                double sizes = 2;
                foreach (var x in rows.Row(i)) sizes += Math.Abs(x);
                foreach (var w in weights.Row(k)) sizes += Math.Abs(w);
                Assert.InRange(scores[i, k] - expected[i, k], -sizes * 1.2e-10, sizes * 1.2e-10);
            }
    }
}
