using System.Security.Cryptography;
using Coterie.Core.Wire;
using Coterie.Privacy.Inference;

namespace Coterie.Federation.Models.Encrypted;

/// <summary>What the owner of rows keeps until the answer comes: with it and the answer, scores are there to read.</summary>
/// <param name="ModelHash">The encrypted model.</param>
/// <param name="QuestionHash">The one question whose masks these are.</param>
/// <param name="Rows">How many rows it asks for.</param>
/// <param name="MaskKey">32 bytes.</param>
internal sealed record MasksFile(byte[] ModelHash, byte[] QuestionHash, int Rows, byte[] MaskKey)
{
    public const string Kind = "masks";

    public byte[] ToBytes() => ExchangeFile.Build(Kind, writer =>
    {
        writer.WriteBytes(ModelHash);
        writer.WriteBytes(QuestionHash);
        writer.WriteInt32(Rows);
        writer.WriteBytes(MaskKey);
    }).Bytes;

    /// <exception cref="ModelFileException">The file is none, or damaged.</exception>
    public static MasksFile Read(string path) => ExchangeFile.Read(path, Kind, isSecret: true, static (ref WireReader reader, byte[] _) => new MasksFile(
        reader.ReadExactBytes(SHA256.HashSizeInBytes).ToArray(), reader.ReadExactBytes(SHA256.HashSizeInBytes).ToArray(), reader.ReadInt32(1, int.MaxValue),
        reader.ReadExactBytes(RowsOwnerStep.MaskKeyBytes).ToArray()));
}
