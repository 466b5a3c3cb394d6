using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Boosting;

/// <summary>An ensemble as named blocks.</summary>
internal static class BoostedBlocks
{
    private const int NodeColumns = 7;
    private const int FrontierColumns = 8;

    /// <summary>
    /// <c>base</c> (outputs x 1); <c>trees</c> (trees x 2: output, nodes) and <c>nodes</c> (nodes x 7: feature or -1, cut, whether missing goes left, left child within the tree, value, gain, cover), one tree after the other; while training lasts also
    /// <c>cuts</c>, <c>cut-counts</c>, <c>stage</c>, <c>open</c>, <c>margins</c>, <c>growing</c>, <c>growing-nodes</c>, <c>frontier</c> and the histograms of the frontier's parents.
    /// </summary>
    public static Blocks<Matrix> Pack(BoostedModel model)
    {
        var blocks = Blocks<Matrix>.Of(("base", Matrix.Column(model.Base.AsSpan())), ("trees", Heads(model.Trees)), ("nodes", NodesOf(model.Trees)));
        if (model.Progress is not { } progress) return blocks;
        blocks = blocks
            .With("stage", new Matrix(1, 5, [progress.IsSearching ? 1 : 0, progress.Level, progress.Best.Loss, progress.Best.Trees, progress.Rows]))
            .With("cut-counts", Matrix.Column([.. progress.Cuts.Of.Select(c => (double)c.Length)]))
            .With("cuts", Matrix.Column([.. progress.Cuts.Of.SelectMany(c => c)]))
            .With("open", Matrix.Column([.. progress.Open.Select(j => (double)j)]))
            .With("margins", Matrix.Column(progress.LowestMargins.AsSpan()).Beside(Matrix.Column(progress.HighestMargins.AsSpan())))
            .With("growing", Heads(progress.Growing))
            .With("growing-nodes", NodesOf(progress.Growing))
            .With("frontier", new Matrix(progress.Frontier.Length, FrontierColumns,
                [.. progress.Frontier.SelectMany(f => (double[])[f.Tree, f.Node, f.IsSummed ? 1 : 0, f.Parent, f.Gradient, f.Hessian, Math.Max(f.Lower, double.MinValue), Math.Min(f.Upper, double.MaxValue)])]));
        // Roots have no parents; what everybody begins with is what everybody is told.
        return progress.Level == 0 ? blocks : blocks.With("gradient-histograms", progress.Gradients).With("hessian-histograms", progress.Hessians);
    }

    /// <summary>Without what only the next step takes.</summary>
    public static Blocks<Matrix> Told(Blocks<Matrix> parameters) => parameters.Where(name => name is not ("gradient-histograms" or "hessian-histograms"));

    /// <summary>A model from its blocks.</summary>
    /// <exception cref="ArgumentException">They are none.</exception>
    public static BoostedModel Unpack(Blocks<Matrix> blocks, int outputs, int features)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        var model = new BoostedModel([.. blocks.Require("base", outputs, 1).Values], TreesOf(Block(blocks, "trees", 2), Block(blocks, "nodes", NodeColumns), outputs, features));
        if (blocks.Find("stage") is null) return model;
        var (stage, margins, frontier) = (blocks.Require("stage", 1, 5), Block(blocks, "margins", 2), Block(blocks, "frontier", FrontierColumns));
        var growing = TreesOf(Block(blocks, "growing", 2), Block(blocks, "growing-nodes", NodeColumns), outputs, features);
        var progress = new BoostingProgress(CutsOf(blocks.Require("cut-counts", features, 1), Block(blocks, "cuts", 1)), stage[0, 0] != 0)
        {
            Level = Index(stage[0, 1], 1 << 16, "stage"),
            Best = (stage[0, 2], Index(stage[0, 3], model.Trees.Length + 1, "stage")),
            Open = [.. Block(blocks, "open", 1).ToArray().Select(j => Index(j, features, "open"))],
            Rows = stage[0, 4],
            LowestMargins = [.. Enumerable.Range(0, margins.Rows).Select(k => margins[k, 0])],
            HighestMargins = [.. Enumerable.Range(0, margins.Rows).Select(k => margins[k, 1])],
            Growing = growing,
            Frontier = [.. Enumerable.Range(0, frontier.Rows).Select(i => FrontierOf(frontier.Row(i), growing))],
            Gradients = blocks.Find("gradient-histograms") ?? Matrix.Zero(0, 0),
            Hessians = blocks.Find("hessian-histograms") ?? Matrix.Zero(0, 0),
        };
        if (!progress.IsSearching && (margins.Rows != outputs || growing.Length != outputs)) throw new ArgumentException($"There are {growing.Length} growing trees and bounds of {margins.Rows} margins; {outputs} of either expected.", nameof(blocks));
        return model with { Progress = progress };
    }

    private static Matrix Heads(ImmutableArray<BoostedTree> trees) => new(trees.Length, 2, [.. trees.SelectMany(t => (double[])[t.Output, t.Nodes.Length])]);

    private static Matrix NodesOf(ImmutableArray<BoostedTree> trees) => Matrix.Create(trees.Sum(t => t.Nodes.Length), NodeColumns, values =>
    {
        var at = 0;
        foreach (var node in trees.SelectMany(t => t.Nodes))
        {
            foreach (var value in (ReadOnlySpan<double>)[node.Feature, node.Cut, node.IsMissingLeft ? 1 : 0, node.Left, node.Value, node.Gain, node.Cover]) values[at++] = value;
        }
    });

    private static ImmutableArray<BoostedTree> TreesOf(Matrix heads, Matrix nodes, int outputs, int features)
    {
        var (trees, first) = (new BoostedTree[heads.Rows], 0);
        for (var t = 0; t < trees.Length; t++)
        {
            var count = Index(heads[t, 1], nodes.Rows - first + 1, "trees");
            if (count == 0) throw new ArgumentException($"Tree {t} has no nodes.", nameof(heads));
            var of = new TreeNode[count];
            for (var i = 0; i < count; i++)
            {
                var row = nodes.Row(first + i);
                var (feature, left) = (Index(row[0] + 1, features + 1, "nodes") - 1, Index(row[3], count, "nodes"));
                if (feature >= 0 && (left <= i || left + 1 >= count)) throw new ArgumentException($"Node {i} of tree {t} has no children behind it.", nameof(nodes));
                of[i] = new TreeNode(feature, row[1], row[2] != 0, left, row[4], row[5], row[6]);
            }
            trees[t] = new BoostedTree(Index(heads[t, 0], outputs, "trees"), [.. of]);
            first += count;
        }
        return first == nodes.Rows ? [.. trees] : throw new ArgumentException($"There are {nodes.Rows} nodes; the trees have {first}.", nameof(nodes));
    }

    private static FeatureCuts CutsOf(Matrix counts, Matrix cuts)
    {
        var (of, first) = (new ImmutableArray<double>[counts.Rows], 0);
        for (var j = 0; j < of.Length; j++)
        {
            var count = Index(counts[j, 0], cuts.Rows - first + 1, "cut-counts");
            of[j] = [.. cuts.Values.Slice(first, count)];
            for (var i = 1; i < count; i++)
                if (!(of[j][i] > of[j][i - 1])) throw new ArgumentException($"The cuts of feature {j} do not ascend.", nameof(cuts));
            first += count;
        }
        return first == cuts.Rows ? new([.. of]) : throw new ArgumentException($"There are {cuts.Rows} cuts; the features have {first}.", nameof(cuts));
    }

    private static FrontierNode FrontierOf(ReadOnlySpan<double> row, ImmutableArray<BoostedTree> growing)
    {
        var tree = Index(row[0], growing.Length, "frontier");
        return new(tree, Index(row[1], growing[tree].Nodes.Length, "frontier"), row[2] != 0, Index(row[3] + 1, int.MaxValue, "frontier") - 1, row[4], row[5],
            row[6] == double.MinValue ? double.NegativeInfinity : row[6], row[7] == double.MaxValue ? double.PositiveInfinity : row[7]);
    }

    private static Matrix Block(Blocks<Matrix> blocks, string name, int columns) =>
        blocks.Find(name) is { } block ? blocks.Require(name, block.Rows, columns) : throw new ArgumentException($"The model has no block '{name}'.", nameof(blocks));

    private static int Index(double value, int end, string block) => value >= 0 && value < end && value == Math.Floor(value)
        ? (int)value
        : throw new ArgumentException($"Block '{block}' holds {value:R} where a whole number from 0 to {end - 1} is expected.", nameof(value));
}
