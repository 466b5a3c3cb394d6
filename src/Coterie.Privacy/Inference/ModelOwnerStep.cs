using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.Inference;

/// <summary>
/// What the owner of the model does: 2. it decrypts a question, which is uniform to it, covers the lowest bits of each score with noise, and sends
/// the masked numbers back.
/// </summary>
/// <remarks>
/// A product has the digits of both factors, so that fewer exact scores than there are weights determine the integers that weights are: of 2^32 b + x w
/// the lowest 32 bits give w modulo 2^32 for odd x, from one row where two should be needed. Noise leaves a score no more digits than a weight has, without moving what is printed. It is a function of a secret and the question, so that asking
/// the same question again gives the same answer, and no second draw to average with.
/// </remarks>
public static class ModelOwnerStep
{
    /// <summary>Bytes of the secret that noise is made from.</summary>
    public const int NoiseKeyBytes = 32;

    private static ReadOnlySpan<byte> Label => "coterie inference noise v1"u8;

    /// <summary>Step 2: masked scores with noise, and the secret that authenticates the answer.</summary>
    /// <param name="key">The model owner's key.</param>
    /// <param name="layout">The model's layout.</param>
    /// <param name="rows">n, as the question says.</param>
    /// <param name="question">The question's ciphertexts.</param>
    /// <param name="questionHash">The hash of the whole question.</param>
    /// <param name="noiseKey">The owner's secret for noise, the same for all questions about a model.</param>
    /// <param name="options">How.</param>
    /// <exception cref="CryptographicException">Bytes of another number than so many rows take, or what is no ciphertext under the key.</exception>
    public static (Plaintexts Answers, AnswerKey Secret) Answer(
        PaillierSecretKey key, ScoreLayout layout, int rows, ReadOnlySpan<byte> question, ReadOnlySpan<byte> questionHash, ReadOnlySpan<byte> noiseKey, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(layout);
        if (noiseKey.Length != NoiseKeyBytes) throw new ArgumentException($"{noiseKey.Length} bytes; {NoiseKeyBytes} expected.", nameof(noiseKey));
        var (open, count) = (key.PublicKey, layout.CiphertextsFor(rows));
        if (question.Length != count * open.CiphertextBytes)
            throw new CryptographicException($"A question about {rows} rows has {count} ciphertexts of {open.CiphertextBytes} bytes; {question.Length} bytes are there.");
        var plaintexts = key.Decrypt(open.FromBytes(question, (int)count), options);
        var secret = new AnswerKey(open, plaintexts[0]);
        var answers = new Plaintexts(plaintexts.Count - 1, open.Words);
        plaintexts.Words[open.Words..].CopyTo(answers.Words);
        plaintexts.Words.Clear();
        var (slots, packed) = (Math.Min(layout.Slots, rows), layout.PlaintextsPerOutput(rows));
        for (var i = 0; i < answers.Count; i++)
            Blur(open, answers[i], Math.Min(slots, rows - (i % packed * slots)), i, questionHash, noiseKey);
        return (answers, secret);
    }

    /// <summary>Adds a number below 2^<see cref="ScoreLayout.BlurredBits"/> to each slot, modulo n.</summary>
    private static void Blur(PaillierPublicKey key, Span<ulong> masked, int slots, int index, ReadOnlySpan<byte> questionHash, ReadOnlySpan<byte> noiseKey)
    {
        const int Bytes = ScoreLayout.BlurredBits / 8;
        var info = new byte[Label.Length + questionHash.Length + sizeof(int)];
        Label.CopyTo(info);
        questionHash.CopyTo(info.AsSpan(Label.Length));
        BinaryPrimitives.WriteInt32LittleEndian(info.AsSpan(Label.Length + questionHash.Length), index);
        Span<byte> noise = stackalloc byte[slots * Bytes];
        HKDF.Expand(HashAlgorithmName.SHA256, noiseKey, noise, info);
        var sum = new BigInteger(System.Runtime.InteropServices.MemoryMarshal.AsBytes(masked), isUnsigned: true);
        for (var slot = 0; slot < slots; slot++)
            sum += new BigInteger(noise.Slice(slot * Bytes, Bytes), isUnsigned: true) << (slot * ScoreLayout.SlotBits);
        var n = new BigInteger(System.Runtime.InteropServices.MemoryMarshal.AsBytes(key.Modulus), isUnsigned: true);
        if (sum >= n) sum -= n;
        masked.Clear();
        _ = sum.TryWriteBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(masked), out _, isUnsigned: true);
    }
}
