using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.Evaluation;

namespace Coterie.Learning.Boosting;

/// <summary>
/// Gradient-boosted trees: every tree is fitted to the first two derivatives g, h of the loss at the margins so far (Chen, Guestrin, "XGBoost", KDD 2016). Rows enter as counts of their bins and, level by level, as sums of g and h over
/// the rows of a node by bins of each feature; of two siblings one is sent, the other is its parent less that. Sums are of whole numbers (<see cref="GradientScale"/>): the trees are those of all rows in one place, bit by bit.
/// </summary>
public sealed record GradientBoostedTrees : ILearner<BoostedModel>, IOwnMetrics<BoostedModel>, IFeatureImportance<BoostedModel>
{
    /// <summary>Trees that may be begun anew because somebody left or came back while they grew.</summary>
    private const int SpareTrees = 2;

    /// <summary>The loss.</summary>
    public BoostingObjective Objective { get; init; } = BoostingObjective.Squared;

    /// <summary>Steps, of one tree each, or one a class with several.</summary>
    public int Trees { get; init; } = 100;

    /// <summary>What is kept of a leaf's value; above 0, at most 1.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Divisions between root and leaf at most.</summary>
    public int Depth { get; init; } = 6;

    /// <summary>Penalty lambda on squared leaf values.</summary>
    public double Lambda { get; init; } = 1;

    /// <summary>Divisions that gain less are taken back, from the leaves up.</summary>
    public double Gamma { get; init; }

    /// <summary>Sum of second derivatives that a child has at least.</summary>
    public double LeastChildWeight { get; init; } = 1;

    /// <summary>Bins of a feature, 2 to 255.</summary>
    public int Bins { get; init; } = CutSearch.MostBins;

    /// <summary>Cuts instead of bins to be found: <see cref="FeatureCuts.Exact"/> of rows in one place, for example.</summary>
    public FeatureCuts? Cuts { get; init; }

    /// <summary>How much rows of the second class count (two classes only).</summary>
    public double PositiveWeight { get; init; } = 1;

    /// <summary>By feature's name 1: predictions may not fall with it, -1: they may not rise.</summary>
    public ImmutableSortedDictionary<string, int> Monotone { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Sets of features' names that may stand on one path from the root; empty: all.</summary>
    public ImmutableArray<ImmutableArray<string>> Interactions { get; init; } = [];

    /// <summary>Every so many-th row of a participant measures and does not train; 0: none.</summary>
    public int Validation { get; init; }

    /// <summary>Steps without a better loss on validation rows after which training ends, at the best; 0: never.</summary>
    public int EarlyStopping { get; init; }

    /// <inheritdoc/>
    public string Name => "gradient-boosted-trees";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant(
        $"{Name} objective={Objective} trees={Trees} rate={LearningRate:R} depth={Depth} lambda={Lambda:R} gamma={Gamma:R} child={LeastChildWeight:R} bins={Bins} positive={PositiveWeight:R} monotone={string.Join(',', Monotone.Select(m => $"{m.Key}:{m.Value}"))} interactions={string.Join(',', Interactions.Select(i => string.Join('+', i)))} validation={Validation} early={EarlyStopping} cuts={(Cuts is null ? "found" : "given")}");

    /// <inheritdoc/>
    public LearningTask Task => Objective switch
    {
        BoostingObjective.Squared => LearningTask.Regression,
        BoostingObjective.Logistic => LearningTask.BinaryClassification,
        _ => LearningTask.MulticlassClassification,
    };

    /// <summary>A sum a level, those that find bins, one that measures the last tree, and some for trees that are begun anew.</summary>
    public StopRule DefaultStop => new(CutSearch.Rounds + (Trees * Depth) + (Validation > 0 ? 1 : 0) + (SpareTrees * Depth), null);

    /// <inheritdoc/>
    public bool ShapesFollowRows => true;

    /// <inheritdoc/>
    public bool TakesMissing => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The target is not what the objective needs, or a column has no range.</exception>
    /// <exception cref="ShardException">A constraint names no feature.</exception>
    public BoostedModel Initialize(Schema schema, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var outputs = OutputsOf(schema);
        _ = DirectionsOf(schema);
        _ = AllowedOf(schema);
        if (Cuts is { } given && given.Features != schema.FeatureCount) throw new ArgumentException($"There are cuts of {given.Features} features; the rows have {schema.FeatureCount}.", nameof(schema));
        if (Cuts is null && schema.Features.FirstOrDefault(c => !double.IsFinite(c.Bound)) is { } open) throw new ArgumentException($"{Name} finds bins inside the range of every column; '{open.Name}' has none.", nameof(schema));
        if (Objective == BoostingObjective.Squared && !double.IsFinite(schema.Target!.Bound)) throw new ArgumentException($"{Name} needs the range of the target; '{schema.Target.Name}' has none.", nameof(schema));
        ImmutableArray<int> searched = Cuts is null ? CutSearch.Open(schema, Bins) : [];
        var model = new BoostedModel([.. new double[outputs]], []) { Progress = new(Cuts ?? CutSearch.First(schema, Bins), IsSearching: true) { Open = searched } };
        // A regression's mean is found beside the bins, or alone.
        return searched.IsEmpty && Objective != BoostingObjective.Squared ? Grown(model, model.Progress.Cuts) : model;
    }

    /// <inheritdoc/>
    public Blocks<Matrix> Pack(BoostedModel model) => BoostedBlocks.Pack(model);

    /// <inheritdoc/>
    public BoostedModel Unpack(Schema schema, Blocks<Matrix> parameters)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return BoostedBlocks.Unpack(parameters, OutputsOf(schema), schema.FeatureCount);
    }

    /// <inheritdoc/>
    public Blocks<Matrix> Told(Blocks<Matrix> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return BoostedBlocks.Told(parameters);
    }

    /// <inheritdoc/>
    /// <remarks>A sum over rows is at most the largest derivative times the rows' weight.</remarks>
    public ImmutableArray<BlockSpec> Layout(Schema schema, BoostedModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(round);
        var progress = model.Progress ?? throw new ArgumentException("Training has ended.", nameof(model));
        var rows = (double)RowsOf(schema);
        if (progress.IsSearching)
        {
            ImmutableArray<BlockSpec> sums = progress.Open.IsEmpty ? [] : [new("counts", 1, progress.OpenCells, rows)];
            return BringsTarget(round) ? sums.Add(new("target", 1, 2, rows * schema.WeightBound * Math.Max(1, schema.Target!.Bound))) : sums;
        }
        var (nodes, gradient, hessian) = (progress.Summed.Count(), GradientBound(schema, model) * rows, HessianBound(schema) * rows);
        var bins = progress.Cuts.TotalBins;
        ImmutableArray<BlockSpec> blocks = [new("gradients", nodes, bins, gradient), new("hessians", nodes, bins, hessian), new("rows", 1, 1, rows)];
        if (progress.Level > 0) return blocks;
        blocks = blocks.Add(new("totals", nodes, 2, Math.Max(gradient, hessian)));
        return Validation == 0 ? blocks : blocks.Add(new("validation", 1, 2, LossBound(schema, model) * rows * schema.WeightBound));
    }

    /// <inheritdoc/>
    public ILocal<BoostedModel> Open(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(shard);
        return new BoostingLocal(this, schema, shard);
    }

    /// <inheritdoc/>
    public Step<BoostedModel> Update(Schema schema, BoostedModel model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        ArgumentNullException.ThrowIfNull(round);
        var progress = model.Progress ?? throw new ArgumentException("Training has ended.", nameof(model));
        if (!progress.IsSearching) return new TreeGrowth(this, schema).Next(model, total);
        if (total.Find("target") is { } target) model = model with { Base = [target[0, 1] > 0 ? target[0, 0] / target[0, 1] : 0] };
        if (progress.Open.IsEmpty) return new(Grown(model, progress.Cuts), Done: Trees == 0, Change: 1);
        var (cuts, open) = CutSearch.Next(schema, progress.Cuts, progress.Open, total["counts"].Values, Bins, round.Index + 1 >= CutSearch.Rounds);
        return open.IsEmpty ? new(Grown(model, cuts), Done: Trees == 0, Change: 1) : new(model with { Progress = progress with { Cuts = cuts, Open = open } }, Done: false, Change: 1);
    }

    /// <inheritdoc/>
    public BoostedModel Finish(BoostedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var trees = EarlyStopping > 0 && model.Progress is { Best: { Loss: < double.MaxValue } best } ? model.Trees[..best.Trees] : model.Trees;
        return new BoostedModel(model.Base, [.. trees.Select(t => t.Compact())]);
    }

    /// <inheritdoc/>
    public Matrix Predict(Schema schema, BoostedModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        var margins = model.Margins(features);
        return Objective switch
        {
            BoostingObjective.Squared => margins,
            BoostingObjective.Logistic => Matrix.Create(margins.Rows, 1, p => System.Numerics.Tensors.TensorPrimitives.Sigmoid(margins.Values, p)),
            _ => Matrix.Create(margins.Rows, margins.Columns, p =>
            {
                margins.Values.CopyTo(p);
                for (var i = 0; i < margins.Rows; i++) Derivatives.Softmax(p.Slice(i * margins.Columns, margins.Columns));
            }),
        };
    }

    /// <summary><c>trees</c>, and how many <c>leaves</c> they have together.</summary>
    public Metrics Evaluate(Schema schema, BoostedModel model, Shard rows)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Metrics.Empty.With("trees", model.Trees.Length).With("leaves", model.Trees.Sum(t => t.Nodes.Count(n => n.IsLeaf)));
    }

    /// <inheritdoc/>
    public ImmutableArray<FeatureImportance> Importance(Schema schema, BoostedModel model)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        var all = model.Importance(schema.FeatureCount);
        return [.. Enumerable.Range(0, schema.FeatureCount).Select(j => new FeatureImportance(schema.Features[j].Name, all[j, 0], all[j, 1], (int)all[j, 2])).OrderByDescending(i => i.Gain)];
    }

    /// <inheritdoc/>
    public bool Equals(GradientBoostedTrees? other) => other is not null && Terms == other.Terms && Equals(Cuts, other.Cuts);

    /// <inheritdoc/>
    public override int GetHashCode() => Terms.GetHashCode(StringComparison.Ordinal);

    /// <summary>Whether contributions to a round bring the sum of targets: a regression begins at their mean.</summary>
    internal bool BringsTarget(Round round) => round.Index == 0 && Objective == BoostingObjective.Squared;

    /// <summary>Where trees begin.</summary>
    private static BoostedModel Grown(BoostedModel model, FeatureCuts cuts) =>
        TreeGrowth.Begin(model with { Progress = new(cuts, IsSearching: false) { LowestMargins = model.Base, HighestMargins = model.Base } });

    internal int OutputsOf(Schema schema)
    {
        var target = schema.Target ?? throw new ArgumentException($"{Name} needs a target.", nameof(schema));
        return (Objective, schema.ClassCount) switch
        {
            (BoostingObjective.Squared, 0) => 1,
            (BoostingObjective.Squared, _) => throw new ArgumentException($"{Name}: 'objective: squared' predicts a number; the target '{target.Name}' has classes.", nameof(schema)),
            (BoostingObjective.Logistic, 2) => 1,
            (BoostingObjective.Logistic, var classes) => throw new ArgumentException($"{Name}: 'objective: logistic' predicts one of two classes; the target '{target.Name}' has {classes}.", nameof(schema)),
            (_, >= 2) => schema.ClassCount,
            (_, var classes) => throw new ArgumentException($"{Name}: 'objective: softmax' predicts one of several classes; the target '{target.Name}' has {classes}.", nameof(schema)),
        };
    }

    /// <summary>By feature 1, -1 or 0; empty where nothing is constrained.</summary>
    internal int[] DirectionsOf(Schema schema)
    {
        if (Monotone.IsEmpty) return [];
        foreach (var name in Monotone.Keys) _ = IndexOf(schema, name, "monotone");
        return [.. schema.Features.Select(c => Monotone.GetValueOrDefault(c.Name))];
    }

    /// <summary>Sets of features by number.</summary>
    internal ImmutableArray<ImmutableHashSet<int>> AllowedOf(Schema schema) => [.. Interactions.Select(set => set.Select(name => IndexOf(schema, name, "interactions")).ToImmutableHashSet())];

    /// <summary>How each output's derivatives become whole numbers in the tree that grows.</summary>
    internal GradientScale[] ScalesOf(Schema schema, BoostedModel model) =>
        [.. Enumerable.Repeat(GradientScale.Of(RowsOf(schema), GradientBound(schema, model), HessianBound(schema)), model.Base.Length)];

    /// <summary>What each row counts, as one that trains or as one that measures.</summary>
    internal double[] WeightsOf(Shard shard, bool isValidation)
    {
        var weights = new double[shard.Rows];
        for (var i = 0; i < weights.Length; i++)
        {
            if ((Validation > 0 && i % Validation == Validation - 1) != isValidation) continue;
            weights[i] = (shard.Weights?[i, 0] ?? 1) * (!isValidation && Objective == BoostingObjective.Logistic && shard.Targets![i, 0] > 0 ? PositiveWeight : 1);
        }
        return weights;
    }

    /// <summary>Sum of the targets of training rows and of their weights, in steps so that sums are exact.</summary>
    internal static Matrix TargetSums(Schema schema, double[] targets, double[] weights)
    {
        var step = Math.ScaleB(1, 50 - Math.ILogB(Math.Max(1, schema.Target!.Bound * schema.WeightBound)) - Math.ILogB(Math.Max(1, (double)RowsOf(schema))));
        var (sum, weight) = (0.0, 0.0);
        for (var i = 0; i < targets.Length; i++)
        {
            sum += Math.Round(weights[i] * targets[i] * step);
            weight += Math.Round(weights[i] * step);
        }
        return new Matrix(1, 2, [sum / step, weight / step]);
    }

    private static long RowsOf(Schema schema) => schema.TotalRows > 0 ? schema.TotalRows : int.MaxValue;

    private double GradientBound(Schema schema, BoostedModel model)
    {
        var weight = schema.WeightBound * (Objective == BoostingObjective.Logistic ? Math.Max(1, PositiveWeight) : 1);
        if (Objective != BoostingObjective.Squared) return weight;
        var (progress, target) = (model.Progress!, schema.Target!);
        return weight * Math.Max(double.Epsilon * (1L << 60), Math.Max(progress.HighestMargins.Max() - target.Minimum, target.Maximum - progress.LowestMargins.Min()));
    }

    private double HessianBound(Schema schema) => Objective switch
    {
        BoostingObjective.Squared => schema.WeightBound,
        BoostingObjective.Logistic => schema.WeightBound * Math.Max(1, PositiveWeight) / 4,
        _ => schema.WeightBound / 2,
    };

    private double LossBound(Schema schema, BoostedModel model)
    {
        var progress = model.Progress!;
        var reach = Objective == BoostingObjective.Squared
            ? Math.Max(progress.HighestMargins.Max() - schema.Target!.Minimum, schema.Target.Maximum - progress.LowestMargins.Min())
            : progress.HighestMargins.Max() - Math.Min(0, progress.LowestMargins.Min()) + Math.Max(0, -progress.LowestMargins.Min());
        return Objective == BoostingObjective.Squared ? Math.Max(1, reach * reach) : Math.Max(1, Math.Abs(reach) + 1 + Math.Log(Math.Max(2, model.Base.Length)));
    }

    private int IndexOf(Schema schema, string name, string parameter)
    {
        for (var j = 0; j < schema.FeatureCount; j++)
            if (schema.Features[j].Name == name) return j;
        throw new ShardException($"{Name}: '{parameter}' names '{name}', which is no feature; there are: {string.Join(", ", schema.Features.Take(20).Select(c => c.Name))}{(schema.FeatureCount > 20 ? ", ..." : "")}.");
    }
}
