using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>The coordinator's last message to a model's owner.</summary>
internal static class FinalModel
{
    /// <summary>Its first byte; a request to rescale has another.</summary>
    private const byte Kind = RescaleRequest.Kind + 1;

    public static bool Is(ReadOnlySpan<byte> message) => !message.IsEmpty && message[0] == Kind;

    public static byte[] ToBytes(Blocks<EncryptedMatrix> model)
    {
        var writer = new WireWriter();
        writer.WriteByte(Kind);
        HiddenModel.Write(writer, model.Values);
        return writer.ToArray();
    }

    /// <summary>Reads and checks.</summary>
    public static Blocks<EncryptedMatrix> Read(ReadOnlySpan<byte> message, PaillierPublicKey key, Blocks<Matrix> like, PartyId sender, StepTag step)
    {
        var reader = new WireReader(message, sender, step);
        reader.ReadByte();
        var model = HiddenModel.Read(ref reader, key, like);
        reader.End();
        return model;
    }
}
