using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Privacy.TwoParty;

namespace Coterie.Privacy.SecretSharing;

/// <summary>What the coordinator tells participants before a round: whether there is one, and how large the model's blocks are, of which they see nothing else.</summary>
/// <param name="Blocks">Names, rows and columns; null: training has ended.</param>
internal sealed record ToldShapes(ImmutableArray<(string Name, int Rows, int Columns)>? Blocks)
{
    private const int MostBlocks = 64;
    private const int MostNameBytes = 64;
    private const int MostEntries = 1 << 26;

    /// <summary>Largest message.</summary>
    public const int MaximumBytes = 1 << 14;

    /// <summary>There is no further round.</summary>
    public static ToldShapes End { get; } = new((ImmutableArray<(string, int, int)>?)null);

    /// <summary>A round at a model.</summary>
    public static ToldShapes Of(Blocks<Matrix> model) => new([.. model.Names.Zip(model.Values, (name, value) => (name, value.Rows, value.Columns))]);

    public byte[] ToBytes()
    {
        var writer = new WireWriter();
        writer.WriteByte(Blocks is null ? (byte)0 : (byte)1);
        if (Blocks is not { } blocks) return writer.ToArray();
        writer.WriteInt32(blocks.Length);
        foreach (var (name, rows, columns) in blocks)
        {
            writer.WriteText(name);
            writer.WriteInt32(rows);
            writer.WriteInt32(columns);
        }
        return writer.ToArray();
    }

    /// <exception cref="ProtocolException">No such message.</exception>
    public static ToldShapes Read(ReadOnlySpan<byte> bytes, PartyId sender, StepTag step)
    {
        var reader = new WireReader(bytes, sender, step);
        if (reader.ReadByte() == 0)
        {
            reader.End();
            return End;
        }
        var blocks = new (string, int, int)[reader.ReadInt32(1, MostBlocks)];
        for (var i = 0; i < blocks.Length; i++)
        {
            var (name, rows, columns) = (reader.ReadText(MostNameBytes), reader.ReadInt32(0, MostEntries), reader.ReadInt32(0, MostEntries));
            if ((long)rows * columns > MostEntries) throw reader.Malformed($"a model of {rows} x {columns} numbers");
            blocks[i] = (name, rows, columns);
        }
        reader.End();
        return new ToldShapes([.. blocks]);
    }

    /// <summary>A model of these shapes; null at the end.</summary>
    public Blocks<Matrix>? Zeros => Blocks is { } blocks ? new([.. blocks.Select(b => b.Name)], [.. blocks.Select(b => Matrix.Zero(b.Rows, b.Columns))]) : null;

    /// <summary>The model as a participant sees it: shapes.</summary>
    public Blocks<TwoPartyMatrix> Unseen(TwoPartyArithmetic math) =>
        new([.. Blocks!.Value.Select(b => b.Name)], [.. Blocks.Value.Select(b => math.Known(ValueHolder.First, b.Rows, b.Columns, null))]);
}
