using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>What an owner is asked to shorten, and a participant to check.</summary>
/// <param name="Turn">How often the owner has been turned to before.</param>
/// <param name="Shift">Lowest bits to drop.</param>
/// <param name="ValueBits">Bits of the integers that were blinded.</param>
/// <param name="Masked">The blinded integers, encrypted.</param>
internal sealed record RescaleRequest(int Turn, int Shift, int ValueBits, byte[] Masked)
{
    /// <summary>Bytes of such a message.</summary>
    public static int BytesOf(int ciphertextBytes) => 1 + (4 * sizeof(int)) + ciphertextBytes;

    /// <summary>The first byte of a message that is one; the owner's last message brings the model instead.</summary>
    public const byte Kind = 0;

    public byte[] ToBytes()
    {
        var writer = new WireWriter();
        writer.WriteByte(Kind);
        writer.WriteInt32(Turn);
        writer.WriteInt32(Shift);
        writer.WriteInt32(ValueBits);
        writer.WriteBytes(Masked);
        return writer.ToArray();
    }

    /// <summary>Reads and checks.</summary>
    public static RescaleRequest Read(ReadOnlySpan<byte> bytes, PartyId sender, StepTag step)
    {
        var reader = new WireReader(bytes, sender, step);
        if (reader.ReadByte() != Kind) throw reader.Malformed("no model to rescale");
        var turn = reader.ReadInt32(0, int.MaxValue);
        var (shift, valueBits) = (reader.ReadInt32(0, 1 << 20), reader.ReadInt32(1, 1 << 20));
        var request = new RescaleRequest(turn, shift, valueBits, reader.ReadBytes(reader.Remaining).ToArray());
        reader.End();
        return request;
    }
}
