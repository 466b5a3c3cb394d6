using System.Runtime.CompilerServices;

namespace Coterie.Learning.Boosting;

/// <summary>Finds bins of cells: an even grid over the cuts' range leads to a few of them, which are searched.</summary>
internal sealed class CutLookup
{
    private const int Grid = 2048;

    private readonly double[] _cuts;
    private readonly int[] _first = new int[Grid + 1];
    private readonly double _origin;
    private readonly double _scale;

    /// <summary>For ascending cuts.</summary>
    public CutLookup(ReadOnlySpan<double> cuts)
    {
        // Behind the last there is one that nothing reaches, for places without a cut of their own.
        _cuts = [.. cuts, double.PositiveInfinity];
        if (cuts.IsEmpty) return;
        _origin = cuts[0];
        var range = cuts[^1] - _origin;
        _scale = range > 0 && double.IsFinite(Grid / range) ? Grid / range : 0;
        // Cuts in places of the grid before this one: a place's own cuts lie between two neighbouring counts.
        foreach (var cut in cuts) _first[PlaceOf(cut) + 1]++;
        for (var place = 1; place <= Grid; place++) _first[place] += _first[place - 1];
    }

    /// <summary>How many cuts do not exceed a cell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int BinOf(double cell)
    {
        var place = PlaceOf(cell);
        var (low, high) = (_first[place], _first[place + 1]);
        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            if (cell < _cuts[middle]) high = middle;
            else low = middle + 1;
        }
        // Nearly always the only step, and no branch: what it depends on cannot be foreseen.
        return low + (_cuts[low] <= cell ? 1 : 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int PlaceOf(double cell) => (int)Math.Clamp((cell - _origin) * _scale, 0, Grid - 1);
}
