using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.Identity;
using Coterie.Federation.Training;
using Coterie.Privacy.Inference;

namespace Coterie.Federation.Models.Encrypted;

/// <summary>
/// A linear model whose weights are encrypted under its owner's key; schema, preprocessing and kind of learner are in clear, for who asks prepares rows
/// alone. As JSON, so that people see what is in clear.
/// </summary>
public sealed class EncryptedModel
{
    /// <summary>The format's name and version.</summary>
    public const string Format = "coterie-encrypted-model/1";

    internal const string Kind = "encrypted-model";

    private const int MaximumBytes = 1 << 28;

    private EncryptedModel(TrainedModel prepared, EncryptedWeights weights, byte[] hash)
    {
        (Prepared, Weights, Hash) = (prepared, weights, [.. hash]);
        var (schema, layout) = (prepared.Input, weights.Layout);
        Scores = prepared with
        {
            Input = schema with { Features = [.. Enumerable.Range(0, layout.Outputs).Select(k => new Column($"score {k}"))] },
            Parameters = Blocks<Matrix>.Of(("coefficients", Matrix.Identity(layout.Outputs)), ("intercept", Matrix.Zero(layout.Outputs, 1))),
        };
    }

    /// <summary>SHA-256 of the file: what both owners compare.</summary>
    public ImmutableArray<byte> Hash { get; }

    /// <summary>
    /// The model with scores for features and the identity for weights: it reads rows by the schema they come in, turns scores into predictions and names
    /// classes, with the code of every other model.
    /// </summary>
    public TrainedModel Scores { get; }

    /// <summary>The weights, encrypted.</summary>
    public EncryptedWeights Weights { get; }

    /// <summary>Its preprocessing and what the learner takes; no weights.</summary>
    private TrainedModel Prepared { get; }

    /// <summary>Reads a file that somebody else made, and checks everything: the key's proof, sizes, ciphertexts.</summary>
    /// <exception cref="ModelFileException">It is absent, of another version, or cannot be used; the message says where.</exception>
    public static EncryptedModel Read(string path) => Read(path, static bytes => PaillierPublicKey.Import(bytes));

    /// <summary>As <see cref="Read(string)"/>, for keys that only tests take.</summary>
    internal static EncryptedModel Read(string path, Func<byte[], PaillierPublicKey> import)
    {
        if (!File.Exists(path)) throw new ModelFileException(path, "", $"there is no such file; {ExchangeFile.Wanted(Kind)}");
        var bytes = PrivateFiles.Read(path, MaximumBytes);
        var reader = new ModelFileFields(path);
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 16 });
            return Read(reader, document.RootElement, SHA256.HashData(bytes), import);
        }
        catch (JsonException error)
        {
            throw reader.Error("", $"no encrypted model: {ExchangeFile.Wanted(Kind)} ({error.Message})", error);
        }
    }

    /// <summary>Encodes rows as they come, after preprocessing them.</summary>
    /// <exception cref="ShardException">A cell is missing, or too far outside of its column's range; row and column are named.</exception>
    internal long[] Encode(Shard raw)
    {
        var prepared = Prepared.Prepare(raw);
        LearnerInput.Require(Prepared.Learner, Prepared.Input, prepared);
        try
        {
            return InferenceNumbers.EncodeFeatures(prepared.Features, LinearScale.Of(Prepared.Input).Columns.AsSpan());
        }
        catch (ValueOutOfRangeException outside)
        {
            var column = Prepared.Input.Features[outside.Index % prepared.Features.Columns];
            var row = outside.Index / prepared.Features.Columns;
            throw new ShardException(
                $"Column '{column.Name}', row {row}: {outside.Value:R} after preprocessing is outside of [-{outside.Bound:R}, {outside.Bound:R}], "
                + $"{1 << ScoreLayout.FeatureRangeBits} times the range of the training rows, within which features are encrypted; correct the cell or leave the row out.", column.Name, row);
        }
    }

    /// <summary>Predictions from scores in units of the target's range.</summary>
    internal Matrix Predict(Matrix scores)
    {
        var unit = LinearScale.Of(Prepared.Input).Score;
        return Scores.PredictPrepared(new Shard(Matrix.Create(scores.Rows, scores.Columns, values =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = Math.ScaleB(scores.Values[i], unit);
        })));
    }

    private static EncryptedModel Read(ModelFileFields reader, JsonElement root, byte[] hash, Func<byte[], PaillierPublicKey> import)
    {
        if (root.ValueKind != JsonValueKind.Object || reader.Text(root, "format") != Format)
            throw reader.Error("format", $"'{Format}' expected: {ExchangeFile.Wanted(Kind)}");
        var name = reader.Text(reader.Member(root, "learner"), "name");
        var learner = LinearScale.Learner(name) ?? throw reader.Error("learner", $"'{name}' {LinearScale.NotLinear}");
        var (raw, preprocessing, input) = ModelFileReader.ReadInput(reader, root, learner);
        reader.Checked("schema", () => learner.Task == LearningTask.Regression || input.ClassCount >= 2 ? true : throw new ArgumentException("a target with two classes or more expected"));
        try
        {
            var key = import(Base64(reader, root, "key"));
            var layout = reader.Checked("schema", () => ScoreLayout.For(key, input.FeatureCount, LinearScale.OutputsOf(learner, input)));
            var weights = EncryptedWeights.FromBytes(key, layout, Base64(reader, root, "weights"));
            return new EncryptedModel(new TrainedModel(raw, preprocessing, learner, input, Blocks<Matrix>.Empty), weights, hash);
        }
        catch (CryptographicException refused)
        {
            throw reader.Error("", refused.Message, refused);
        }
    }

    private static byte[] Base64(ModelFileFields reader, JsonElement root, string name) =>
        reader.Member(root, name) is { ValueKind: JsonValueKind.String } text && text.TryGetBytesFromBase64(out var bytes) ? bytes : throw reader.Error(name, "bytes in base64 expected");
}
