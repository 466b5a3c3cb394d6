using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Privacy.TwoParty;

namespace Coterie.Privacy.EncryptedData;

/// <summary>One party's shares of everybody's rows: participants whose blocks are of one kind are put together, as if they were one with all their rows.</summary>
/// <param name="Participants">How many there are in all.</param>
/// <param name="Kinds">The blocks of each kind.</param>
internal sealed record SharedData(int Participants, ImmutableArray<Blocks<TwoPartyMatrix>> Kinds)
{
    private const int MostKinds = 64;

    public static SharedData Of(IReadOnlyCollection<ArrivedShares> arrived, TwoPartyFormat format) =>
        new(arrived.Count, [.. arrived.GroupBy(a => a.Form.Kind).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Together([.. g], format))]);

    public byte[] ToBytes()
    {
        var writer = new WireWriter();
        writer.WriteInt32(Participants);
        writer.WriteInt32(Kinds.Length);
        foreach (var kind in Kinds) SharedBlocksCodec.Write(writer, kind);
        return writer.ToArray();
    }

    /// <summary>Reads what this party kept.</summary>
    public static SharedData Read(ReadOnlySpan<byte> bytes, TwoPartyFormat format, PartyId self, StepTag step)
    {
        var reader = new WireReader(bytes, self, step);
        var participants = reader.ReadInt32(0, int.MaxValue);
        var kinds = new Blocks<TwoPartyMatrix>[reader.ReadInt32(0, MostKinds)];
        for (var i = 0; i < kinds.Length; i++) kinds[i] = SharedBlocksCodec.Read(ref reader, format);
        reader.End();
        return new SharedData(participants, [.. kinds]);
    }

    private static Blocks<TwoPartyMatrix> Together(ArrivedShares[] parts, TwoPartyFormat format)
    {
        var offsets = new int[parts.Length];
        var names = parts[0].Form.Blocks.Select(b => b.Name);
        var values = new TwoPartyMatrix[parts[0].Form.Blocks.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var first = parts[0].Form.Blocks[i];
            var share = first.IsPerRow ? Stacked(parts, offsets, i) : Added(parts, offsets, i);
            values[i] = TwoPartyMatrix.Shared(format, share, first.FractionBits);
            for (var k = 0; k < parts.Length; k++) offsets[k] += (int)parts[k].Form.Blocks[i].Length;
        }
        return new Blocks<TwoPartyMatrix>([.. names], [.. values]);
    }

    private static RingMatrix Stacked(ArrivedShares[] parts, int[] offsets, int block)
    {
        var (rows, columns) = (checked(parts.Sum(p => p.Form.Blocks[block].Rows)), parts[0].Form.Blocks[block].Columns);
        var (values, at) = (new ulong[checked(rows * columns)], 0);
        for (var k = 0; k < parts.Length; k++)
        {
            var length = (int)parts[k].Form.Blocks[block].Length;
            parts[k].Values.AsSpan(offsets[k], length).CopyTo(values.AsSpan(at));
            at += length;
        }
        return new RingMatrix(rows, columns, values);
    }

    private static RingMatrix Added(ArrivedShares[] parts, int[] offsets, int block)
    {
        var (first, values) = (parts[0].Form.Blocks[block], new ulong[parts[0].Form.Blocks[block].Length]);
        for (var k = 0; k < parts.Length; k++)
            for (var i = 0; i < values.Length; i++) values[i] = unchecked(values[i] + parts[k].Values[offsets[k] + i]);
        return new RingMatrix(first.Rows, first.Columns, values);
    }
}
