using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

/// <summary>What held a secret is zero when it is given up.</summary>
public sealed class TransferDisposalTests
{
    [Fact]
    public void Seeds_Disposed_AreZero()
    {
        var (keys, zero, one) = (TransferPair.Blocks(128), TransferPair.Blocks(128), TransferPair.Blocks(128));
        new BaseSeeds(new byte[32], 1, keys).Dispose();
        new BaseSeedPairs(new byte[32], zero, one).Dispose();
        Assert.All(keys.Concat(zero).Concat(one), k => Assert.Equal(UInt128.Zero, k));
    }

    [Fact]
    public void Seeds_TakenByAnExtension_AreZero()
    {
        var (zero, one) = (TransferPair.Blocks(128), TransferPair.Blocks(128));
        using var receiver = new ExtensionReceiver(new BaseSeedPairs(new byte[32], zero, one));
        Assert.All(zero.Concat(one), k => Assert.Equal(UInt128.Zero, k));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Batches_TakenOrDisposed_AreZero(bool taken)
    {
        var (sent, received, choices) = (TransferPair.Blocks(128), TransferPair.Blocks(128), TransferPair.Blocks(2));
        var sender = new SenderBatch(1, 100, 0, sent, 7, new CorrelationHash(3));
        var receiver = new ReceiverBatch([], 1, 100, 0, received, choices, new CorrelationHash(3));
        if (taken)
        {
            Assert.NotEqual(UInt128.Zero, sender.TakeCorrelated()[5]);
            Assert.NotEqual(UInt128.Zero, receiver.TakeRandom()[5]);
        }
        else
        {
            sender.Dispose();
            receiver.Dispose();
        }
        Assert.All(sent.Concat(received).Concat(choices), k => Assert.Equal(UInt128.Zero, k));
    }

    [Fact]
    public void Triple_Taken_IsZeroAndItsCopyIsNot()
    {
        var (left, right, product) = (TransferPair.Words(4), TransferPair.Words(4), TransferPair.Words(4));
        var (expected, triple) = (left.ToArray(), new Triple(ProductShape.Entrywise(4), left, right, product));
        Assert.Equal(expected, triple.Take().Left);
        Assert.All(left.Concat(right).Concat(product), w => Assert.Equal(0UL, w));
    }

    [Fact]
    public void BatchKey_DependsOnSessionAndCounter()
    {
        var (first, second) = (TransferPair.Random.Bytes(32), TransferPair.Random.Bytes(32));
        UInt128[] keys = [TransferHash.BatchKey(first, 0), TransferHash.BatchKey(first, 1), TransferHash.BatchKey(second, 0), TransferHash.SessionTag(first), TransferHash.Challenge(first, []), TransferHash.Challenge(second, [])];
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }
}
