using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Privacy.TwoParty;

namespace Coterie.Privacy.EncryptedData;

/// <summary>Where a party stands that trains on shares of data.</summary>
/// <param name="Round">The next round, 0-based.</param>
/// <param name="Model">Its shares of the model; null once all is over, and at participants.</param>
/// <param name="Result">The final model once all is over; without blocks at a party that does not get it.</param>
internal sealed record DataPosition(int Round, Blocks<TwoPartyMatrix>? Model, Blocks<Matrix>? Result)
{
    /// <summary>The end.</summary>
    public static DataPosition Over(Blocks<Matrix>? result) => new(0, null, result ?? Blocks<Matrix>.Empty);

    public byte[] ToBytes()
    {
        var writer = new WireWriter();
        writer.WriteInt32(Round);
        writer.WriteByte(Result is null ? (byte)0 : (byte)1);
        if (Result is { } result) BlocksCodec.Write(writer, result);
        else SharedBlocksCodec.Write(writer, Model!);
        return writer.ToArray();
    }

    /// <summary>Reads what this party kept.</summary>
    public static DataPosition Read(ReadOnlySpan<byte> bytes, TwoPartyFormat format, PartyId self, StepTag step)
    {
        var reader = new WireReader(bytes, self, step);
        var round = reader.ReadInt32(0, int.MaxValue);
        var isOver = reader.ReadByte() == 1;
        var position = isOver ? new DataPosition(round, null, BlocksCodec.Read(ref reader)) : new DataPosition(round, SharedBlocksCodec.Read(ref reader, format), null);
        reader.End();
        return position;
    }
}
