using System.Security.Cryptography;
using Coterie.Core.Wire;

namespace Coterie.Federation.Models.Encrypted;

/// <summary>What the owner of rows sends: masked scores under the model owner's key.</summary>
/// <param name="ModelHash">The encrypted model it is about.</param>
/// <param name="Rows">How many rows it asks for.</param>
/// <param name="Ciphertexts">Their bytes.</param>
/// <param name="Hash">SHA-256 of the content: its name.</param>
internal sealed record QuestionFile(byte[] ModelHash, int Rows, byte[] Ciphertexts, byte[] Hash)
{
    public const string Kind = "question";

    public static (byte[] Bytes, byte[] Hash) Build(byte[] modelHash, int rows, byte[] ciphertexts) => ExchangeFile.Build(Kind, writer =>
    {
        writer.WriteBytes(modelHash);
        writer.WriteInt32(rows);
        writer.WriteBytes(ciphertexts);
    });

    /// <exception cref="ModelFileException">The file is none, or damaged.</exception>
    public static QuestionFile Read(string path) => ExchangeFile.Read(path, Kind, isSecret: false, static (ref WireReader reader, byte[] hash) => new QuestionFile(
        reader.ReadExactBytes(SHA256.HashSizeInBytes).ToArray(), reader.ReadInt32(1, int.MaxValue), reader.ReadBytes(ExchangeFile.MaximumBytes).ToArray(), hash));
}
