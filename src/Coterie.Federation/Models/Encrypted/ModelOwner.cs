using System.Security.Cryptography;
using System.Text.Json;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.Identity;
using Coterie.Federation.Training;
using Coterie.Privacy.Inference;

namespace Coterie.Federation.Models.Encrypted;

/// <summary>The steps of who owns a model: it publishes the model encrypted, and answers questions that it cannot read.</summary>
public static class ModelOwner
{
    /// <summary>
    /// Encrypts a model under a key of its own. Writes two files, neither of which may be there: the private one first, so that nothing is public whose key is lost.
    /// </summary>
    /// <param name="modelPath">The model.json of a finished run.</param>
    /// <param name="encryptedPath">Where the encrypted model goes: for everybody who may ask.</param>
    /// <param name="ownerPath">Where key and ledger go (0600): they stay.</param>
    /// <param name="keyBits">2048 or 3072.</param>
    /// <param name="mostRows">How many rows will be answered in all; null for as many as there are features, so that rows answered by the rules leave the model open.</param>
    /// <param name="options">How.</param>
    /// <returns>The encrypted model, as everybody reads it, and how many rows will be answered.</returns>
    /// <exception cref="ModelFileException">No model, a learner that is not linear, weights out of range, or a file is in the way.</exception>
    public static (EncryptedModel Model, int MostRows) Publish(string modelPath, string encryptedPath, string ownerPath, int keyBits, int? mostRows, PaillierOptions? options = null)
    {
        RefuseExisting(encryptedPath, ownerPath);
        using var key = Encodable(modelPath, () => PaillierSecretKey.Generate(keyBits));
        return Publish(modelPath, encryptedPath, ownerPath, key, static bytes => PaillierPublicKey.Import(bytes), mostRows, options);
    }

    /// <summary>
    /// Answers a question. What it counts is on the disk before the answer is given; the same question again has the same answer and counts once.
    /// </summary>
    /// <param name="questionPath">The question.</param>
    /// <param name="ownerPath">The private file.</param>
    /// <param name="answerPath">Where the answer goes; an older one is replaced.</param>
    /// <param name="options">How.</param>
    /// <returns>Rows answered now, answered in all, and that may be answered.</returns>
    /// <exception cref="ModelFileException">The question is damaged, about another model, no question under this key, or one too many.</exception>
    /// <exception cref="IOException">Another process is answering from the same file.</exception>
    public static (int Rows, long Answered, int MostRows) Answer(string questionPath, string ownerPath, string answerPath, PaillierOptions? options = null) =>
        Answer(questionPath, ownerPath, answerPath, static bytes => PaillierSecretKey.ImportPrivateKey(bytes), options);

    internal static (EncryptedModel Model, int MostRows) Publish(
        string modelPath, string encryptedPath, string ownerPath, PaillierSecretKey key, Func<byte[], PaillierPublicKey> import, int? mostRows, PaillierOptions? options)
    {
        RefuseExisting(encryptedPath, ownerPath);
        var (model, encoded) = Encode(modelPath);
        if (mostRows < 1) throw new ModelFileException(modelPath, "", $"answers for {mostRows} rows: 1 or more are expected");
        var layout = ScoreLayout.For(key.PublicKey, model.Input.FeatureCount, LinearScale.OutputsOf(model.Learner, model.Input));
        var weights = EncryptedWeights.Encrypt(key, layout, encoded, CryptographicRandom.Instance, options);
        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(encoded.AsSpan()));
        var bytes = Write(modelPath, key.PublicKey, weights);
        using var owner = new ModelOwnerFile(
            SHA256.HashData(bytes), layout.Features, layout.Outputs, mostRows ?? layout.Features, key.ExportPrivateKey(), CryptographicRandom.Instance.Bytes(ModelOwnerStep.NoiseKeyBytes), []);
        owner.Save(bytes => PrivateFiles.Fill(ownerPath, bytes));
        using (var file = new FileStream(encryptedPath, FileMode.CreateNew, FileAccess.Write)) file.Write(bytes);
        return (EncryptedModel.Read(encryptedPath, import), owner.MostRows);
    }

    internal static (int Rows, long Answered, int MostRows) Answer(string questionPath, string ownerPath, string answerPath, Func<byte[], PaillierSecretKey> import, PaillierOptions? options)
    {
        var question = QuestionFile.Read(questionPath);
        if (!File.Exists(ownerPath)) throw new ModelFileException(ownerPath, "", $"there is no such file; {ExchangeFile.Wanted(ModelOwnerFile.Kind)}");
        using var alone = Lock(ownerPath);
        using var owner = ModelOwnerFile.Read(ownerPath);
        if (!question.ModelHash.AsSpan().SequenceEqual(owner.ModelHash)) throw new ModelFileException(questionPath, "", $"asks about another model than the one that {ownerPath} is of");
        var counted = owner.HasAnswered(question.Hash) ? owner : owner.With(questionPath, question.Hash, question.Rows);
        try
        {
            using var key = import(owner.SecretKey);
            var layout = ScoreLayout.For(key.PublicKey, owner.Features, owner.Outputs);
            var (answers, secret) = ModelOwnerStep.Answer(key, layout, question.Rows, question.Ciphertexts, question.Hash, owner.NoiseKey, options);
            using (secret)
            {
                var answer = new AnswerFile(owner.ModelHash, question.Hash, System.Runtime.InteropServices.MemoryMarshal.AsBytes(answers.Words).ToArray(), []);
                var bytes = (answer with { Tag = secret.Tag(answer.Tagged) }).ToBytes();
                if (!ReferenceEquals(counted, owner)) counted.Save(b => PrivateFiles.Write(ownerPath, b));
                File.WriteAllBytes(answerPath, bytes);
            }
            return (question.Rows, counted.Rows, counted.MostRows);
        }
        catch (CryptographicException refused)
        {
            throw new ModelFileException(questionPath, "", refused.Message, refused);
        }
    }

    private static void RefuseExisting(string encryptedPath, string ownerPath)
    {
        ExchangeFile.RefuseExisting(ownerPath, "it may hold the key of another model and what was answered about it; choose another name");
        ExchangeFile.RefuseExisting(encryptedPath, "questions may be on their way about it; choose another name");
    }

    /// <summary>Refuses what cannot be encrypted before a key is made, which takes seconds.</summary>
    private static PaillierSecretKey Encodable(string modelPath, Func<PaillierSecretKey> generate)
    {
        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(Encode(modelPath).Encoded.AsSpan()));
        return generate();
    }

    private static (TrainedModel Model, long[] Encoded) Encode(string modelPath)
    {
        var model = ModelFileReader.Read(modelPath);
        if (LinearScale.Learner(model.Learner.Name) is null) throw new ModelFileException(modelPath, "learner", $"'{model.Learner.Name}' {LinearScale.NotLinear}");
        var scale = LinearScale.Of(model.Input);
        try
        {
            return (model, InferenceNumbers.EncodeWeights(LinearScale.WeightsOf(model), scale.Columns.AsSpan(), scale.Score));
        }
        catch (ValueOutOfRangeException outside)
        {
            var column = outside.Index % (model.Input.FeatureCount + 1);
            var name = column < model.Input.FeatureCount ? model.Input.Features[column].Name : "the intercept";
            throw new ModelFileException(modelPath, "coefficients", $"in units of the columns' and the target's ranges the weights add up to {outside.Bound:R} or more, at '{name}'; "
                + "below that they can be encrypted with six digits: train with a penalty, or without columns that say the same", outside);
        }
    }

    /// <summary>Schema and preprocessing are copied from the model's file; hyper-parameters and its card are not.</summary>
    private static byte[] Write(string modelPath, PaillierPublicKey key, EncryptedWeights weights)
    {
        using var stream = File.OpenRead(modelPath);
        using var document = JsonDocument.Parse(stream);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("format", EncryptedModel.Format);
            json.WriteStartObject("learner");
            json.WriteString("name", document.RootElement.GetProperty("learner").GetProperty("name").GetString());
            json.WriteEndObject();
            foreach (var copied in new[] { "schema", "preprocessing" })
            {
                json.WritePropertyName(copied);
                document.RootElement.GetProperty(copied).WriteTo(json);
            }
            json.WriteBase64String("key", key.Export());
            json.WriteBase64String("weights", weights.ToBytes());
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <summary>One answer at a time, so that two do not count as one.</summary>
    private static FileStream Lock(string ownerPath)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return new FileStream(ownerPath + ".lock", options);
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new IOException($"{ownerPath}: another process is answering from it; try again when it has finished.", error);
        }
    }
}
