using System.Collections.Immutable;
using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Preprocessing;

/// <summary>
/// The first stage of every run, one sum: total rows, the power of two that bounds each column without a known range and the signs in it, and rows per
/// class. Classes without a declared list are counted on the public grid of the integers -1..255. Learned besides the totals: per column how
/// many participants have their largest absolute value below each power of two, and how many have a negative and a positive one; for regression, how many have one target value only.
/// </summary>
public sealed class SchemaAgreement(LearningTask task) : IPreprocessor<SchemaFacts>
{
    /// <summary>Smallest exponent told apart: columns below 2^-20 get the bound 2^-19, which costs them resolution but nothing else.</summary>
    internal const int LowestExponent = -20;

    /// <summary>The public grid of class labels: -1 for the +-1 convention, up to 255 for bytes.</summary>
    internal const int FirstLabel = -1;

    internal const int LabelCount = 257;

    /// <inheritdoc/>
    public string Name => "schema-agreement";

    /// <inheritdoc/>
    public string Terms => $"{Name} {task}";

    /// <inheritdoc/>
    public StopRule DefaultStop => new(1, null);

    internal bool IsClassification => task is LearningTask.BinaryClassification or LearningTask.MulticlassClassification;

    /// <summary>The target where the learner uses it.</summary>
    internal Column? TargetOf(Schema schema) => task == LearningTask.Clustering ? null : schema.Target;

    /// <summary>Feature columns whose range is to be agreed, ascending.</summary>
    internal static ImmutableArray<int> OpenColumns(Schema schema) =>
        [.. Enumerable.Range(0, schema.FeatureCount).Where(j => schema.Features[j].Type == ColumnType.Numeric && !IsRangeKnown(schema.Features[j]))];

    internal static bool IsRangeKnown(Column column) => double.IsFinite(column.Minimum) && double.IsFinite(column.Maximum);

    /// <inheritdoc/>
    public SchemaFacts Initialize(Schema schema, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new(0, [.. new (double, double)[schema.FeatureCount]], 0, 1, [], []);
    }

    /// <inheritdoc/>
    public Blocks<Matrix> Pack(SchemaFacts model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Blocks<Matrix>.Of(
            ("rows", Matrix.Scalar(model.TotalRows)), ("feature_minima", Matrix.Column([.. model.FeatureRanges.Select(r => r.Minimum)])), ("feature_maxima", Matrix.Column([.. model.FeatureRanges.Select(r => r.Maximum)])),
            ("target_bound", Matrix.Scalar(model.TargetBound)), ("weight_bound", Matrix.Scalar(model.WeightBound)),
            ("class_counts", Matrix.Column([.. model.ClassCounts.Select(c => (double)c)])), ("class_labels", Matrix.Column(model.ClassLabels.AsSpan())));
    }

    /// <inheritdoc/>
    public SchemaFacts Unpack(Schema schema, Blocks<Matrix> parameters)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var minima = Parameters.Column(parameters, "feature_minima", schema.FeatureCount);
        var maxima = Parameters.Column(parameters, "feature_maxima", schema.FeatureCount);
        return new((long)Parameters.Scalar(parameters, "rows"), [.. minima.Zip(maxima)], Parameters.Scalar(parameters, "target_bound"), Parameters.Scalar(parameters, "weight_bound"),
            [.. Parameters.Column(parameters, "class_counts").Select(c => (long)c)], Parameters.Column(parameters, "class_labels"));
    }

    /// <inheritdoc/>
    public ImmutableArray<BlockSpec> Layout(Schema schema, SchemaFacts model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var layout = ImmutableArray.CreateBuilder<BlockSpec>();
        layout.Add(new("rows", 1, 1, int.MaxValue));
        if (OpenColumns(schema).Length is > 0 and var open) layout.AddRange(new BlockSpec("exponents", open, ExponentBins.Count, 1), new BlockSpec("signs", open, SchemaAgreementLocal.Signs, 1));
        layout.Add(new("weights", 1, SchemaAgreementLocal.WeightBins, 1));
        if (TargetOf(schema) is { } target)
        {
            if (IsClassification) layout.Add(new("classes", 1, target.Values.IsEmpty ? LabelCount : target.Values.Length, int.MaxValue));
            else layout.AddRange(new BlockSpec("target", 1, ExponentBins.Count, 1), new BlockSpec("variation", 1, SchemaAgreementLocal.VariationBins, 1));
        }
        return layout.ToImmutable();
    }

    /// <inheritdoc/>
    /// <exception cref="ShardException">The rows do not fit the schema; column, row and value are named.</exception>
    public ILocal<SchemaFacts> Open(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(shard);
        return new SchemaAgreementLocal(this, schema, shard);
    }

    /// <inheritdoc/>
    /// <exception cref="ShardException">All rows together cannot be learned from: no rows, one class, a constant target.</exception>
    public Step<SchemaFacts> Update(Schema schema, SchemaFacts model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        var rows = (long)Math.Round(total["rows"][0, 0]);
        if (rows == 0) throw new ShardException("No participant has any row.");
        var ranges = new (double Minimum, double Maximum)[schema.FeatureCount];
        var open = OpenColumns(schema);
        for (var i = 0; i < open.Length; i++) ranges[open[i]] = Range(ExponentBins.Bound(total["exponents"].Row(i), LowestExponent), total["signs"].Row(i));
        var facts = model with { TotalRows = rows, FeatureRanges = [.. ranges], WeightBound = WeightBound(total["weights"].Row(0)) };
        if (TargetOf(schema) is { } target) facts = IsClassification ? Classes(target, facts, total["classes"]) : Range(target, facts, total);
        return new(facts, Done: true, Change: 0);
    }

    /// <inheritdoc/>
    public Schema TransformSchema(Schema schema, SchemaFacts model)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        var features = schema.Features.Select((column, j) =>
            model.FeatureRanges[j] is var (minimum, maximum) && minimum < maximum ? column with { Minimum = minimum, Maximum = maximum }
            : column.Type == ColumnType.Binary && !IsRangeKnown(column) ? column with { Minimum = 0, Maximum = 1 } : column);
        var target = schema.Target;
        if (!model.ClassLabels.IsEmpty && target is not null)
            target = target with { Type = ColumnType.Categorical, Values = [.. model.ClassLabels.Select(l => l.ToString("R", CultureInfo.InvariantCulture))] };
        else if (model.TargetBound > 0 && target is not null)
            target = target with { Minimum = -model.TargetBound, Maximum = model.TargetBound };
        return schema with { Features = [.. features], Target = target, TotalRows = model.TotalRows, ClassCounts = model.ClassCounts, WeightBound = model.WeightBound };
    }

    /// <inheritdoc/>
    /// <exception cref="ShardException">A row has a label that no training row has.</exception>
    public Shard Transform(Schema schema, SchemaFacts model, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(shard);
        if (model.ClassLabels.IsEmpty || shard.Targets is not { } targets) return shard;
        return shard with
        {
            Targets = Matrix.Create(targets.Rows, 1, indices =>
            {
                for (var i = 0; i < indices.Length; i++)
                {
                    var index = model.ClassLabels.IndexOf(targets[i, 0]);
                    if (index < 0)
                        throw new ShardException($"Target '{schema.Target?.Name}', row {i}: class {targets[i, 0]:R} does not occur in training; its classes are {string.Join(", ", model.ClassLabels)}.", schema.Target?.Name, i);
                    indices[i] = index;
                }
            }),
        };
    }

    /// <summary>A side on which nobody has a value ends at zero.</summary>
    private static (double Minimum, double Maximum) Range(double bound, ReadOnlySpan<double> signs)
    {
        var (hasNegative, hasPositive) = (signs[SchemaAgreementLocal.Negative] > 0.5, signs[SchemaAgreementLocal.Positive] > 0.5);
        return (hasNegative ? -bound : 0, hasPositive || !hasNegative ? bound : 0);
    }

    private static double WeightBound(ReadOnlySpan<double> bins)
    {
        foreach (var count in bins[..ExponentBins.Count])
            if (count > 0.5) return ExponentBins.Bound(bins[..ExponentBins.Count], LowestExponent);
        return 1;
    }

    private SchemaFacts Classes(Column target, SchemaFacts facts, Matrix counts)
    {
        var all = counts.ToArray().Select(c => (long)Math.Round(c)).ToArray();
        var occurring = Enumerable.Range(0, all.Length).Where(c => all[c] > 0).ToArray();
        if (occurring.Length < 2)
            throw new ShardException($"All {facts.TotalRows} rows have the same class of target '{target.Name}': there is nothing to tell apart. Choose another target.", target.Name);
        var kept = target.Values.IsEmpty ? occurring : [.. Enumerable.Range(0, all.Length)];
        if (task == LearningTask.BinaryClassification && kept.Length != 2)
            throw new ShardException($"Target '{target.Name}' has {kept.Length} classes, this learner tells two apart. Take a multiclass learner, or declare two classes.", target.Name);
        return facts with
        {
            ClassCounts = [.. kept.Select(c => all[c])],
            ClassLabels = target.Values.IsEmpty ? [.. kept.Select(c => (double)(c + FirstLabel))] : [],
        };
    }

    private static SchemaFacts Range(Column target, SchemaFacts facts, Blocks<Matrix> total)
    {
        if (SchemaAgreementLocal.IsConstant(total["variation"].Row(0)))
            throw new ShardException($"Target '{target.Name}' has the same value in all {facts.TotalRows} rows: there is nothing to predict. Choose another target.", target.Name);
        return facts with { TargetBound = IsRangeKnown(target) ? 0 : ExponentBins.Bound(total["target"].Row(0), LowestExponent) };
    }
}
