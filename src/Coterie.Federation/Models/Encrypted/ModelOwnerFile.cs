using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Wire;
using Coterie.Federation.Identity;
using Coterie.Privacy.Inference;

namespace Coterie.Federation.Models.Encrypted;

/// <summary>What the owner of a model keeps: the key, the secret for noise, and which questions it has answered.</summary>
/// <param name="ModelHash">The encrypted model.</param>
/// <param name="Features">Of the learner.</param>
/// <param name="Outputs">Scores of a row.</param>
/// <param name="MostRows">How many rows may be answered in all.</param>
/// <param name="SecretKey">As exported.</param>
/// <param name="NoiseKey">32 bytes.</param>
/// <param name="Answered">Hashes of questions, with their rows.</param>
internal sealed record ModelOwnerFile(
    byte[] ModelHash, int Features, int Outputs, int MostRows, byte[] SecretKey, byte[] NoiseKey, ImmutableArray<(byte[] Question, int Rows)> Answered) : IDisposable
{
    public const string Kind = "model-owner";

    private const int MostAnswered = 1 << 20;   // the file is read and written whole for each

    /// <summary>Rows answered so far.</summary>
    public long Rows => Answered.Sum(a => (long)a.Rows);

    public bool HasAnswered(byte[] question) => Answered.Any(a => a.Question.AsSpan().SequenceEqual(question));

    /// <summary>The file with one more question.</summary>
    /// <exception cref="ModelFileException">It would be too many rows.</exception>
    public ModelOwnerFile With(string path, byte[] question, int rows)
    {
        if (Rows + rows > MostRows)
            throw new ModelFileException(path, "", $"the question asks for {rows} rows, and of the {MostRows} that may be answered about this model {MostRows - Rows} are left; "
                + $"rows answered by the rules determine it from {Features + 1} on, so publish it again with a higher --answers only for somebody who may know it");
        return Answered.Length < MostAnswered ? this with { Answered = Answered.Add((question, rows)) } : throw new ModelFileException(path, "", $"{MostAnswered} questions have been answered; publish the model again");
    }

    /// <summary>Hands over the file's bytes, which are zeroed afterwards.</summary>
    public void Save(Action<byte[]> write)
    {
        var bytes = ToBytes();
        try
        {
            write(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private byte[] ToBytes() => ExchangeFile.Build(Kind, writer =>
    {
        writer.WriteBytes(ModelHash);
        writer.WriteInt32(Features);
        writer.WriteInt32(Outputs);
        writer.WriteInt32(MostRows);
        writer.WriteBytes(SecretKey);
        writer.WriteBytes(NoiseKey);
        writer.WriteInt32(Answered.Length);
        foreach (var (question, rows) in Answered)
        {
            writer.WriteBytes(question);
            writer.WriteInt32(rows);
        }
    }).Bytes;

    /// <exception cref="ModelFileException">The file is none, or damaged.</exception>
    /// <exception cref="IdentityException">Others can read it.</exception>
    public static ModelOwnerFile Read(string path) => ExchangeFile.Read(path, Kind, isSecret: true, static (ref WireReader reader, byte[] _) =>
    {
        const int Hash = SHA256.HashSizeInBytes;
        var file = new ModelOwnerFile(
            reader.ReadExactBytes(Hash).ToArray(), reader.ReadInt32(1, int.MaxValue - 1), reader.ReadInt32(1, int.MaxValue), reader.ReadInt32(1, int.MaxValue),
            reader.ReadBytes(1 << 16).ToArray(), reader.ReadExactBytes(ModelOwnerStep.NoiseKeyBytes).ToArray(), []);
        var answered = ImmutableArray.CreateBuilder<(byte[], int)>();
        for (var left = reader.ReadInt32(0, MostAnswered); left > 0; left--) answered.Add((reader.ReadExactBytes(Hash).ToArray(), reader.ReadInt32(1, int.MaxValue)));
        return file with { Answered = answered.ToImmutable() };
    });

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(SecretKey);
        CryptographicOperations.ZeroMemory(NoiseKey);
    }
}
