using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Neural;

/// <summary>A shard's rows, checked once, and copies of some of them side by side.</summary>
internal sealed class BatchReader
{
    private readonly Matrix _features;
    private readonly double[] _targets, _weights;
    private double[] _someFeatures = [], _someTargets = [], _someWeights = [];

    private BatchReader(Matrix features, double[] targets, double[] weights)
    {
        (_features, _targets, _weights) = (features, targets, weights);
        TotalWeight = weights.Length == 0 ? targets.Length : weights.Sum();
    }

    public int Count => _targets.Length;

    public double TotalWeight { get; }

    /// <summary>Targets as given.</summary>
    public ReadOnlySpan<double> Targets => _targets;

    /// <summary>One weight per row; empty: ones.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    /// <exception cref="ShardException">A cell is missing, a target is not what the objective needs.</exception>
    public static BatchReader Of(Schema schema, Shard shard, NetworkObjective objective)
    {
        var features = shard.Features;
        if (features.Columns != schema.FeatureCount) throw new ShardException($"The shard has {features.Columns} features, the schema {schema.FeatureCount}.");
        for (var i = 0; i < features.Rows; i++)
            for (var j = 0; j < features.Columns; j++)
                if (!double.IsFinite(features[i, j])) throw new ShardException($"The cell holds {features[i, j]}; a network needs numbers (impute first).", schema.Features[j].Name, i);
        var targets = objective switch
        {
            NetworkObjective.Squared => LinearRows.Targets(schema, shard),
            NetworkObjective.Logistic => Logistic.Targets(schema, shard),
            _ => Logistic.Targets(schema, shard, MultinomialModel.Classes(schema)),
        };
        return new BatchReader(features, targets.ToArray(), shard.Weights?.ToArray() ?? []);
    }

    /// <summary>Rows <paramref name="start"/> to <paramref name="end"/> (exclusive) of an order, or as they lie; targets standardised where there is a scale. Valid until the next reading.</summary>
    public Batch Read(int[]? order, int start, int end, TargetScale? scale)
    {
        var (count, width) = (end - start, _features.Columns);
        var features = _features.Values.Slice(order is null ? start * width : 0, order is null ? count * width : 0);
        if (order is not null)
        {
            if (_someFeatures.Length < count * width) _someFeatures = new double[count * width];
            for (var i = 0; i < count; i++) _features.Row(order[start + i]).CopyTo(_someFeatures.AsSpan(i * width));
            features = _someFeatures.AsSpan(0, count * width);
        }
        if (_someTargets.Length < count) (_someTargets, _someWeights) = (new double[count], new double[count]);
        double total = _weights.Length == 0 ? count : 0;
        for (var i = 0; i < count; i++)
        {
            var row = order is null ? start + i : order[start + i];
            _someTargets[i] = scale is null ? _targets[row] : (_targets[row] - scale.Mean) / scale.Deviation;
            if (_weights.Length > 0) total += _someWeights[i] = _weights[row];
        }
        return new Batch(features, _someTargets.AsSpan(0, count), _weights.Length == 0 ? default : _someWeights.AsSpan(0, count), total);
    }
}

/// <summary>Rows side by side.</summary>
internal readonly ref struct Batch(ReadOnlySpan<double> features, ReadOnlySpan<double> targets, ReadOnlySpan<double> weights, double weight)
{
    public ReadOnlySpan<double> Features { get; } = features;

    public ReadOnlySpan<double> Targets { get; } = targets;

    /// <summary>One per row; empty: ones.</summary>
    public ReadOnlySpan<double> Weights { get; } = weights;

    /// <summary>Weight of the rows together.</summary>
    public double Weight { get; } = weight;

    public int Rows => Targets.Length;
}
