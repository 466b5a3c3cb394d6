using System.Collections.Immutable;

namespace Coterie.Federation.Reports.Charts;

/// <summary>What an axis measures; decides how its scale is named.</summary>
internal enum Unit
{
    /// <summary>Plain numbers; far from one the title carries a power of ten.</summary>
    None,

    /// <summary>Whole numbers.</summary>
    Count,

    /// <summary>Bytes, in decimal units.</summary>
    Bytes,

    /// <summary>Seconds, milliseconds or microseconds.</summary>
    Seconds,
}

/// <summary>A scale with round ticks.</summary>
/// <param name="Title">What is measured, with its unit.</param>
/// <param name="Minimum">The value at the axis' start.</param>
/// <param name="Maximum">The value at its end; above <paramref name="Minimum"/>.</param>
/// <param name="Ticks">Ascending values within the two.</param>
/// <param name="Labels">One per tick.</param>
/// <param name="IsLogarithmic">Whether distances are ratios.</param>
internal sealed record Axis(string Title, double Minimum, double Maximum, ImmutableArray<double> Ticks, ImmutableArray<string> Labels, bool IsLogarithmic = false)
{
    private const double Largest = 1e300;      // leaves room for a tick beyond the data
    private const double Smallest = 1e-290;    // below, steps would lose their precision
    private const double Distinct = 1e-9;      // a narrower relative range cannot be labelled legibly: it counts as constant
    private static readonly string[] _byteUnits = ["B", "kB", "MB", "GB", "TB", "PB"];

    /// <summary>The widest label in characters.</summary>
    public int LabelLength => Labels.Max(l => l.Length);

    /// <summary>Between 0 at the start and 1 at the end; values outside are moved to the border.</summary>
    public double Fraction(double value) => IsLogarithmic
        ? Math.Clamp((Math.Log10(Math.Max(value, Minimum)) - Math.Log10(Minimum)) / (Math.Log10(Maximum) - Math.Log10(Minimum)), 0, 1)
        : Math.Clamp(((Math.Clamp(value, Minimum, Maximum) / 2) - (Minimum / 2)) / ((Maximum / 2) - (Minimum / 2)), 0, 1);

    /// <summary>
    /// An axis from the round value at or below the smallest to the one at or above the largest; 3 to 10 ticks whatever the values.
    /// Values that are no numbers are ignored; without any it runs from 0 to 1.
    /// </summary>
    public static Axis Linear(string title, IEnumerable<double> values, Unit unit = Unit.None)
    {
        var (low, high) = Widen(Range(values), unit);
        if (unit is Unit.Count or Unit.Bytes) high = Math.Max(high, low + 2);     // whole ticks: at least three of them
        var step = NiceStep((high / 5) - (low / 5));
        if (unit is Unit.Count or Unit.Bytes) step = Math.Max(1, Math.Floor(step));    // 2.5 becomes 2: at most 8 ticks
        var first = Math.Floor((low / step) + Distinct);
        var ticks = new List<double>();
        for (var i = 0; i == 0 || ticks[^1] < high - (step * Distinct); i++) ticks.Add((first + i) * step);
        return Labelled(title, Math.Min(low, ticks[0]), Math.Max(high, ticks[^1]), [.. ticks], step, unit);
    }

    /// <summary>An axis over whole numbers that begins and ends with them, as for rounds; at least 2 ticks.</summary>
    public static Axis Whole(string title, IEnumerable<double> values)
    {
        var (low, high) = Range(values);
        (low, high) = (Math.Floor(low), Math.Max(Math.Ceiling(high), Math.Floor(low) + 1));
        var nice = Linear(title, [low, high], Unit.Count);
        var step = nice.Ticks[1] - nice.Ticks[0];
        var ticks = nice.Ticks.Where(t => t >= low && t <= high).ToImmutableArray();
        if (ticks.IsEmpty || ticks[0] - low >= step / 2) ticks = ticks.Insert(0, low);
        return Labelled(title, low, high, ticks, step, Unit.None);
    }

    /// <summary>Powers of ten around positive values (others are ignored); with few of them 2 and 5 as well.</summary>
    public static Axis Logarithmic(string title, IEnumerable<double> values)
    {
        var (low, high) = Range(values.Where(v => v > Smallest));
        var (first, last) = ((int)Math.Floor(Math.Log10(Math.Max(low, Smallest))), (int)Math.Ceiling(Math.Log10(Math.Max(high, Smallest))));
        last = Math.Max(last, first + 1);
        var every = ((last - first) + 6) / 7;
        last = first + ((last - first + every - 1) / every * every);
        double[] mantissas = last - first == 1 ? [1, 2, 5] : [1];
        var ticks = new List<(double Value, string Label)>();
        for (var e = first; e < last; e += every) ticks.AddRange(mantissas.Select(m => (m * Math.Pow(10, e), PowerLabel(m, e))));
        ticks.Add((Math.Pow(10, last), PowerLabel(1, last)));
        return new Axis($"{title} (log scale)", ticks[0].Value, ticks[^1].Value, [.. ticks.Select(t => t.Value)], [.. ticks.Select(t => t.Label)], true);
    }

    private static Axis Labelled(string title, double low, double high, ImmutableArray<double> ticks, double step, Unit unit)
    {
        var exponent = Exponent(Math.Max(Math.Abs(low), Math.Abs(high)), unit);
        var scale = Math.Pow(10, exponent);
        var scaledStep = step / scale;
        var decimals = 0;
        while (decimals < 12 && Math.Abs(scaledStep - Math.Round(scaledStep, decimals)) > scaledStep * 1e-6) decimals++;
        return new Axis(Named(title, exponent, unit), low, high, ticks, [.. ticks.Select(t => NumberText.Minus(NumberText.Fixed(NoNegativeZero(t / scale), decimals)))]);
    }

    private static double NoNegativeZero(double value) => Math.Abs(value) < 1e-13 ? 0 : value;

    private static string Named(string title, int exponent, Unit unit) => unit switch
    {
        Unit.Bytes => $"{title} ({_byteUnits[exponent / 3]})",
        Unit.Seconds => $"{title} ({(exponent == 0 ? "s" : exponent == -3 ? "ms" : "\u00b5s")})",
        _ => exponent == 0 ? title : $"{title} (\u00d7 10{NumberText.Superscript(exponent)})",
    };

    private static int Exponent(double magnitude, Unit unit)
    {
        var thousands = 3 * (int)Math.Floor((Math.Log10(magnitude) + 1e-9) / 3);
        return unit switch
        {
            Unit.Bytes => Math.Clamp(thousands, 0, 15),
            Unit.Seconds => magnitude >= 1 ? 0 : Math.Clamp(thousands, -6, -3),
            _ => magnitude is >= 1e-2 and < 1e6 ? 0 : thousands,
        };
    }

    private static (double Low, double High) Range(IEnumerable<double> values)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values.Where(v => !double.IsNaN(v)).Select(Clamp)) (low, high) = (Math.Min(low, value), Math.Max(high, value));
        return low > high ? (0, 1) : (low, high);
    }

    private static (double Low, double High) Widen((double Low, double High) range, Unit unit)
    {
        var (low, high) = range;
        var size = Math.Max(Math.Abs(low), Math.Abs(high));
        if (high - low > Math.Max(size * Distinct, Smallest)) return range;
        if (size <= Smallest) return (0, 1);
        if (unit != Unit.None) return low > 0 ? (0, high) : (low, 0);
        return (low - (size * 0.1), high + (size * 0.1));
    }

    /// <summary>The smallest of 1, 2, 2.5, 5 and 10 times a power of ten that is at least <paramref name="raw"/>.</summary>
    private static double NiceStep(double raw)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var ratio = raw / power * (1 - Distinct);
        return power * (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 2.5 ? 2.5 : ratio <= 5 ? 5 : 10);
    }

    private static string PowerLabel(double mantissa, int exponent)
    {
        if (exponent is >= -3 and <= 4) return NumberText.Fixed(mantissa * Math.Pow(10, exponent), Math.Max(0, -exponent));
        return mantissa == 1 ? $"10{NumberText.Superscript(exponent)}" : $"{NumberText.Fixed(mantissa, 0)} \u00d7 10{NumberText.Superscript(exponent)}";
    }

    private static double Clamp(double value) => Math.Clamp(value, -Largest, Largest);
}
