using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Privacy.TwoParty;

namespace Coterie.Privacy.SecretSharing;

/// <summary>How large a participant's rows are: what the coordinator has to know to compute on them without seeing them.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Features">Columns after the learner's own preparation.</param>
/// <param name="Targets">Columns of targets; 0 where there are none.</param>
/// <param name="HasWeights">Whether rows are weighted.</param>
internal sealed record RowShapes(int Rows, int Features, int Targets, bool HasWeights)
{
    private const int MostRows = 1 << 26;

    /// <summary>Bytes on the wire.</summary>
    public const int Length = (3 * sizeof(int)) + 1;

    /// <summary>Of a shard that the learner has prepared.</summary>
    public static RowShapes Of(Shard shard) => new(shard.Features.Rows, shard.Features.Columns, shard.Targets?.Columns ?? 0, shard.Weights is not null);

    public byte[] ToBytes()
    {
        var writer = new WireWriter();
        writer.WriteInt32(Rows);
        writer.WriteInt32(Features);
        writer.WriteInt32(Targets);
        writer.WriteByte(HasWeights ? (byte)1 : (byte)0);
        return writer.ToArray();
    }

    /// <summary>What a participant says, of columns that the learner gives everybody.</summary>
    /// <exception cref="ProtocolException">Other columns.</exception>
    public static RowShapes Read(ReadOnlySpan<byte> bytes, RowShapes like, PartyId sender, StepTag step)
    {
        var reader = new WireReader(bytes, sender, step);
        var read = new RowShapes(reader.ReadInt32(0, MostRows), reader.ReadInt32(0, int.MaxValue), reader.ReadInt32(0, int.MaxValue), reader.ReadByte() switch { 0 => false, 1 => true, _ => throw reader.Malformed("rows that are neither weighted nor not") });
        reader.End();
        return (read.Features, read.Targets) == (like.Features, like.Targets)
            ? read
            : throw reader.Malformed($"rows of {read.Features} features and {read.Targets} targets, where the task has {like.Features} and {like.Targets}");
    }

    /// <summary>Rows that the second party knows, as the first sees them: nothing but their shapes.</summary>
    public Blocks<TwoPartyMatrix> Unseen(TwoPartyArithmetic math)
    {
        var blocks = Blocks<TwoPartyMatrix>.Of(("features", math.Known(ValueHolder.Second, Rows, Features, null)));
        if (Targets > 0) blocks = blocks.With("targets", math.Known(ValueHolder.Second, Rows, Targets, null));
        return HasWeights ? blocks.With("weights", math.Known(ValueHolder.Second, Rows, 1, null)) : blocks;
    }

    /// <summary>Rows as the second party sees them.</summary>
    public static Blocks<TwoPartyMatrix> Seen(TwoPartyArithmetic math, Shard shard) => shard.ToBlocks().Select(m => math.Known(ValueHolder.Second, m.Rows, m.Columns, m));
}
