using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Wire;
using Coterie.Privacy.TwoParty;

namespace Coterie.Privacy.EncryptedData;

/// <summary>A party's shares on its own disk.</summary>
internal static class SharedBlocksCodec
{
    private const int MostBlocks = 64;
    private const int MostNameBytes = 256;

    /// <exception cref="InvalidOperationException">A block is known to one of the two parties alone.</exception>
    public static void Write(WireWriter writer, Blocks<TwoPartyMatrix> blocks)
    {
        writer.WriteInt32(blocks.Count);
        foreach (var (name, value) in blocks.Names.Zip(blocks.Values))
        {
            writer.WriteText(name);
            writer.WriteInt32(value.Rows);
            writer.WriteInt32(value.Columns);
            writer.WriteByte(value.IsShared ? (byte)1 : (byte)0);
            if (value.Share is { } share)
            {
                writer.WriteInt32(value.FractionBits);
                writer.WriteUInt64s(share.Values);
            }
            else if (value is { Holder: ValueHolder.Both, Clear: { } clear }) writer.WriteDoubles(clear.Values);
            else throw new InvalidOperationException($"Block '{name}' is neither shared nor public.");
        }
    }

    /// <summary>Reads what this party kept.</summary>
    public static Blocks<TwoPartyMatrix> Read(ref WireReader reader, TwoPartyFormat format)
    {
        var (names, values) = (ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<TwoPartyMatrix>());
        for (var left = reader.ReadInt32(0, MostBlocks); left > 0; left--)
        {
            names.Add(reader.ReadText(MostNameBytes));
            var (rows, columns) = (reader.ReadInt32(0, int.MaxValue), reader.ReadInt32(0, int.MaxValue));
            if ((long)rows * columns > reader.Remaining / sizeof(ulong)) throw reader.Malformed($"shares of {rows} x {columns} are longer than what was kept");
            if (reader.ReadByte() == 1)
            {
                var bits = reader.ReadInt32(-TwoPartyFormat.LargestFractionBits, 2 * TwoPartyFormat.LargestFractionBits);
                var share = new ulong[rows * columns];
                reader.ReadUInt64s(share);
                values.Add(TwoPartyMatrix.Shared(format, new RingMatrix(rows, columns, share), bits));
            }
            else
            {
                var clear = new double[rows * columns];
                reader.ReadDoubles(clear);
                values.Add(TwoPartyMatrix.Known(format, ValueHolder.Both, rows, columns, new Matrix(rows, columns, clear)));
            }
        }
        return new Blocks<TwoPartyMatrix>(names.ToImmutable(), values.ToImmutable());
    }
}
