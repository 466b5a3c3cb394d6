using System.Runtime.CompilerServices;

namespace Coterie.Learning.Boosting;

/// <summary>A participant's rows by the nodes of one growing tree: each node's lie side by side.</summary>
internal sealed class RowPartition
{
    private readonly BinnedRows _rows;
    private readonly int[] _order;
    private readonly int[] _scratch;
    private readonly Dictionary<int, (int Begin, int Length)> _nodes;

    /// <summary>All rows at the root.</summary>
    public RowPartition(BinnedRows rows)
    {
        (_rows, _order, _scratch) = (rows, new int[rows.Rows], new int[rows.Rows]);
        for (var i = 0; i < _order.Length; i++) _order[i] = i;
        _nodes = new() { [0] = (0, _order.Length) };
    }

    /// <summary>The rows of a node, in ascending order.</summary>
    public ReadOnlyMemory<int> Of(int node) => _nodes.TryGetValue(node, out var place) ? _order.AsMemory(place.Begin, place.Length) : default;

    /// <summary>Follows a tree down to its leaves, as far as that has not been done.</summary>
    public void Follow(BoostedTree tree, FeatureCuts cuts)
    {
        for (var at = 0; at < tree.Nodes.Length; at++)
        {
            var node = tree.Nodes[at];
            if (node.IsLeaf || !_nodes.TryGetValue(at, out var place) || _nodes.ContainsKey(node.Left)) continue;
            var left = _rows.Divide(node.Feature, cuts.IndexOf(node.Feature, node.Cut), node.IsMissingLeft, _order.AsSpan(place.Begin, place.Length), _scratch.AsSpan(0, place.Length));
            _nodes[node.Left] = (place.Begin, left);
            _nodes[node.Left + 1] = (place.Begin + left, place.Length - left);
        }
    }

    /// <summary>Adds every row's leaf to its margin.</summary>
    public void AddValues(BoostedTree tree, double[] margins)
    {
        var open = new Stack<int>([0]);
        while (open.TryPop(out var at))
        {
            var node = tree.Nodes[at];
            if (node.IsLeaf)
            {
                Add(Of(at).Span, node.Value, margins);
                continue;
            }
            open.Push(node.Left);
            open.Push(node.Left + 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ReadOnlySpan<int> rows, double value, double[] margins)
    {
        foreach (var row in rows) margins[row] += value;
    }
}
