using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Core.Learning;

/// <summary>The canonical bytes of plain blocks, and their hash: broadcasts, checkpoints and model binding all use it.</summary>
public static class BlocksCodec
{
    private const int MaximumBlocks = 4096;
    private const int MaximumNameBytes = 256;

    /// <summary>Appends <paramref name="blocks"/>.</summary>
    public static void Write(WireWriter writer, Blocks<Matrix> blocks)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(blocks);
        writer.WriteInt32(blocks.Count);
        for (var i = 0; i < blocks.Count; i++)
        {
            writer.WriteText(blocks.Names[i]);
            writer.WriteInt32(blocks.Values[i].Rows);
            writer.WriteInt32(blocks.Values[i].Columns);
            writer.WriteDoubles(blocks.Values[i].Values);
        }
    }

    /// <summary>Reads blocks; lengths are checked against the bytes that are there before anything is allocated.</summary>
    public static Blocks<Matrix> Read(ref WireReader reader)
    {
        var count = reader.ReadInt32(0, MaximumBlocks);
        var names = ImmutableArray.CreateBuilder<string>();
        var values = ImmutableArray.CreateBuilder<Matrix>();
        for (var i = 0; i < count; i++)
        {
            names.Add(reader.ReadText(MaximumNameBytes));
            int rows = reader.ReadInt32(0, int.MaxValue), columns = reader.ReadInt32(0, int.MaxValue);
            if ((long)rows * columns > reader.Remaining / sizeof(double)) throw reader.Malformed($"a block of {rows} x {columns} is longer than the message");
            var entries = new double[rows * columns];
            reader.ReadDoubles(entries);
            values.Add(new Matrix(rows, columns, entries));
        }
        if (names.Distinct().Count() != names.Count) throw reader.Malformed("two blocks have one name");
        return new Blocks<Matrix>(names.ToImmutable(), values.ToImmutable());
    }

    /// <summary>SHA-256 of the canonical bytes.</summary>
    public static byte[] Hash(Blocks<Matrix> blocks) => SHA256.HashData(ToBytes(blocks));

    /// <summary>The canonical bytes.</summary>
    public static byte[] ToBytes(Blocks<Matrix> blocks)
    {
        var writer = new WireWriter();
        Write(writer, blocks);
        return writer.ToArray();
    }

    /// <summary>Blocks from their canonical bytes and nothing else.</summary>
    public static Blocks<Matrix> FromBytes(ReadOnlySpan<byte> bytes, PartyId sender, StepTag step)
    {
        var reader = new WireReader(bytes, sender, step);
        var blocks = Read(ref reader);
        reader.End();
        return blocks;
    }
}
