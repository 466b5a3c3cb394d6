using System.Security.Cryptography;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

public sealed class ExtensionTests
{
    public static TheoryData<int, string> Cases
    {
        get
        {
            var cases = new TheoryData<int, string>();
            foreach (var count in (int[])[0, 1, 127, 128, 129, 1_000, 8_064, 8_065, 20_000])
                foreach (var kind in (string[])["zeros", "ones", "random"]) cases.Add(count, kind);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TakeRandom_ReceiverHasTheStringOfItsChoiceOnly(int count, string kind)
    {
        using var pair = new TransferPair();
        var choices = TransferPair.Choices(kind, count);
        var (sender, receiver) = pair.Extend(choices, count);
        var (zero, one) = sender.TakeRandom();
        var got = receiver.TakeRandom();
        Assert.Equal(Enumerable.Range(0, count).Select(i => TransferPair.Bit(choices, i) ? one[i] : zero[i]), got);
        Assert.Equal(2 * count, zero.Concat(one).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TakeCorrelated_StringsDifferByTheOffsetWhereChosen(int count, string kind)
    {
        using var pair = new TransferPair();
        var choices = TransferPair.Choices(kind, count);
        var (sender, receiver) = pair.Extend(choices, count);
        var strings = sender.TakeCorrelated();
        Assert.Equal(strings.Select((l, i) => TransferPair.Bit(choices, i) ? l ^ pair.Offset : l), receiver.TakeCorrelated());
        Assert.Equal(pair.Offset, pair.Sender.Offset);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TakeChosen_ReceiverGetsTheChosenString(int count, string kind)
    {
        using var pair = new TransferPair();
        var choices = TransferPair.Choices(kind, count);
        var (zero, one) = (TransferPair.Blocks(count), TransferPair.Blocks(count));
        var (sender, receiver) = pair.Extend(choices, count);
        var message = sender.TakeChosen(zero, one);
        Assert.Equal(32 + (32 * count), message.Length);
        Assert.Equal(Enumerable.Range(0, count).Select(i => TransferPair.Bit(choices, i) ? one[i] : zero[i]), receiver.TakeChosen(message));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(127, 1)]
    [InlineData(129, 5)]
    [InlineData(70, 64)]
    [InlineData(3, 5_001)]
    public void TakeRing_ReceiverGetsTheSendersVectorPlusTheCorrelationWhereChosen(int count, int length)
    {
        foreach (var kind in (string[])["zeros", "ones", "random"])
        {
            using var pair = new TransferPair();
            var choices = TransferPair.Choices(kind, count);
            var correlations = TransferPair.Words(count * length);
            var (sender, receiver) = pair.Extend(choices, count);
            var (message, shares) = sender.TakeRing(correlations, length);
            var got = receiver.TakeRing(length, message);
            Assert.Equal(Enumerable.Range(0, count * length).Select(e => unchecked(shares[e] + (TransferPair.Bit(choices, e / length) ? correlations[e] : 0))), got);
            Assert.Equal(32 + (8 * count * length), message.Length);
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Extend_OnePartyWithoutInstructions_AgreesWithTheOther(bool receiverHardware, bool senderHardware)
    {
        using var pair = new TransferPair();
        using var receiving = new ExtensionReceiver(new BaseSeedPairs(pair.Session, [.. pair.Zero], [.. pair.One]), receiverHardware && Aes128.IsHardware && Field128.IsHardware);
        using var sending = new ExtensionSender(pair.ChosenSeeds(), senderHardware && Aes128.IsHardware && Field128.IsHardware);
        var choices = TransferPair.Choices("random", 1_500);
        var receiver = receiving.Extend(choices, 1_500, TransferPair.Random);
        var (zero, one) = sending.Accept(receiver.Message.Span, 1_500).TakeRandom();
        Assert.Equal(Enumerable.Range(0, 1_500).Select(i => TransferPair.Bit(choices, i) ? one[i] : zero[i]), receiver.TakeRandom());
    }

    [Fact]
    public void Extend_ManyBatches_NeverGiveAStringTwice()
    {
        using var pair = new TransferPair();
        var seen = new HashSet<UInt128>();
        var raw = new HashSet<UInt128>();
        for (var i = 0; i < 6; i++)
        {
            var (sender, receiver) = pair.Extend(TransferPair.Choices("zeros", 300), 300);
            var strings = i % 2 == 0 ? receiver.TakeRandom() : receiver.TakeCorrelated();
            Assert.All(strings, s => Assert.True(seen.Add(s)));
            if (i % 2 == 1) Assert.All(sender.TakeCorrelated(), s => Assert.True(raw.Add(s)));
        }
        Assert.Equal((6UL, 6UL), (pair.Receiver.Counter, pair.Sender.Counter));
    }

    [Fact]
    public void Extend_SameChoicesTwice_SendsUnrelatedColumns()
    {
        using var pair = new TransferPair();
        var choices = TransferPair.Choices("random", 1_024);
        using var first = pair.Receiver.Extend(choices, 1_024, TransferPair.Random);
        using var second = pair.Receiver.Extend(choices, 1_024, TransferPair.Random);
        // Reused streams would make the columns of both messages equal, but for the last block: about 16,384 equal bytes instead of 64.
        var equal = first.Message.Span[32..].ToArray().Zip(second.Message.Span[32..].ToArray()).Count(b => b.First == b.Second);
        Assert.InRange(equal, 0, 400);
    }

    [Fact]
    public void Batch_SecondOutput_IsRefused()
    {
        using var pair = new TransferPair();
        var (sender, receiver) = pair.Extend([5], 8);
        sender.TakeRandom();
        receiver.TakeRandom();
        Assert.Throws<InvalidOperationException>(() => sender.TakeRandom());
        Assert.Throws<InvalidOperationException>(() => sender.TakeCorrelated());
        Assert.Throws<InvalidOperationException>(() => sender.TakeChosen(new UInt128[8], new UInt128[8]));
        Assert.Throws<InvalidOperationException>(() => sender.TakeRing(new ulong[8], 1));
        Assert.Throws<InvalidOperationException>(() => receiver.TakeRandom());
        Assert.Throws<InvalidOperationException>(() => receiver.TakeCorrelated());
        Assert.Throws<InvalidOperationException>(() => receiver.TakeChosen(new byte[32 + 256]));
        Assert.Throws<InvalidOperationException>(() => receiver.TakeRing(1, new byte[32 + 64]));
    }

    [Fact]
    public void Batch_AfterAMessageThatIsRefused_IsSpent()
    {
        using var pair = new TransferPair();
        var (sender, receiver) = pair.Extend([5], 8);
        var message = sender.TakeChosen(new UInt128[8], new UInt128[8]);
        Assert.Throws<CryptographicException>(() => receiver.TakeChosen(message.AsSpan(1)));
        Assert.Throws<InvalidOperationException>(() => receiver.TakeChosen(message));
    }

    [Fact]
    public void Seeds_TakenByAnExtension_MakeNoOther()
    {
        var pairs = new BaseSeedPairs(new byte[32], TransferPair.Blocks(128), TransferPair.Blocks(128));
        using var receiver = new ExtensionReceiver(pairs);
        Assert.Throws<InvalidOperationException>(() => new ExtensionReceiver(pairs));
        var seeds = new BaseSeeds(new byte[32], 1, TransferPair.Blocks(128));
        using var sender = new ExtensionSender(seeds);
        Assert.Throws<InvalidOperationException>(() => new ExtensionSender(seeds));
    }

    [Fact]
    public void Dispose_ForgetsEverything()
    {
        using var pair = new TransferPair();
        pair.Sender.Dispose();
        pair.Receiver.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pair.Sender.Offset);
        Assert.Throws<ObjectDisposedException>(() => pair.Sender.Accept(new byte[100], 1));
        Assert.Throws<ObjectDisposedException>(() => pair.Receiver.Extend([1], 1, TransferPair.Random));
    }

    [Fact]
    public void Extend_ImpossibleCounts_AreRefused()
    {
        using var pair = new TransferPair();
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Receiver.Extend([], -1, TransferPair.Random));
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Receiver.Extend([], ExtensionReceiver.MaximumCount + 1, TransferPair.Random));
        Assert.Throws<ArgumentException>(() => pair.Receiver.Extend([1], 9, TransferPair.Random));
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Sender.Accept([], -1));
    }
}
