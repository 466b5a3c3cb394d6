using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Boosting;

/// <summary>How trees grow by a level from sums over all rows.</summary>
internal sealed class TreeGrowth(GradientBoostedTrees learner, Schema schema)
{
    private readonly int[] _directions = learner.DirectionsOf(schema);
    private readonly ImmutableArray<ImmutableHashSet<int>> _allowed = learner.AllowedOf(schema);

    /// <summary>The next trees, at their roots.</summary>
    public static BoostedModel Begin(BoostedModel model) => model with
    {
        Progress = model.Progress! with
        {
            Level = 0,
            Growing = [.. model.Base.Select((_, k) => new BoostedTree(k, [TreeNode.Leaf(0, 0)]))],
            Frontier = [.. model.Base.Select((_, k) => new FrontierNode(k, 0, IsSummed: true, -1, 0, 0, double.NegativeInfinity, double.PositiveInfinity))],
            Gradients = Matrix.Zero(0, 0),
            Hessians = Matrix.Zero(0, 0),
        },
    };

    /// <summary>The model after a level.</summary>
    public Step<BoostedModel> Next(BoostedModel model, Blocks<Matrix> total)
    {
        var (progress, loss) = (model.Progress!, (double?)null);
        if (progress.Level == 0)
        {
            (progress, loss) = Measured(progress, model.Trees.Length, total.Find("validation"));
            var isEnough = learner.EarlyStopping > 0 && model.Trees.Length - progress.Best.Trees >= learner.EarlyStopping * model.Base.Length;
            if (isEnough || model.Trees.Length >= learner.Trees * model.Base.Length) return new(model with { Progress = progress }, Done: true, Change: 0, loss);
            progress = progress with { Rows = total["rows"][0, 0], Frontier = [.. progress.Frontier.Select((f, i) => f with { Gradient = total["totals"][i, 0], Hessian = total["totals"][i, 1] })] };
        }
        // Siblings by subtraction are of the same rows as their parents, or of none: the tree is begun anew among those who are there.
        else if (total["rows"][0, 0] != progress.Rows) return new(Begin(model), Done: false, Change: 1);
        var cuts = progress.Cuts;
        var finder = new SplitFinder(cuts, learner.Lambda, learner.LeastChildWeight, _directions);
        var (gradients, hessians) = (Histograms(progress, progress.Gradients, total["gradients"]), Histograms(progress, progress.Hessians, total["hessians"]));
        var splits = new Split?[progress.Frontier.Length];
        var bins = cuts.TotalBins;
        Parallel.For(0, splits.Length, i =>
        {
            var node = progress.Frontier[i];
            splits[i] = finder.Find(node, gradients.AsSpan(i * bins, bins), hessians.AsSpan(i * bins, bins), AllowedAt(progress.Growing[node.Tree], node.Node));
        });
        return Divided(model, progress, finder, splits, gradients, hessians) with { Loss = loss };
    }

    private Step<BoostedModel> Divided(BoostedModel model, BoostingProgress progress, SplitFinder finder, Split?[] splits, double[] gradients, double[] hessians)
    {
        var trees = progress.Growing.Select(t => t.Nodes.ToBuilder()).ToArray();
        var next = new List<FrontierNode>();
        var parents = new List<int>();
        for (var i = 0; i < splits.Length; i++)
        {
            var (node, nodes) = (progress.Frontier[i], trees[progress.Frontier[i].Tree]);
            var leaf = TreeNode.Leaf(learner.LearningRate * finder.ValueOf(node.Gradient, node.Hessian, node.Lower, node.Upper), node.Hessian);
            nodes[node.Node] = leaf;
            if (splits[i] is not { } split) continue;
            nodes[node.Node] = leaf with { Feature = split.Feature, Cut = CutOf(progress.Cuts, split, hessians.AsSpan(i * progress.Cuts.TotalBins)), IsMissingLeft = split.IsMissingLeft, Left = nodes.Count, Gain = split.Gain };
            var (left, right) = Children(node, split, finder, nodes.Count, parents.Count);
            parents.Add(i);
            foreach (var child in new[] { left, right })
            {
                nodes.Add(TreeNode.Leaf(learner.LearningRate * finder.ValueOf(child.Gradient, child.Hessian, child.Lower, child.Upper), child.Hessian));
                next.Add(child);
            }
        }
        var growing = trees.Select((nodes, k) => new BoostedTree(k, nodes.ToImmutable())).ToImmutableArray();
        if (next.Count == 0 || progress.Level + 1 >= learner.Depth) return Finished(model, progress, growing);
        var bins = progress.Cuts.TotalBins;
        return new(model with
        {
            Progress = progress with { Level = progress.Level + 1, Growing = growing, Frontier = [.. next], Gradients = Rows(gradients, parents, bins), Hessians = Rows(hessians, parents, bins) },
        }, Done: false, ChangeOf(model.Trees.TakeLast(model.Base.Length)));
    }

    /// <summary>The largest step of a margin that trees take; 1 before the first. Between two trees it is the last one's.</summary>
    private static double ChangeOf(IEnumerable<BoostedTree> trees) => trees.SelectMany(t => t.Nodes).Where(n => n.IsLeaf).Select(n => Math.Abs(n.Value)).DefaultIfEmpty(1).Max();

    /// <summary>The sibling with fewer second derivatives is the one that is sent.</summary>
    private (FrontierNode Left, FrontierNode Right) Children(FrontierNode node, Split split, SplitFinder finder, int left, int parent)
    {
        var (rightGradient, rightHessian) = (node.Gradient - split.LeftGradient, node.Hessian - split.LeftHessian);
        var isLeftSummed = split.LeftHessian <= rightHessian;
        var direction = _directions.Length > 0 ? _directions[split.Feature] : 0;
        var (lowerLeft, upperLeft, lowerRight, upperRight) = (node.Lower, node.Upper, node.Lower, node.Upper);
        if (direction != 0)
        {
            var middle = (finder.ValueOf(split.LeftGradient, split.LeftHessian, node.Lower, node.Upper) + finder.ValueOf(rightGradient, rightHessian, node.Lower, node.Upper)) / 2;
            if (direction > 0) (upperLeft, lowerRight) = (middle, middle);
            else (lowerLeft, upperRight) = (middle, middle);
        }
        return (new(node.Tree, left, isLeftSummed, parent, split.LeftGradient, split.LeftHessian, lowerLeft, upperLeft),
            new(node.Tree, left + 1, !isLeftSummed, parent, rightGradient, rightHessian, lowerRight, upperRight));
    }

    private Step<BoostedModel> Finished(BoostedModel model, BoostingProgress progress, ImmutableArray<BoostedTree> growing)
    {
        var trees = growing.Select(t => learner.Gamma > 0 ? Pruned(t) : t).ToArray();
        var grown = Begin(model with
        {
            Trees = [.. model.Trees, .. trees],
            Progress = progress with
            {
                LowestMargins = [.. progress.LowestMargins.Select((m, k) => m + trees[k].Nodes.Where(n => n.IsLeaf).Min(n => n.Value))],
                HighestMargins = [.. progress.HighestMargins.Select((m, k) => m + trees[k].Nodes.Where(n => n.IsLeaf).Max(n => n.Value))],
            },
        });
        var isLast = grown.Trees.Length >= learner.Trees * model.Base.Length;
        return new(grown, Done: isLast && learner.Validation == 0, ChangeOf(trees));
    }

    /// <summary>Takes divisions back that gain less than gamma and have leaves below them only.</summary>
    private BoostedTree Pruned(BoostedTree tree)
    {
        var nodes = tree.Nodes.ToBuilder();
        for (var at = nodes.Count - 1; at >= 0; at--)
        {
            var node = nodes[at];
            if (!node.IsLeaf && node.Gain < learner.Gamma && nodes[node.Left].IsLeaf && nodes[node.Left + 1].IsLeaf) nodes[at] = TreeNode.Leaf(node.Value, node.Cover);
        }
        return tree with { Nodes = nodes.ToImmutable() };
    }

    /// <summary>The mean loss on validation rows, where there are any, and what is the best of them.</summary>
    private static (BoostingProgress Progress, double? Loss) Measured(BoostingProgress progress, int trees, Matrix? losses)
    {
        if (losses is null || !(losses[0, 1] > 0)) return (progress, null);
        var loss = losses[0, 0] / losses[0, 1];
        return (loss < progress.Best.Loss ? progress with { Best = (loss, trees) } : progress, loss);
    }

    /// <summary>Histograms of all of the frontier: those that were sent, and their siblings' by subtraction.</summary>
    private static double[] Histograms(BoostingProgress progress, Matrix parents, Matrix sent)
    {
        var bins = progress.Cuts.TotalBins;
        var all = new double[progress.Frontier.Length * bins];
        var row = 0;
        for (var i = 0; i < progress.Frontier.Length; i++)
            if (progress.Frontier[i].IsSummed) sent.Row(row++).CopyTo(all.AsSpan(i * bins, bins));
        for (var i = 0; i < progress.Frontier.Length; i++)
        {
            if (progress.Frontier[i].IsSummed) continue;
            // Siblings stand side by side, the left one first.
            var sibling = i % 2 == 0 ? i + 1 : i - 1;
            System.Numerics.Tensors.TensorPrimitives.Subtract(parents.Row(progress.Frontier[i].Parent), all.AsSpan(sibling * bins, bins), all.AsSpan(i * bins, bins));
        }
        return all;
    }

    private static Matrix Rows(double[] histograms, List<int> rows, int bins) => Matrix.Create(rows.Count, bins, values =>
    {
        for (var i = 0; i < rows.Count; i++) histograms.AsSpan(rows[i] * bins, bins).CopyTo(values[(i * bins)..]);
    });

    private double CutOf(FeatureCuts cuts, Split split, ReadOnlySpan<double> hessians) =>
        (learner.Cuts ?? cuts).CutAfter(split.Feature, split.Bin, hessians.Slice(cuts.StartOf(split.Feature), cuts.BinsOf(split.Feature)));

    /// <summary>Features that may divide a node: those on its path, and those of sets that contain the path.</summary>
    private Predicate<int> AllowedAt(BoostedTree tree, int node)
    {
        if (_allowed.IsEmpty || node == 0) return static _ => true;
        var path = PathTo(tree, node);
        var allowed = _allowed.Where(path.IsSubsetOf).Aggregate(path, (all, set) => all.Union(set));
        return allowed.Contains;
    }

    private static ImmutableHashSet<int> PathTo(BoostedTree tree, int node)
    {
        var path = ImmutableHashSet.CreateBuilder<int>();
        for (var at = node - 1; at >= 0; at--)
        {
            if (tree.Nodes[at].IsLeaf || (node != tree.Nodes[at].Left && node != tree.Nodes[at].Left + 1)) continue;
            path.Add(tree.Nodes[at].Feature);
            node = at;
        }
        return path.ToImmutable();
    }
}
