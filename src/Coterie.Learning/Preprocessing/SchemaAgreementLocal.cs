using System.Buffers.Binary;
using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Preprocessing;

/// <summary>A participant's part of the schema agreement: every cell is checked before anything is contributed.</summary>
internal sealed class SchemaAgreementLocal : ILocal<SchemaFacts>
{
    /// <summary>Exponent bins, and a last one for 'no weights'.</summary>
    public const int WeightBins = ExponentBins.Count + 1;

    /// <summary>
    /// Bin 0: the shard's target varies. Else one bin in each of two rows of 64 for a public hash of its only value: equal values meet
    /// in equal bins; two different ones look alike with probability 2^-12, and only if every participant's target is constant.
    /// </summary>
    public const int VariationBins = 1 + (2 * HashBins);

    /// <summary>Per column whether the participant has a negative number in it, and a positive one.</summary>
    public const int Signs = 2;

    /// <summary>Column of negative ones in the block of signs.</summary>
    public const int Negative = 0;

    /// <summary>Column of positive ones.</summary>
    public const int Positive = 1;

    private const int HashBins = 64;

    private readonly Blocks<Matrix> _contribution;

    public SchemaAgreementLocal(SchemaAgreement agreement, Schema schema, Shard shard)
    {
        if (shard.Features.Columns != schema.FeatureCount)
            throw new ShardException($"The shard has {shard.Features.Columns} feature columns, the schema {schema.FeatureCount}.");
        var blocks = Blocks<Matrix>.Of(("rows", Matrix.Scalar(shard.Rows)));
        var cells = new double[shard.Rows];
        for (var j = 0; j < schema.FeatureCount; j++)
        {
            shard.Features.CopyColumn(j, cells);
            CellChecks.Feature(schema.Features[j], cells);
        }
        var open = SchemaAgreement.OpenColumns(schema);
        if (!open.IsEmpty)
        {
            double[] bins = new double[open.Length * ExponentBins.Count], signs = new double[open.Length * Signs];
            for (var i = 0; i < open.Length; i++)
            {
                shard.Features.CopyColumn(open[i], cells);
                Mark(schema.Features[open[i]].Name, cells, bins.AsSpan(i * ExponentBins.Count, ExponentBins.Count));
                signs[(i * Signs) + Negative] = Array.Exists(cells, c => c < 0) ? 1 : 0;
                signs[(i * Signs) + Positive] = Array.Exists(cells, c => c > 0) ? 1 : 0;
            }
            blocks = blocks.With("exponents", new Matrix(open.Length, ExponentBins.Count, bins)).With("signs", new Matrix(open.Length, Signs, signs));
        }
        blocks = blocks.With("weights", Weights(shard));
        if (agreement.TargetOf(schema) is { } target)
        {
            var values = shard.Targets?.ToArray() ?? throw new ShardException($"The shard has no target '{target.Name}'.", target.Name);
            blocks = agreement.IsClassification
                ? blocks.With("classes", Classes(target, values))
                : blocks.With("target", TargetRange(target, values)).With("variation", Variation(values));
        }
        _contribution = blocks;
    }

    public Blocks<Matrix> Contribute(SchemaFacts model, Round round) => _contribution;

    /// <summary>Whether all values of all participants are one value.</summary>
    public static bool IsConstant(ReadOnlySpan<double> variation)
    {
        if (variation[0] > 0.5) return false;
        int first = 0, second = 0;
        for (var i = 0; i < HashBins; i++)
        {
            if (variation[1 + i] > 0.5) first++;
            if (variation[1 + HashBins + i] > 0.5) second++;
        }
        return first <= 1 && second <= 1;
    }

    private static void Mark(string name, ReadOnlySpan<double> cells, Span<double> bins)
    {
        double largest = 0;
        var row = 0;
        for (var i = 0; i < cells.Length; i++)
            if (Math.Abs(cells[i]) > largest) (largest, row) = (Math.Abs(cells[i]), i);
        if (!ExponentBins.TryMark(largest, SchemaAgreement.LowestExponent, bins))
            throw new ShardException(
                $"Column '{name}', row {row}: {cells[row]:R} is too large for an agreed range (up to {Math.ScaleB(1, SchemaAgreement.LowestExponent + ExponentBins.Count):R}). Declare the column's range in the schema, or use a larger unit.", name, row);
    }

    private static Matrix Weights(Shard shard)
    {
        var bins = new double[WeightBins];
        if (shard.Weights is { } weights)
        {
            for (var i = 0; i < weights.Rows; i++)
                if (!(weights[i, 0] >= 0) || double.IsInfinity(weights[i, 0]))
                    throw new ShardException($"Row {i} has the weight {weights[i, 0]:R}; a weight is a finite number of at least 0.", row: i);
            Mark("weights", weights.Values, bins.AsSpan(0, ExponentBins.Count));
        }
        else bins[^1] = 1;
        return new Matrix(1, WeightBins, bins);
    }

    private static Matrix Classes(Column target, ReadOnlySpan<double> values)
    {
        var counts = new double[target.Values.IsEmpty ? SchemaAgreement.LabelCount : target.Values.Length];
        for (var i = 0; i < values.Length; i++) counts[CellChecks.ClassBin(target, values[i], i)]++;
        return new Matrix(1, counts.Length, counts);
    }

    private static Matrix TargetRange(Column target, double[] values)
    {
        CellChecks.Target(target, values);
        return Matrix.Create(1, ExponentBins.Count, bins =>
        {
            if (!SchemaAgreement.IsRangeKnown(target)) Mark(target.Name, values, bins);
        });
    }

    private static Matrix Variation(double[] values) => Matrix.Create(1, VariationBins, bins =>
    {
        if (values.Length == 0) return;
        if (Array.Exists(values, v => v != values[0]))
        {
            bins[0] = 1;
            return;
        }
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, values[0] + 0.0);   // -0 becomes 0
        var hash = SHA256.HashData(bytes);
        bins[1 + (hash[0] % HashBins)] = 1;
        bins[1 + HashBins + (hash[1] % HashBins)] = 1;
    });
}
