using System.Security.Cryptography;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.Inference;
using Coterie.Tests.Cryptography.Paillier;

namespace Coterie.Tests.Privacy.Inference;

/// <summary>Both owners of one model and some rows, in units of 1.</summary>
internal sealed class InferenceBench
{
    private readonly byte[] _noiseKey = CryptographicRandom.Instance.Bytes(ModelOwnerStep.NoiseKeyBytes);

    public InferenceBench(Matrix weights, PaillierSecretKey? key = null)
    {
        Key = key ?? TestKeys.Small;
        Layout = ScoreLayout.For(Key.PublicKey, weights.Columns - 1, weights.Rows);
        WeightIntegers = InferenceNumbers.EncodeWeights(weights, new int[weights.Columns], 0);
        Weights = EncryptedWeights.FromBytes(
            Key.PublicKey, Layout, EncryptedWeights.Encrypt(Key, Layout, WeightIntegers, CryptographicRandom.Instance).ToBytes());
    }

    public PaillierSecretKey Key { get; }

    public ScoreLayout Layout { get; }

    public long[] WeightIntegers { get; }

    public EncryptedWeights Weights { get; }

    public byte[] MaskKey { get; set; } = CryptographicRandom.Instance.Bytes(RowsOwnerStep.MaskKeyBytes);

    /// <summary>A question's bytes.</summary>
    public byte[] Ask(Matrix rows) => RowsOwnerStep.Ask(
        Weights, InferenceNumbers.EncodeFeatures(rows, new int[rows.Columns + 1]), rows.Rows, MaskKey, CryptographicRandom.Instance, new PaillierOptions(Threads: 2));

    /// <summary>What the model's owner sees when it decrypts.</summary>
    public Plaintexts Seen(byte[] question) => Key.Decrypt(Key.PublicKey.FromBytes(question, question.Length / Key.PublicKey.CiphertextBytes));

    public (Plaintexts Answers, AnswerKey Secret) Answer(byte[] question, int rows) => ModelOwnerStep.Answer(Key, Layout, rows, question, SHA256.HashData(question), _noiseKey);

    public Matrix Read(Plaintexts answers, int rows) => RowsOwnerStep.Read(Key.PublicKey, Layout, rows, answers, MaskKey);
}
