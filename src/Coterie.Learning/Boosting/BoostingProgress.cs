using System.Collections.Immutable;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Boosting;

/// <summary>Where training stands: looking for bins, or growing trees level by level.</summary>
/// <param name="Cuts">Edges of the cells that are counted, or, once found, of bins.</param>
/// <param name="IsSearching">Whether bins are still looked for, or counting is to begin.</param>
internal sealed record BoostingProgress(FeatureCuts Cuts, bool IsSearching)
{
    /// <summary>Features whose cells are counted in this round.</summary>
    public ImmutableArray<int> Open { get; init; } = [];

    /// <summary>Cells that are counted, of all of them together.</summary>
    public int OpenCells => Open.Sum(Cuts.BinsOf);

    /// <summary>Trees of this step so far, one an output. Nodes that are to be divided yet are leaves.</summary>
    public ImmutableArray<BoostedTree> Growing { get; init; } = [];

    /// <summary>Divisions above the frontier.</summary>
    public int Level { get; init; }

    /// <summary>Rows of the participants whose sums the roots' histograms are: another number further down, and somebody has left or come back.</summary>
    public double Rows { get; init; }

    /// <summary>Nodes to divide: roots, or pairs of siblings.</summary>
    public ImmutableArray<FrontierNode> Frontier { get; init; } = [];

    /// <summary>First derivatives' histograms of the frontier's parents: nodes x bins of all features.</summary>
    public Matrix Gradients { get; init; } = Matrix.Zero(0, 0);

    /// <summary>Second derivatives', likewise.</summary>
    public Matrix Hessians { get; init; } = Matrix.Zero(0, 0);

    /// <summary>No margin of a row is below, one an output.</summary>
    public ImmutableArray<double> LowestMargins { get; init; } = [];

    /// <summary>Nor above.</summary>
    public ImmutableArray<double> HighestMargins { get; init; } = [];

    /// <summary>The least mean loss on validation rows so far, and after how many trees.</summary>
    public (double Loss, int Trees) Best { get; init; } = (double.MaxValue, 0);

    /// <summary>Frontier nodes whose histograms are sent, in order.</summary>
    public IEnumerable<FrontierNode> Summed => Frontier.Where(f => f.IsSummed);
}
