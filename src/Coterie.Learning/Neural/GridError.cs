namespace Coterie.Learning.Neural;

/// <summary>What rounding to a grid is expected to change in a standard normal coordinate.</summary>
internal static class GridError
{
    /// <summary>Nothing to speak of is beyond: 1e-15 of the mass.</summary>
    private const double End = 8;

    private const int Points = 1 << 14;

    /// <summary>Finer grids have errors that are even over a step; 40 points and more fall into a coarser one.</summary>
    private const double Fine = 0.02;

    /// <summary>Root mean square error on the grid of whole multiples of <paramref name="step"/> up to <paramref name="largest"/> steps.</summary>
    public static double Of(double step, int largest, bool isNearest)
    {
        double error = 0, mass = 0;
        for (var i = 0; i < Points; i++)
        {
            var x = End * (i + 0.5) / Points;
            var density = Math.Exp(-x * x / 2);
            mass += density;
            error += density * (step < Fine && x < step * largest ? step * step / (isNearest ? 12 : 6) : isNearest ? Nearest(x, step, largest) : AtRandom(x, step, largest));
        }
        return Math.Sqrt(error / mass);
    }

    private static double Nearest(double x, double step, int largest)
    {
        var error = x - (step * Math.Min(largest, Math.Floor((x / step) + 0.5)));
        return error * error;
    }

    /// <summary>The variance f (1 - f) of a number between two others, and what the grid's end cuts.</summary>
    private static double AtRandom(double x, double step, int largest)
    {
        var scaled = Math.Min(largest, x / step);
        var (fraction, cut) = (scaled - Math.Floor(scaled), (x / step) - scaled);
        return step * step * ((fraction * (1 - fraction)) + (cut * cut));
    }
}
