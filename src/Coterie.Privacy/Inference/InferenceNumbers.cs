using Coterie.Core.Numerics;

namespace Coterie.Privacy.Inference;

/// <summary>Weights and features as integers, in the public scales of <see cref="ScoreLayout"/>.</summary>
public static class InferenceNumbers
{
    /// <summary>
    /// Weights as integers: round(w_j 2^(e_j - t + 40)) where column j's range is below 2^e_j and scores count in units of 2^t.
    /// </summary>
    /// <param name="weights">K x (d + 1): per output the coefficients, then the intercept.</param>
    /// <param name="columnExponents">e: d + 1 of them, 0 for the constant.</param>
    /// <param name="scoreExponent">t.</param>
    /// <exception cref="ValueOutOfRangeException">The absolute weights of an output, of which the index says one, add up to 2^12 units or more, or are not finite.</exception>
    public static long[] EncodeWeights(Matrix weights, ReadOnlySpan<int> columnExponents, int scoreExponent)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (columnExponents.Length != weights.Columns) throw new ArgumentException($"{columnExponents.Length} exponents for {weights.Columns} columns.", nameof(columnExponents));
        var encoded = new long[weights.Rows * weights.Columns];
        for (var k = 0; k < weights.Rows; k++)
        {
            var sum = 0.0;
            for (var j = 0; j < weights.Columns; j++)
            {
                var weight = Math.ScaleB(weights[k, j], columnExponents[j] - scoreExponent);
                sum += Math.Abs(weight);
                if (!(sum < 1 << ScoreLayout.WeightRangeBits)) throw new ValueOutOfRangeException((k * weights.Columns) + j, weight, 1 << ScoreLayout.WeightRangeBits);
                encoded[(k * weights.Columns) + j] = (long)Math.Round(Math.ScaleB(weight, ScoreLayout.WeightFractionBits));
            }
        }
        return encoded;
    }

    /// <summary>Rows as integers, round(x_j 2^(32 - e_j)) and a constant one: n x (d + 1), row by row.</summary>
    /// <param name="features">n x d.</param>
    /// <param name="columnExponents">e: d + 1 of them, 0 for the constant.</param>
    /// <exception cref="ValueOutOfRangeException">A feature, by its index in the n x d, that is not finite or is 2^8 times its range or more.</exception>
    public static long[] EncodeFeatures(Matrix features, ReadOnlySpan<int> columnExponents)
    {
        ArgumentNullException.ThrowIfNull(features);
        var width = features.Columns + 1;
        if (columnExponents.Length != width) throw new ArgumentException($"{columnExponents.Length} exponents for {width} columns.", nameof(columnExponents));
        var encoded = new long[(long)features.Rows * width];
        const double Limit = 1 << ScoreLayout.FeatureRangeBits;
        for (var i = 0; i < features.Rows; i++)
        {
            var row = features.Row(i);
            for (var j = 0; j < row.Length; j++)
            {
                var integer = Math.Round(Math.ScaleB(row[j], ScoreLayout.FeatureFractionBits - columnExponents[j]));
                // After rounding, which may reach the end of the range.
                if (!(Math.Abs(integer) < Math.ScaleB(Limit, ScoreLayout.FeatureFractionBits)))
                    throw new ValueOutOfRangeException((i * features.Columns) + j, row[j], Math.ScaleB(Limit, columnExponents[j]));
                encoded[((long)i * width) + j] = (long)integer;
            }
            encoded[((long)i * width) + width - 1] = 1L << ScoreLayout.FeatureFractionBits;
        }
        return encoded;
    }

    /// <summary>e with bound below 2^e, for the range of a column; 0 where no range is known.</summary>
    public static int ExponentOf(double bound) => bound > 0 && double.IsFinite(bound) ? Math.ILogB(bound) + 1 : 0;
}
