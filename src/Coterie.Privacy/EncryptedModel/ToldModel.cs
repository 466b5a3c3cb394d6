using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>What a message to the participants is about.</summary>
internal enum Telling
{
    /// <summary>A model to contribute at.</summary>
    Model,

    /// <summary>Likewise, and before it a masked sum of what does not depend on the model.</summary>
    ModelAfterKnownSum,

    /// <summary>The model is being brought to a shorter form, which one participant checks; nothing to contribute yet.</summary>
    Rescaling,

    /// <summary>There is no further round.</summary>
    End,
}

/// <summary>What the coordinator tells participants in a round.</summary>
/// <param name="Round">The round, 0-based.</param>
/// <param name="Telling">What about.</param>
/// <param name="Model">Where there is one to contribute at.</param>
internal sealed record ToldModel(int Round, Telling Telling, Blocks<EncryptedMatrix>? Model = null)
{
    /// <summary>Most bytes of such a message.</summary>
    public static int BytesOf(PaillierPublicKey key, Blocks<Matrix> like) =>
        sizeof(int) + 1 + HiddenModel.BytesOf(key, like.Count, like.Values.Sum(v => v.Values.Length));

    public byte[] ToBytes()
    {
        var writer = new WireWriter();
        writer.WriteInt32(Round);
        writer.WriteByte((byte)Telling);
        if (Model is not null) HiddenModel.Write(writer, Model.Values);
        return writer.ToArray();
    }

    /// <summary>Reads and checks.</summary>
    /// <exception cref="ProtocolException">Another round, another shape, or what is no ciphertext.</exception>
    public static ToldModel Read(ReadOnlySpan<byte> bytes, int round, PaillierPublicKey key, Blocks<Matrix> like, PartyId sender, StepTag step)
    {
        var reader = new WireReader(bytes, sender, step);
        reader.ReadInt32(round, round);
        var telling = (Telling)reader.ReadByte();
        if (telling > Telling.End) throw reader.Malformed("neither a model nor anything else that is told");
        var model = telling <= Telling.ModelAfterKnownSum ? HiddenModel.Read(ref reader, key, like) : null;
        reader.End();
        return new ToldModel(round, telling, model);
    }
}
