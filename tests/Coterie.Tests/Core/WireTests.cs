using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Tests.Core;

/// <summary>Bytes become a value or an error that names the sender, and nothing is allocated for lengths that are not there.</summary>
public sealed class WireTests
{
    private static readonly PartyId Sender = new("sender");
    private static readonly StepTag Step = new("step");

    private static Blocks<Matrix> Sample => Blocks<Matrix>.Of(("weights", new Matrix(2, 3, [1, -2, 0.5, double.MaxValue, double.Epsilon, 0])), ("empty", Matrix.Zero(0, 4)));

    [Fact]
    public void Blocks_WrittenAndRead_AreEqualToTheBit()
    {
        var read = BlocksCodec.FromBytes(BlocksCodec.ToBytes(Sample), Sender, Step);
        Assert.Equal(Sample.Names.ToArray(), read.Names.ToArray());
        Assert.Equal(Sample.Values.ToArray(), read.Values.ToArray());
    }

    [Fact]
    public void Blocks_EveryPrefix_IsAnErrorThatNamesTheSender()
    {
        var bytes = BlocksCodec.ToBytes(Sample);
        for (var length = 0; length < bytes.Length; length++)
        {
            var error = Assert.Throws<ProtocolException>(() => BlocksCodec.FromBytes(bytes.AsSpan(0, length), Sender, Step));
            Assert.Equal((ProtocolErrorCode.MalformedMessage, Sender), (error.Code, error.Culprits.Single()));
        }
    }

    [Fact]
    public void Blocks_OneByteTooMany_IsAnError() =>
        Assert.Throws<ProtocolException>(() => BlocksCodec.FromBytes([.. BlocksCodec.ToBytes(Sample), 0], Sender, Step));

    [Fact]
    public void Blocks_TwoOfOneName_AreAnError() =>
        Assert.Throws<ProtocolException>(() => BlocksCodec.FromBytes(BlocksCodec.ToBytes(Blocks<Matrix>.Of(("a", Matrix.Scalar(1)), ("a", Matrix.Scalar(2)))), Sender, Step));

    [Theory]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(1 << 20, 1 << 20)]
    [InlineData(-1, 4)]
    public void Blocks_AShapeTheMessageCannotHold_IsRefusedWithoutAllocating(int rows, int columns)
    {
        var writer = new WireWriter();
        writer.WriteInt32(1);
        writer.WriteText("huge");
        writer.WriteInt32(rows);
        writer.WriteInt32(columns);
        var message = writer.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ProtocolException>(() => BlocksCodec.FromBytes(message, Sender, Step));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Blocks_RandomBytes_NeverThrowAnythingElse()
    {
        var random = new Coterie.Core.Randomness.SeededRandom(11);
        for (var trial = 0; trial < 20_000; trial++)
        {
            var bytes = BlocksCodec.ToBytes(Sample);
            for (var flips = random.NextInt32(4); flips >= 0; flips--) bytes[random.NextInt32(bytes.Length)] = (byte)(random.NextUInt64() & 0xFF);
            try
            {
                BlocksCodec.FromBytes(bytes, Sender, Step);
            }
            catch (ProtocolException error)
            {
                Assert.Equal(ProtocolErrorCode.MalformedMessage, error.Code);
            }
        }
    }

    [Fact]
    public void ReadText_InvalidUtf8_IsAnError()
    {
        byte[] message = [2, 0, 0, 0, 0xC3, 0x28];
        Assert.Throws<ProtocolException>(() =>
        {
            var reader = new WireReader(message, Sender, Step);
            reader.ReadText(10);
        });
    }

    [Fact]
    public void ReadPartyId_NotAName_IsAnError()
    {
        var writer = new WireWriter();
        writer.WriteText("Not A Name");
        var message = writer.ToArray();
        Assert.Throws<ProtocolException>(() =>
        {
            var reader = new WireReader(message, Sender, Step);
            reader.ReadPartyId();
        });
    }

    [Fact]
    public void Hash_AnyChange_ChangesIt()
    {
        var hash = BlocksCodec.Hash(Sample);
        Assert.NotEqual(hash, BlocksCodec.Hash(Blocks<Matrix>.Of(("weights", Sample["weights"]))));
        Assert.NotEqual(hash, BlocksCodec.Hash(Blocks<Matrix>.Of(("weightz", Sample["weights"]), ("empty", Sample["empty"]))));
        Assert.NotEqual(hash, BlocksCodec.Hash(Blocks<Matrix>.Of(("weights", new Matrix(3, 2, Sample["weights"].ToArray())), ("empty", Sample["empty"]))));
    }
}
