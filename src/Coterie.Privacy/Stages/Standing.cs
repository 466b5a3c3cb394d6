using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Privacy.Stages;

/// <summary>What participants tell the coordinator of where they stand in a stage whose model it does not know.</summary>
/// <param name="Done">No further round.</param>
/// <param name="Length">Entries of the next contribution; 0 when done.</param>
internal sealed record Standing(bool Done, int Length)
{
    /// <summary>Longest contribution: what a coordinator sets aside for, 1 GiB.</summary>
    public const int MaximumLength = 1 << 27;

    public void Write(WireWriter writer)
    {
        writer.WriteByte(Done ? (byte)1 : (byte)0);
        writer.WriteInt32(Length);
    }

    public static Standing Read(ref WireReader reader)
    {
        var done = reader.ReadByte() switch { 0 => false, 1 => true, _ => throw reader.Malformed("neither done nor not done") };
        return new Standing(done, reader.ReadInt32(0, done ? 0 : MaximumLength));
    }

    /// <summary>What a participant signs: this, with everything the coordinator has told it and the tag of what the coordinator does not know.</summary>
    public byte[] Statement(Roster roster, StepTag step, PartyId signer, ReadOnlySpan<byte> broadcasts, ReadOnlySpan<byte> tag)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie standing v1");
        writer.WriteBytes(roster.Digest.AsSpan());
        writer.WriteText(step.Path);
        writer.WriteText(signer.Name);
        writer.WriteBytes(broadcasts);
        Write(writer);
        writer.WriteBytes(tag);
        return writer.ToArray();
    }
}
