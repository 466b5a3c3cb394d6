using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>What every party knows of an encrypted model, those without its ciphertexts too.</summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">Number of columns.</param>
/// <param name="Unit">What a step of an encrypted integer stands for.</param>
/// <param name="Bits">Encrypted integers are below 2^bits in size.</param>
/// <param name="Digest">SHA-256 over the ciphertexts and all of the above.</param>
internal sealed record ModelReference(int Rows, int Columns, Unit Unit, int Bits, ImmutableArray<byte> Digest)
{
    /// <summary>Of a model that this party has.</summary>
    /// <exception cref="ArgumentException">It is not encrypted.</exception>
    public static ModelReference Of(EncryptedMatrix model)
    {
        var hidden = model.Hidden ?? throw new ArgumentException("The model is not encrypted.", nameof(model));
        var writer = new WireWriter();
        writer.WriteText("coterie encrypted model v1");
        writer.WriteBytes(hidden.Key.KeyId.AsSpan());
        Write(writer, model.Rows, model.Columns, model.Unit, model.Bits);
        writer.WriteBytes(hidden.Key.ToBytes(hidden));
        return new ModelReference(model.Rows, model.Columns, model.Unit, model.Bits, [.. SHA256.HashData(writer.WrittenMemory.Span)]);
    }

    public void Write(WireWriter writer)
    {
        Write(writer, Rows, Columns, Unit, Bits);
        writer.WriteBytes(Digest.AsSpan());
    }

    /// <summary>The model's ciphertexts where this party has them, and encryptions of zero of the same shape where it has not: sizes follow from either.</summary>
    /// <exception cref="ArgumentException">Ciphertexts of another model, or under another key.</exception>
    public EncryptedMatrix OrZeros(EncryptedMatrix? model, PaillierPublicKey key)
    {
        if (model is null) return EncryptedMatrix.Of(key.Trivial(new Plaintexts(Rows * Columns, key.Words)), Rows, Columns, Unit, Bits);
        if (model.Hidden is { } hidden && !hidden.Key.KeyId.SequenceEqual(key.KeyId)) throw new ArgumentException("The model is encrypted under another key than the model owner's.", nameof(model));
        return Of(model).Digest.AsSpan().SequenceEqual(Digest.AsSpan()) ? model : throw new ArgumentException("The ciphertexts are not those of the model that was agreed on.", nameof(model));
    }

    private static void Write(WireWriter writer, int rows, int columns, Unit unit, int bits)
    {
        writer.WriteInt32(rows);
        writer.WriteInt32(columns);
        writer.WriteDouble(unit.Mantissa);
        writer.WriteInt32(unit.Exponent);
        writer.WriteInt32(bits);
    }
}
