using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>What the coordinator tells participants before a round: the model, encrypted, or that there is no further round.</summary>
/// <param name="Round">The round, 0-based.</param>
/// <param name="Model">Null at the end.</param>
internal sealed record ToldModel(int Round, Blocks<EncryptedMatrix>? Model)
{
    /// <summary>Bytes of such a message.</summary>
    public static int BytesOf(PaillierPublicKey key, Blocks<Matrix> like) =>
        sizeof(int) + 1 + HiddenModel.BytesOf(key, like.Count, like.Values.Sum(v => v.Values.Length));

    public byte[] ToBytes()
    {
        var writer = new WireWriter();
        writer.WriteInt32(Round);
        writer.WriteByte(Model is null ? (byte)1 : (byte)0);
        if (Model is not null) HiddenModel.Write(writer, Model.Values);
        return writer.ToArray();
    }

    /// <summary>Reads and checks.</summary>
    /// <exception cref="ProtocolException">Another round, another shape, or what is no ciphertext.</exception>
    public static ToldModel Read(ReadOnlySpan<byte> bytes, int round, PaillierPublicKey key, Blocks<Matrix> like, PartyId sender, StepTag step)
    {
        var reader = new WireReader(bytes, sender, step);
        reader.ReadInt32(round, round);
        var isLast = reader.ReadByte() switch { 0 => false, 1 => true, _ => throw reader.Malformed("neither a model nor the end") };
        var model = isLast ? null : HiddenModel.Read(ref reader, key, like);
        reader.End();
        return new ToldModel(round, model);
    }
}
