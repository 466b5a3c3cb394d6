using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Privacy.Stages;

/// <summary>Where a stage stands: checkpoint, and broadcast where the coordinator knows the model.</summary>
/// <param name="Round">The next round, 0-based.</param>
/// <param name="Done">There is none.</param>
/// <param name="Model">The model as packed; no blocks at a party that does not know it.</param>
internal sealed record Position(int Round, bool Done, Blocks<Matrix> Model)
{
    public byte[] ToBytes()
    {
        var writer = new WireWriter();
        writer.WriteInt32(Round);
        writer.WriteByte(Done ? (byte)1 : (byte)0);
        BlocksCodec.Write(writer, Model);
        return writer.ToArray();
    }

    public static Position Read(ReadOnlySpan<byte> bytes, PartyId sender, StepTag step)
    {
        var reader = new WireReader(bytes, sender, step);
        var round = reader.ReadInt32(0, int.MaxValue);
        var done = reader.ReadByte() switch { 0 => false, 1 => true, _ => throw reader.Malformed("neither done nor not done") };
        var model = BlocksCodec.Read(ref reader);
        reader.End();
        return new Position(round, done, model);
    }
}
