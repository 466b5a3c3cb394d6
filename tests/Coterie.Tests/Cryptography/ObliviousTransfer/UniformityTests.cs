using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

/// <summary>
/// What each party sees is distributed as if nothing were in it, for the most telling inputs: zeros. Chi-square over byte values (255 degrees of freedom)
/// and over counts of ones in every bit's place; bounds at ten standard deviations of chi-square, where its tail is below 1e-15 (255 + 10 sqrt(510) = 481), and at
/// seven of a count of ones, below 3e-12 for each of up to 128 places: false alarms come less than once in 1e9 runs.
/// </summary>
public sealed class UniformityTests
{
    private const int Runs = 60;

    [Theory]
    [InlineData("zeros")]
    [InlineData("ones")]
    public void Message_ConstantChoices_LooksUniform(string kind)
    {
        var seen = new List<byte>();
        for (var i = 0; i < Runs; i++)
        {
            using var pair = new TransferPair();
            seen.AddRange(pair.Receiver.Extend(TransferPair.Choices(kind, 300), 300, TransferPair.Random).Message.Span[32..].ToArray());
        }
        AssertUniform(seen);
    }

    /// <summary>The check's hash of the choices, which alone depends on them, hidden by the random block.</summary>
    [Fact]
    public void Check_ConstantChoices_HashOfThemLooksUniform()
    {
        using var pair = new TransferPair();
        var seen = new List<byte>();
        for (var i = 0; i < 400; i++)
        {
            var message = pair.Receiver.Extend([0], 8, TransferPair.Random).Message.Span;
            seen.AddRange(message.Slice(ExtensionMessage.CheckOffset(8), 16).ToArray());
        }
        AssertUniform(seen);
    }

    /// <summary>With both factors 0 the right factor's holder sees the left factor's message and its own share, the other its share only.</summary>
    [Fact]
    public void Product_FactorsZero_AnswerAndSharesLookUniform()
    {
        var (answers, left, right) = (new List<byte>(), new List<byte>(), new List<byte>());
        // Where the last block or plane ends, it is filled with zeros: 512 entries a plane leave none.
        var shape = ProductShape.Matrix(512, 1, 1);
        using var pair = new TransferPair();
        for (var i = 0; i < Runs; i++)
        {
            using var question = ProductQuestion.Create(shape, [0], pair.Receiver, TransferPair.Random);
            var (answer, share) = ProductAnswer.Create(shape, new ulong[512], question.Message.Span, pair.Sender);
            answers.AddRange(answer[32..]);
            left.AddRange(share.SelectMany(BitConverter.GetBytes));
            right.AddRange(question.Finish(answer).SelectMany(BitConverter.GetBytes));
        }
        AssertUniform(answers);
        AssertUniform(left);
        AssertUniform(right);
    }

    /// <summary>What the receiver can compute: the stream of the key that it has, taken off. Where it chose 0 that must hide d, all zeros here.</summary>
    [Fact]
    public void Product_FactorsZero_AnswerWithoutTheKnownStreamLooksUniform()
    {
        var seen = new List<byte>();
        using var pair = new TransferPair();
        for (var i = 0; i < Runs; i++)
        {
            var (sender, receiver) = pair.Extend(TransferPair.Choices("zeros", 64), 64);
            var (message, shares) = sender.TakeRing(new ulong[64 * 8], 8);
            var known = receiver.TakeRing(8, message);
            Assert.Equal(shares, known);   // chose 0 everywhere
            var entries = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(message.AsSpan(32));
            // 512 entries are one block of eight interleaved streams; at 64 bits that is their order.
            for (var e = 0; e < entries.Length; e++) seen.AddRange(BitConverter.GetBytes(unchecked(entries[e] - known[e])));
        }
        AssertUniform(seen);
    }

    [Fact]
    public void AssertUniform_PlainChoices_IsRed()
    {
        var choices = new byte[20_000];
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertUniform(choices));
        var biased = TransferPair.Random.Bytes(200_000).Select(b => b == 7 ? (byte)9 : b);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertUniform([.. biased]));
    }

    private static void AssertUniform(IReadOnlyCollection<byte> bytes)
    {
        var counts = new double[256];
        foreach (var b in bytes) counts[b]++;
        var expected = bytes.Count / 256.0;
        Assert.InRange(counts.Sum(c => (c - expected) * (c - expected) / expected), 0, 481);
        var ones = new double[128];
        foreach (var (b, index) in bytes.Select((b, index) => (b, index)))
            for (var bit = 0; bit < 8; bit++) ones[((index % 16) * 8) + bit] += (b >> bit) & 1;
        var each = bytes.Count / 16.0;
        Assert.All(ones, count => Assert.InRange(Math.Abs(count - (each / 2)), 0, 7 * Math.Sqrt(each) / 2));
    }
}
