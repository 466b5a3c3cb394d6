using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>Where a coordinator stands that cannot read the model.</summary>
/// <param name="Round">The next round, 0-based.</param>
/// <param name="OwnerSteps">How often it has turned to the owner.</param>
/// <param name="Growth">How a round changes bits and unit: known after the first.</param>
/// <param name="Known">The sum of what does not depend on the model; no blocks before the first round.</param>
/// <param name="KnownOf">Over whom.</param>
/// <param name="Model">The model.</param>
internal sealed record HiddenPosition(int Round, int OwnerSteps, Growth Growth, Blocks<Matrix> Known, ParticipantSet KnownOf, Blocks<EncryptedMatrix> Model)
{
    public byte[] ToBytes()
    {
        var writer = new WireWriter();
        writer.WriteInt32(Round);
        writer.WriteInt32(OwnerSteps);
        writer.WriteInt32(Growth.Bits);
        writer.WriteInt32(Growth.UnitBits);
        BlocksCodec.Write(writer, Known);
        KnownOf.Write(writer);
        HiddenModel.Write(writer, Model.Values);
        return writer.ToArray();
    }

    /// <summary>Reads what this party kept.</summary>
    public static HiddenPosition Read(ReadOnlySpan<byte> bytes, PaillierPublicKey key, Blocks<Matrix> like, Roster roster, PartyId self, StepTag step)
    {
        var reader = new WireReader(bytes, self, step);
        var (round, ownerSteps) = (reader.ReadInt32(0, int.MaxValue), reader.ReadInt32(0, int.MaxValue));
        var growth = new Growth(reader.ReadInt32(0, int.MaxValue), reader.ReadInt32(0, int.MaxValue));
        var known = BlocksCodec.Read(ref reader);
        var knownOf = ParticipantSet.Read(ref reader, roster);
        var model = HiddenModel.Read(ref reader, key, like);
        reader.End();
        return new HiddenPosition(round, ownerSteps, growth, known, knownOf, model);
    }
}

/// <summary>How much longer a round makes a model.</summary>
/// <param name="Bits">Its integers.</param>
/// <param name="UnitBits">By how many bits a unit becomes finer.</param>
internal sealed record Growth(int Bits, int UnitBits)
{
    public static Growth Between(EncryptedMatrix before, EncryptedMatrix after) =>
        new(Math.Max(0, after.Bits - before.Bits), Math.Max(0, before.Unit.Exponent - after.Unit.Exponent));

    /// <summary>Whether one more round and the rescaling after it have room.</summary>
    public bool Fits(EncryptedMatrix model)
    {
        var room = EncryptedMatrix.RoomOf(model.Hidden!.Key);
        return model.Bits + Bits <= room && Rescaling.BlindedBitsOf(model.Unit / Unit.PowerOfTwo(UnitBits)) <= room;
    }
}
