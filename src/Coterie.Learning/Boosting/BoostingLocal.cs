using System.Runtime.CompilerServices;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Boosting;

/// <summary>
/// A participant's rows: their bins, their margins under the trees so far, and where they are in the trees that grow. All of it follows from rows and model.
/// </summary>
internal sealed class BoostingLocal(GradientBoostedTrees learner, Schema schema, Shard shard) : ILocal<BoostedModel>
{
    /// <summary>Rows that are counted feature by feature, while they are in the cache.</summary>
    private const int RowsAtOnce = 512;

    private readonly double[] _targets = Derivatives.TargetsOf(shard);
    private readonly double[] _weights = learner.WeightsOf(shard, isValidation: false);
    private readonly double[]? _validation = learner.Validation > 0 ? learner.WeightsOf(shard, isValidation: true) : null;
    private BinnedRows? _rows;
    private double[][] _margins = [];
    private RowPartition[] _partitions = [];
    private long[][] _derivatives = [];
    private long[] _ordered = [];
    private int _applied;

    /// <inheritdoc/>
    public Blocks<Matrix> Contribute(BoostedModel model, Round round)
    {
        var progress = model.Progress!;
        return progress.IsSearching ? Count(progress, round) : Sum(model, progress);
    }

    private Blocks<Matrix> Count(BoostingProgress progress, Round round)
    {
        var counts = new double[progress.OpenCells];
        var lookups = progress.Open.Select(j => new CutLookup(progress.Cuts.Of[j].AsSpan())).ToArray();
        var starts = new int[lookups.Length + 1];
        for (var k = 0; k < lookups.Length; k++) starts[k + 1] = starts[k] + progress.Cuts.BinsOf(progress.Open[k]);
        for (var begin = 0; begin < shard.Rows; begin += RowsAtOnce)
            for (var k = 0; k < lookups.Length; k++) Count(lookups[k], progress.Open[k], begin, Math.Min(begin + RowsAtOnce, shard.Rows), counts.AsSpan(starts[k]));
        var blocks = counts.Length == 0 ? Blocks<Matrix>.Empty : Blocks<Matrix>.Of(("counts", new Matrix(1, counts.Length, counts)));
        return learner.BringsTarget(round) ? blocks.With("target", GradientBoostedTrees.TargetSums(schema, _targets, _weights)) : blocks;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Count(CutLookup lookup, int feature, int begin, int end, Span<double> counts)
    {
        var columns = shard.Features.Columns;
        var values = shard.Features.Values[feature..];
        for (var i = begin; i < end; i++)
        {
            var cell = values[i * columns];
            if (!double.IsNaN(cell)) counts[lookup.BinOf(cell)]++;
        }
    }

    private Blocks<Matrix> Sum(BoostedModel model, BoostingProgress progress)
    {
        Catch(model, progress);
        var scales = learner.ScalesOf(schema, model);
        var nodes = progress.Summed.ToArray();
        var bins = progress.Cuts.TotalBins;
        var (gradients, hessians) = (new double[nodes.Length * bins], new double[nodes.Length * bins]);
        var totals = new double[2 * nodes.Length];
        var (first, second) = (new long[bins], new long[bins]);
        for (var i = 0; i < nodes.Length; i++)
        {
            var (tree, scale) = (nodes[i].Tree, scales[nodes[i].Tree]);
            Array.Clear(first);
            Array.Clear(second);
            var derivatives = _derivatives[tree].AsMemory();
            var rows = nodes[i].Node == 0 ? default : _partitions[tree].Of(nodes[i].Node);
            if (nodes[i].Node != 0) derivatives = Ordered(rows.Span, _derivatives[tree]);
            else (totals[2 * i], totals[(2 * i) + 1]) = Total(_derivatives[tree], scale);
            _rows!.Accumulate(rows, derivatives, scale.BlockRows, first, second);
            Scale(first, Math.ScaleB(1, -scale.Gradient), gradients.AsSpan(i * bins, bins));
            Scale(second, Math.ScaleB(1, -scale.Hessian), hessians.AsSpan(i * bins, bins));
        }
        var blocks = Blocks<Matrix>.Of(("gradients", new Matrix(nodes.Length, bins, gradients)), ("hessians", new Matrix(nodes.Length, bins, hessians)), ("rows", Matrix.Scalar(shard.Rows)));
        if (progress.Level > 0) return blocks;
        blocks = blocks.With("totals", new Matrix(nodes.Length, 2, totals));
        return _validation is null ? blocks : blocks.With("validation", Losses(_validation));
    }

    /// <summary>Goes on to where the model is: adds what finished trees give, and follows those that grow.</summary>
    private void Catch(BoostedModel model, BoostingProgress progress)
    {
        if (_rows is null)
        {
            _rows = new BinnedRows(progress.Cuts, shard.Features);
            _margins = [.. model.Base.Select(b => Filled(shard.Rows, b))];
        }
        for (; _applied < model.Trees.Length; _applied++)
        {
            var tree = model.Trees[_applied];
            var partition = _partitions.Length > 0 ? _partitions[tree.Output] : new RowPartition(_rows);
            partition.Follow(tree, progress.Cuts);
            partition.AddValues(tree, _margins[tree.Output]);
            if (tree.Output == model.Base.Length - 1) _partitions = [];
        }
        if (_partitions.Length == 0)
        {
            _partitions = [.. model.Base.Select(_ => new RowPartition(_rows))];
            _derivatives = [.. model.Base.Select((_, k) => _derivatives.Length > k ? _derivatives[k] : new long[shard.Rows])];
            var scales = learner.ScalesOf(schema, model);
            for (var k = 0; k < _derivatives.Length; k++) Derivatives.Fill(learner.Objective, k, _margins, _targets, _weights, scales[k], _derivatives[k]);
        }
        for (var k = 0; k < progress.Growing.Length; k++) _partitions[k].Follow(progress.Growing[k], progress.Cuts);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Memory<long> Ordered(ReadOnlySpan<int> rows, long[] derivatives)
    {
        if (_ordered.Length < rows.Length) _ordered = new long[Math.Max(rows.Length, shard.Rows / 2)];
        for (var i = 0; i < rows.Length; i++) _ordered[i] = derivatives[rows[i]];
        return _ordered.AsMemory(0, rows.Length);
    }

    private Matrix Losses(double[] weights)
    {
        var (loss, weight) = (0.0, 0.0);
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] == 0) continue;
            loss += weights[i] * Derivatives.Loss(learner.Objective, _margins, i, _targets[i]);
            weight += weights[i];
        }
        return new Matrix(1, 2, [loss, weight]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Gradient, double Hessian) Total(long[] derivatives, GradientScale scale)
    {
        var (gradient, hessian) = (0L, 0L);
        foreach (var packed in derivatives)
        {
            gradient += packed >> 32;
            hessian += packed & uint.MaxValue;
        }
        return (Math.ScaleB(gradient, -scale.Gradient), Math.ScaleB(hessian, -scale.Hessian));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale(long[] sums, double step, Span<double> scaled)
    {
        for (var b = 0; b < sums.Length; b++) scaled[b] = sums[b] * step;
    }

    private static double[] Filled(int count, double value)
    {
        var filled = new double[count];
        Array.Fill(filled, value);
        return filled;
    }
}
