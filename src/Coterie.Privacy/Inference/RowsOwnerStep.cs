using System.Numerics;
using System.Security.Cryptography;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.Inference;

/// <summary>
/// What the owner of rows does: 1. it computes scores under the model owner's key, masks each plaintext uniformly in Z_n and makes the randomness uniform,
/// so that the question is uniform among all ciphertexts whatever the rows, the key and the encrypted weights are; 3. it takes the masks off the
/// answer. It learns scores. The model's owner learns how many rows there are.
/// </summary>
public static class RowsOwnerStep
{
    /// <summary>Bytes of a key for masks: one for each question.</summary>
    public const int MaskKeyBytes = 32;

    /// <summary>The product's tables are made for so many rows at most, which bounds their size.</summary>
    private const int TableRows = 256;

    /// <summary>Step 1: a question's ciphertexts, as bytes: the answer's key, then output by output the packed scores.</summary>
    /// <param name="weights">The encrypted model.</param>
    /// <param name="features">n x (d + 1), as <see cref="InferenceNumbers.EncodeFeatures"/> gives them.</param>
    /// <param name="rows">n; 1 or more.</param>
    /// <param name="maskKey">32 bytes, fresh: the same for two questions tells the differences of their scores.</param>
    /// <param name="random">Where randomness comes from.</param>
    /// <param name="options">How.</param>
    public static byte[] Ask(EncryptedWeights weights, ReadOnlySpan<long> features, int rows, ReadOnlySpan<byte> maskKey, CryptographicRandom random, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(random);
        var (layout, key) = (weights.Layout, weights.Key);
        if (features.Length != (long)rows * layout.Columns) throw new ArgumentException($"{features.Length} numbers; {rows} x {layout.Columns} expected.", nameof(features));
        int slots = Math.Min(layout.Slots, rows), packed = layout.PlaintextsPerOutput(rows), each = key.CiphertextBytes;
        // Row i's columns stand in slot i mod slots of plaintext i / slots: a packed matrix is the matrix itself, with zeros after it.
        var matrix = new long[(long)packed * slots * layout.Columns];
        features.CopyTo(matrix);
        var offsets = Offsets(key, layout, rows);
        var question = new byte[checked((int)(layout.CiphertextsFor(rows) * each))];
        key.ToBytes(UniformMasking.Encrypt(key, maskKey, 0, 1, random, options)).CopyTo(question, 0);
        for (var k = 0; k < layout.Outputs; k++)
        {
            var vector = key.Slotted(weights.Outputs[k], slots, ScoreLayout.SlotBits, options);
            var product = new EncryptedProduct(vector, ScoreLayout.FeatureFractionBits + ScoreLayout.FeatureRangeBits, Math.Min(packed, TableRows), options).Multiply(matrix, packed);
            var masked = UniformMasking.Mask(key.AddPlain(product, offsets, options), maskKey, 1 + (k * packed), random, options);
            key.ToBytes(masked).CopyTo(question, (1 + (k * packed)) * each);
        }
        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(matrix.AsSpan()));
        return question;
    }

    /// <summary>Step 3: scores, n x K, in units of the target's range; off by rounding and the owner's noise, by about 2^-32 for each feature.</summary>
    /// <param name="key">The model owner's key.</param>
    /// <param name="layout">The model's layout.</param>
    /// <param name="rows">n.</param>
    /// <param name="answers">What the model's owner sent: numbers below n.</param>
    /// <param name="maskKey">The question's.</param>
    /// <exception cref="CryptographicException">Another number of answers, one not below n, or one that holds no scores once the mask is off: it belongs to another question, or was computed otherwise.</exception>
    public static Matrix Read(PaillierPublicKey key, ScoreLayout layout, int rows, Plaintexts answers, ReadOnlySpan<byte> maskKey)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(answers);
        if (answers.Count != layout.AnswersFor(rows)) throw new CryptographicException($"{answers.Count} answers; {layout.AnswersFor(rows)} expected.");
        var plaintexts = answers.Head(answers.Count);
        try
        {
            UniformMasking.Unmask(key, maskKey, 1, plaintexts);
        }
        catch (ArgumentException refused)
        {
            throw new CryptographicException("An answer is not below the modulus of the key.", refused);
        }
        var packed = layout.PlaintextsPerOutput(rows);
        var slots = Math.Min(layout.Slots, rows);
        return Matrix.Create(rows, layout.Outputs, values =>
        {
            for (var i = 0; i < plaintexts.Count; i++)
            {
                var number = new BigInteger(System.Runtime.InteropServices.MemoryMarshal.AsBytes(plaintexts[i]), isUnsigned: true);
                var (output, first) = (i / packed, i % packed * slots);
                for (var row = first; row < Math.Min(first + slots, rows); row++)
                {
                    values[(row * layout.Outputs) + output] = Score((UInt128)(number & SlotMask), i);
                    number >>= ScoreLayout.SlotBits;
                }
                if (!number.IsZero) throw NoScores(i);
            }
            plaintexts.Words.Clear();
        });
    }

    /// <summary>The key with which an answer is authenticated: only who can decrypt the question's first ciphertext has it too.</summary>
    internal static Plaintexts AnswerSecret(PaillierPublicKey key, ReadOnlySpan<byte> maskKey) => UniformMasking.Expand(key, maskKey, 0, 1);

    private static BigInteger SlotMask { get; } = (BigInteger.One << ScoreLayout.SlotBits) - 1;

    private static Int128 Offset => Int128.One << (ScoreLayout.SlotBits - 1);

    /// <summary>Half a slot in each that is used, so that none is negative and none borrows from its neighbour.</summary>
    private static Plaintexts Offsets(PaillierPublicKey key, ScoreLayout layout, int rows)
    {
        var slots = Math.Min(layout.Slots, rows);
        var packed = layout.PlaintextsPerOutput(rows);
        return Plaintexts.FromBigIntegers(key, [.. Enumerable.Range(0, packed).Select(i => Enumerable.Range(0, Math.Min(slots, rows - (i * slots)))
            .Aggregate(BigInteger.Zero, (sum, slot) => sum + (BigInteger.One << ((slot * ScoreLayout.SlotBits) + ScoreLayout.SlotBits - 1))))]);
    }

    private static double Score(UInt128 slot, int index)
    {
        // The noise is in [0, 2^BlurredBits): its middle is taken off.
        var value = (Int128)slot - Offset - (Int128.One << (ScoreLayout.BlurredBits - 1));
        // A little more than 2^ScoreBits, for rounded weights and noise.
        var most = (Int128.One << ScoreLayout.ScoreBits) + (Int128.One << (ScoreLayout.ScoreBits - 1));
        if (value >= most || value <= -most) throw NoScores(index);
        return Math.ScaleB((double)value, -ScoreLayout.ScoreFractionBits);
    }

    private static CryptographicException NoScores(int index) => new($"Answer {index} holds no scores: it was not computed from this question under this key.");
}
