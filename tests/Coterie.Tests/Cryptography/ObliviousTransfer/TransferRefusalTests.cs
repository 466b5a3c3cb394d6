using System.Security.Cryptography;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

/// <summary>Messages that are not the one that is due.</summary>
public sealed class TransferRefusalTests
{
    [Fact]
    public void Accept_SameMessageTwice_IsRefusedByItsCounter()
    {
        using var pair = new TransferPair();
        var first = pair.Receiver.Extend([1], 8, TransferPair.Random);
        pair.Sender.Accept(first.Message.Span, 8);
        var refusal = Assert.Throws<CryptographicException>(() => pair.Sender.Accept(first.Message.Span, 8));
        Assert.Contains("batch 0 of oblivious transfers; 1 is due", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Accept_BatchesOutOfOrder_AreRefusedAndTheRightOneMayFollow()
    {
        using var pair = new TransferPair();
        var first = pair.Receiver.Extend([1], 8, TransferPair.Random);
        var second = pair.Receiver.Extend([2], 8, TransferPair.Random);
        Assert.Throws<CryptographicException>(() => pair.Sender.Accept(second.Message.Span, 8));
        pair.Sender.Accept(first.Message.Span, 8);
        pair.Sender.Accept(second.Message.Span, 8);
    }

    /// <summary>The counter in the head is not what keeps batches apart alone: streams have moved on.</summary>
    [Fact]
    public void Accept_OldMessageUnderANewCounter_FailsTheCheck()
    {
        using var pair = new TransferPair();
        var first = pair.Receiver.Extend([1], 8, TransferPair.Random).Message.ToArray();
        pair.Sender.Accept(first, 8);
        first[8] = 1;
        Assert.Contains("do not agree", Assert.Throws<CryptographicException>(() => pair.Sender.Accept(first, 8)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Accept_MessageOfAnotherSession_IsRefusedAndUnderThisOnesNameFailsTheCheck()
    {
        using var pair = new TransferPair();
        using var other = new ExtensionReceiver(new BaseSeedPairs(TransferPair.Random.Bytes(32), [.. pair.Zero], [.. pair.One]));
        var message = other.Extend([1], 8, TransferPair.Random).Message.ToArray();
        Assert.Contains("another session", Assert.Throws<CryptographicException>(() => pair.Sender.Accept(message, 8)).Message, StringComparison.Ordinal);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128LittleEndian(message.AsSpan(16), TransferHash.SessionTag(pair.Session));
        Assert.Contains("do not agree", Assert.Throws<CryptographicException>(() => pair.Sender.Accept(message, 8)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 9, "version 9")]
    [InlineData(1, 4, "Extension")]
    [InlineData(2, 1, "Extension")]
    [InlineData(4, 7, "states 7")]
    [InlineData(8, 1, "batch 1")]
    [InlineData(20, 1, "another session")]
    public void Accept_AnotherHead_IsRefused(int index, byte value, string part)
    {
        using var pair = new TransferPair();
        var message = pair.Receiver.Extend([1], 8, TransferPair.Random).Message.ToArray();
        message[index] = value;
        Assert.Contains(part, Assert.Throws<CryptographicException>(() => pair.Sender.Accept(message, 8)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Accept_AnotherLength_IsRefusedBeforeAnythingIsComputed()
    {
        using var pair = new TransferPair();
        var message = pair.Receiver.Extend([1], 8, TransferPair.Random).Message.ToArray();
        foreach (var wrong in new[] { [], message[..15], message[..16], message[..32], message[..^1], [.. message, 0] })
            Assert.Throws<CryptographicException>(() => pair.Sender.Accept(wrong, 8));
        Assert.Throws<CryptographicException>(() => pair.Sender.Accept(message, 200));
        pair.Sender.Accept(message, 8);
    }

    [Fact]
    public void Answers_OfAnotherBatchKindOrLength_AreRefused()
    {
        using var pair = new TransferPair();
        var (sender, receiver) = pair.Extend([1], 8);
        var chosen = sender.TakeChosen(new UInt128[8], new UInt128[8]);
        Assert.Throws<CryptographicException>(() => receiver.TakeRing(1, chosen));
        var (later, laterReceiver) = pair.Extend([1], 8);
        Assert.Contains("batch 0", Assert.Throws<CryptographicException>(() => laterReceiver.TakeChosen(chosen)).Message, StringComparison.Ordinal);
        var (ring, _) = later.TakeRing(new ulong[16], 2);
        var (_, wrongLength) = pair.Extend([1], 8);
        ring[8] = 2;
        Assert.Contains("160 bytes; 224", Assert.Throws<CryptographicException>(() => wrongLength.TakeRing(3, ring)).Message, StringComparison.Ordinal);
    }

    /// <summary>An altered answer is not recognised here, channels see to that; it must not be taken for the right one.</summary>
    [Fact]
    public void Answers_Altered_GiveSomethingElse()
    {
        using var pair = new TransferPair();
        var (sender, receiver) = pair.Extend([0], 1);
        UInt128[] zero = [42], one = [43];
        var message = sender.TakeChosen(zero, one);
        message[32] ^= 1;
        Assert.NotEqual(zero, receiver.TakeChosen(message));
    }
}
