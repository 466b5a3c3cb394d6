using Coterie.Core.Numerics;

namespace Coterie.Learning.Preprocessing;

/// <summary>How far the search for two order statistics per column has come; a row per feature.</summary>
/// <param name="Counts">Cells present (d x 1).</param>
/// <param name="Bins">Chosen bins: three levels for the lower statistic, three for the upper (d x 6).</param>
/// <param name="Ranks">0-based rank of either statistic among the cells of its bin (d x 2).</param>
public sealed record QuantileSearch(Matrix Counts, Matrix Bins, Matrix Ranks);
