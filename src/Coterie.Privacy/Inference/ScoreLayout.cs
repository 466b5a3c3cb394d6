using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.Inference;

/// <summary>
/// How scores x w + b travel under a model owner's key: in fixed point with public scales, several rows in the slots of one plaintext, one output
/// after the other. Everything follows from the key's size and the model's shape, so that both owners mean the same.
/// </summary>
/// <remarks>
/// Features come in units of their column's public range, weights so that a score is in units of the target's: then one scale serves every model. A
/// score is a product, with <see cref="ScoreFractionBits"/>; its lowest <see cref="BlurredBits"/> are more than anybody asked for, and say more about
/// weights than a score should: the owner of the model makes them random (<see cref="ModelOwnerStep"/>).
/// </remarks>
/// <param name="Features">d: features of the learner; 1 or more.</param>
/// <param name="Outputs">K: scores of a row; 1 or more.</param>
/// <param name="KeyBits">Bits of n.</param>
public sealed record ScoreLayout(int Features, int Outputs, int KeyBits)
{
    /// <summary>Fraction bits of weights: rounding moves a score by 2^-41 for each feature at its range's end.</summary>
    public const int WeightFractionBits = 40;

    /// <summary>Absolute weights of one output, the intercept among them, add up to less than 2^12: then rounding features moves a score by less than 2^-21.</summary>
    public const int WeightRangeBits = 12;

    /// <summary>Fraction bits of features.</summary>
    public const int FeatureFractionBits = 32;

    /// <summary>Features are below 2^8 times their column's range: rows unlike the training rows have scores too.</summary>
    public const int FeatureRangeBits = 8;

    /// <summary>Fraction bits of a score.</summary>
    public const int ScoreFractionBits = WeightFractionBits + FeatureFractionBits;

    /// <summary>Lowest bits of a score that the model's owner covers with noise: what is left, 32 fraction bits, has as many digits as a weight, so that d scores cannot tell all of d + 1 weights.</summary>
    public const int BlurredBits = FeatureFractionBits + FeatureRangeBits;

    /// <summary>Bits of a score without its sign.</summary>
    public const int ScoreBits = WeightRangeBits + FeatureRangeBits + ScoreFractionBits;

    /// <summary>A sign, and a bit for rounded weights and noise.</summary>
    public const int SlotBits = ScoreBits + 2;

    /// <summary>Columns of the packed product: its tables stay below about 130 MB with keys of 3072 bits, and those of a usual model below 25 MB.</summary>
    private const int MostColumns = 2048;

    /// <summary>d + 1: the features and a constant.</summary>
    public int Columns => Features + 1;

    /// <summary>Rows in one plaintext.</summary>
    public int Slots => Math.Max(1, Math.Min((KeyBits - 1) / SlotBits, MostColumns / Columns));

    /// <summary>The layout of a model under a key.</summary>
    /// <exception cref="ArgumentException">A key without room for a score.</exception>
    public static ScoreLayout For(PaillierPublicKey key, int features, int outputs)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        if (key.Bits <= SlotBits) throw new ArgumentException($"A key of {key.Bits} bits has no room for a score of {SlotBits} bits.", nameof(key));
        return new ScoreLayout(features, outputs, key.Bits);
    }

    /// <summary>Plaintexts that the scores of so many rows take for one output.</summary>
    public int PlaintextsPerOutput(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        return (int)(((long)rows + Slots - 1) / Slots);
    }

    /// <summary>Masked plaintexts that an answer for so many rows holds.</summary>
    public long AnswersFor(int rows) => (long)Outputs * PlaintextsPerOutput(rows);

    /// <summary>Ciphertexts that a question about so many rows holds: the scores, and the answer's key before them.</summary>
    public long CiphertextsFor(int rows) => 1 + AnswersFor(rows);
}
