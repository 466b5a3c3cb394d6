using System.Collections.Immutable;

namespace Coterie.Learning.Boosting;

/// <summary>One tree.</summary>
/// <param name="Output">The margin that it adds to: a class's with several, else 0.</param>
/// <param name="Nodes">The root first; children after their parents.</param>
public sealed record BoostedTree(int Output, ImmutableArray<TreeNode> Nodes)
{
    /// <summary>What a row with these features adds to the margin.</summary>
    public double ValueOf(ReadOnlySpan<double> row)
    {
        var nodes = Nodes.AsSpan();
        var at = 0;
        while (!nodes[at].IsLeaf) at = nodes[at].Child(row[nodes[at].Feature]);
        return nodes[at].Value;
    }

    /// <summary>Without nodes that no row reaches: those below a division that was taken back.</summary>
    internal BoostedTree Compact()
    {
        var (kept, queue) = (new List<TreeNode>(), new Queue<(int From, int To)>([(0, 0)]));
        kept.Add(Nodes[0]);
        while (queue.TryDequeue(out var next))
        {
            var node = Nodes[next.From];
            if (node.IsLeaf) continue;
            var left = kept.Count;
            kept[next.To] = node with { Left = left };
            for (var side = 0; side < 2; side++)
            {
                kept.Add(Nodes[node.Left + side]);
                queue.Enqueue((node.Left + side, left + side));
            }
        }
        return this with { Nodes = [.. kept] };
    }

    /// <inheritdoc/>
    public bool Equals(BoostedTree? other) => other is not null && Output == other.Output && Nodes.SequenceEqual(other.Nodes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Output, Nodes.Length);
}
