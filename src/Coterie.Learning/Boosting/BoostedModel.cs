using System.Collections.Immutable;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Boosting;

/// <summary>A sum of trees.</summary>
/// <param name="Base">Margins before the first tree, one an output.</param>
/// <param name="Trees">In the order of training; with several classes one for each of them in every step.</param>
public sealed record BoostedModel(ImmutableArray<double> Base, ImmutableArray<BoostedTree> Trees)
{
    /// <summary>Where training stands; null once it has ended.</summary>
    internal BoostingProgress? Progress { get; init; }

    /// <summary>Margins (n x outputs) of features (n x d).</summary>
    public Matrix Margins(Matrix features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return Matrix.Create(features.Rows, Base.Length, margins =>
        {
            for (var i = 0; i < features.Rows; i++)
            {
                var row = features.Row(i);
                var of = margins.Slice(i * Base.Length, Base.Length);
                Base.AsSpan().CopyTo(of);
                foreach (var tree in Trees) of[tree.Output] += tree.ValueOf(row);
            }
        });
    }

    /// <summary>For each of d features how much its divisions lowered the objective (<c>gain</c>), how many rows' second derivatives they divided (<c>cover</c>), and how many there are (<c>divisions</c>): d x 3.</summary>
    internal Matrix Importance(int features) => Matrix.Create(features, 3, importance =>
    {
        foreach (var node in Trees.SelectMany(t => t.Nodes))
        {
            if (node.IsLeaf) continue;
            importance[3 * node.Feature] += node.Gain;
            importance[(3 * node.Feature) + 1] += node.Cover;
            importance[(3 * node.Feature) + 2]++;
        }
    });
}
