using System.Buffers.Binary;
using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.Identity;
using Coterie.Privacy.Inference;

namespace Coterie.Federation.Models.Encrypted;

/// <summary>The steps of who owns rows: it asks about them under the model owner's key, and reads the answer.</summary>
public static class RowsOwner
{
    /// <summary>Writes a question about rows, with masks of its own, which are on the disk before the question is. Neither file may be there: masks serve one question.</summary>
    /// <param name="model">The encrypted model.</param>
    /// <param name="rows">Rows as they come; 1 or more.</param>
    /// <param name="questionPath">Where the question goes: for the model's owner.</param>
    /// <param name="masksPath">Where the masks go (0600): they stay.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ShardException">A row cannot be used.</exception>
    /// <exception cref="ModelFileException">A file is in the way, or there are too many rows for one question.</exception>
    public static void Ask(EncryptedModel model, Shard rows, string questionPath, string masksPath, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        ExchangeFile.RefuseExisting(masksPath, "an answer may be on its way that it belongs to; choose another name");
        ExchangeFile.RefuseExisting(questionPath, "choose another name");
        if (rows.Rows == 0) throw new ShardException("There are no rows to ask about.");
        var layout = model.Weights.Layout;
        // The answer's key and the frame take less than a mebibyte.
        if (layout.CiphertextsFor(rows.Rows) * model.Weights.Key.CiphertextBytes > ExchangeFile.MaximumBytes - (1 << 20))
            throw new ModelFileException(questionPath, "", $"a question about {rows.Rows} rows is longer than the {ExchangeFile.MaximumBytes} bytes it can have; ask about fewer at a time");
        var features = model.Encode(rows);
        var maskKey = CryptographicRandom.Instance.Bytes(RowsOwnerStep.MaskKeyBytes);
        var ciphertexts = RowsOwnerStep.Ask(model.Weights, features, rows.Rows, maskKey, CryptographicRandom.Instance, options);
        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(features.AsSpan()));
        var (bytes, hash) = QuestionFile.Build([.. model.Hash], rows.Rows, ciphertexts);
        PrivateFiles.Fill(masksPath, new MasksFile([.. model.Hash], hash, rows.Rows, maskKey).ToBytes());
        CryptographicOperations.ZeroMemory(maskKey);
        using var file = new FileStream(questionPath, FileMode.CreateNew, FileAccess.Write);
        file.Write(bytes);
    }

    /// <summary>Predictions from an answer: n x 1, or n x classes.</summary>
    /// <param name="model">The encrypted model.</param>
    /// <param name="answerPath">The answer.</param>
    /// <param name="masksPath">The question's masks.</param>
    /// <exception cref="ModelFileException">A file is damaged or of another step, or belongs to another model or question; or the answer was altered.</exception>
    public static Matrix Read(EncryptedModel model, string answerPath, string masksPath)
    {
        ArgumentNullException.ThrowIfNull(model);
        var masks = MasksFile.Read(masksPath);
        if (!masks.ModelHash.AsSpan().SequenceEqual(model.Hash.AsSpan())) throw new ModelFileException(masksPath, "", "the masks are of a question about another encrypted model");
        var answer = AnswerFile.Read(answerPath);
        if (!answer.ModelHash.AsSpan().SequenceEqual(masks.ModelHash)) throw new ModelFileException(answerPath, "", "the answer is about another encrypted model");
        if (!answer.QuestionHash.AsSpan().SequenceEqual(masks.QuestionHash)) throw new ModelFileException(answerPath, "", $"answers another question than the one whose masks are in {masksPath}");
        var (key, layout) = (model.Weights.Key, model.Weights.Layout);
        using (var secret = AnswerKey.Of(key, masks.MaskKey))
            if (!secret.IsTagOf(answer.Tagged, answer.Tag)) throw new ModelFileException(answerPath, "", "was not made by the model's owner, or altered after that: its tag does not hold");
        if (answer.Values.Length != layout.AnswersFor(masks.Rows) * key.Words * sizeof(ulong)) throw new ModelFileException(answerPath, "", $"has another length than {masks.Rows} rows take");
        var answers = new Plaintexts(answer.Values.Length / (key.Words * sizeof(ulong)), key.Words);
        for (var i = 0; i < answers.Words.Length; i++) answers.Words[i] = BinaryPrimitives.ReadUInt64LittleEndian(answer.Values.AsSpan(i * sizeof(ulong)));
        try
        {
            return model.Predict(RowsOwnerStep.Read(key, layout, masks.Rows, answers, masks.MaskKey));
        }
        catch (CryptographicException refused)
        {
            throw new ModelFileException(answerPath, "", refused.Message, refused);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(masks.MaskKey);
        }
    }
}
