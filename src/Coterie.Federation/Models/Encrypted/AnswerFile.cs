using System.Security.Cryptography;
using Coterie.Core.Wire;
using Coterie.Privacy.Inference;

namespace Coterie.Federation.Models.Encrypted;

/// <summary>What the owner of the model sends back: masked scores in clear, with a tag that only the two owners can make.</summary>
/// <param name="ModelHash">The encrypted model.</param>
/// <param name="QuestionHash">The question it answers.</param>
/// <param name="Values">Numbers below n, as bytes.</param>
/// <param name="Tag">Over all of it, under the question's <see cref="AnswerKey"/>.</param>
internal sealed record AnswerFile(byte[] ModelHash, byte[] QuestionHash, byte[] Values, byte[] Tag)
{
    public const string Kind = "answer";

    /// <summary>What the tag is over.</summary>
    public byte[] Tagged => [.. ModelHash, .. QuestionHash, .. Values];

    public byte[] ToBytes() => ExchangeFile.Build(Kind, writer =>
    {
        writer.WriteBytes(ModelHash);
        writer.WriteBytes(QuestionHash);
        writer.WriteBytes(Values);
        writer.WriteBytes(Tag);
    }).Bytes;

    /// <exception cref="ModelFileException">The file is none, or damaged.</exception>
    public static AnswerFile Read(string path) => ExchangeFile.Read(path, Kind, isSecret: false, static (ref WireReader reader, byte[] _) => new AnswerFile(
        reader.ReadExactBytes(SHA256.HashSizeInBytes).ToArray(), reader.ReadExactBytes(SHA256.HashSizeInBytes).ToArray(), reader.ReadBytes(ExchangeFile.MaximumBytes).ToArray(),
        reader.ReadExactBytes(AnswerKey.TagBytes).ToArray()));
}
