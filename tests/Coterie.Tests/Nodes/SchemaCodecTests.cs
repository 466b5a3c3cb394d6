using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Federation.Training;

namespace Coterie.Tests.Nodes;

public sealed class SchemaCodecTests
{
    private static readonly Schema Example = new(
        [
            new Column("age") { Minimum = 0, Maximum = 120, IsRangeDeclared = true },
            new Column("sex", ColumnType.Categorical) { Values = ["f", "m"], Minimum = 0, Maximum = 1, IsRangeDeclared = true },
            new Column("größe"),
        ],
        new Column("y", ColumnType.Categorical) { Values = ["no", "yes"], Minimum = 0, Maximum = 1, IsRangeDeclared = true })
    { WeightBound = 2.5 };

    [Fact]
    public void Read_OfWhatWasWritten_IsTheSameSchema()
    {
        Assert.Equal(Example, Read(SchemaCodec.ToBytes(Example)));
        var clusters = Example with { Target = null };
        Assert.Equal(clusters, Read(SchemaCodec.ToBytes(clusters)));
    }

    /// <summary>Canonical: what is read at all is written back as the same bytes, so two readings of one signed digest cannot differ.</summary>
    [Fact]
    public void Read_OfAlteredBytes_IsRefusedOrCanonical()
    {
        var bytes = SchemaCodec.ToBytes(Example);
        var random = new SeededRandom(7, 1);
        var refused = 0;
        for (var trial = 0; trial < 20_000; trial++)
        {
            var altered = (byte[])bytes.Clone();
            for (var flips = 0; flips <= trial % 3; flips++) altered[(int)(random.NextUInt64() % (ulong)altered.Length)] = (byte)(random.NextUInt64() & 0xFF);
            if (trial % 5 == 0) altered = altered[..(int)(random.NextUInt64() % (ulong)altered.Length)];
            try
            {
                Assert.Equal(altered, SchemaCodec.ToBytes(Read(altered)));
            }
            catch (ProtocolException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 5_000, 19_999);
    }

    [Fact]
    public void Read_OfHugeCounts_AllocatesNothing()
    {
        var bytes = SchemaCodec.ToBytes(Example);
        BitConverter.TryWriteBytes(bytes, 90_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ProtocolException>(() => Read(bytes));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Fact]
    public void Read_OfAColumnTwice_IsRefused() =>
        Assert.Contains("twice", Assert.Throws<ProtocolException>(() => Read(SchemaCodec.ToBytes(Example with { Target = Example.Features[0] }))).Message, StringComparison.Ordinal);

    private static Schema Read(ReadOnlySpan<byte> bytes) => SchemaCodec.Read(bytes, new PartyId("coordinator"), new StepTag("offer"));
}
