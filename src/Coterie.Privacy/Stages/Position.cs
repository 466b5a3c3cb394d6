using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.Stages;

/// <summary>Where a stage stands: checkpoint, and broadcast where the coordinator knows the model.</summary>
/// <param name="Round">The next round, 0-based.</param>
/// <param name="Done">There is none.</param>
/// <param name="Model">The model as packed; no blocks at a party that does not know it.</param>
internal sealed record Position(int Round, bool Done, Blocks<Matrix> Model)
{
    /// <summary>Whose contributions were added last; null where nobody has to know.</summary>
    public ParticipantSet? Added { get; init; }

    public byte[] ToBytes()
    {
        var writer = new WireWriter();
        writer.WriteInt32(Round);
        writer.WriteByte(Done ? (byte)1 : (byte)0);
        BlocksCodec.Write(writer, Model);
        Added?.Write(writer);
        return writer.ToArray();
    }

    /// <summary>Reads a position; with a set of those who were added where their roster is given.</summary>
    public static Position Read(ReadOnlySpan<byte> bytes, PartyId sender, StepTag step, Roster? added = null)
    {
        var reader = new WireReader(bytes, sender, step);
        var round = reader.ReadInt32(0, int.MaxValue);
        var done = reader.ReadByte() switch { 0 => false, 1 => true, _ => throw reader.Malformed("neither done nor not done") };
        var model = BlocksCodec.Read(ref reader);
        var set = added is null ? null : ParticipantSet.Read(ref reader, added);
        reader.End();
        return new Position(round, done, model) { Added = set };
    }
}
