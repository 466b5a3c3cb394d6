using System.Globalization;

namespace Coterie.Benchmarks.Reports;

/// <summary>Numbers as tables show them: three significant digits, thousands apart.</summary>
internal static class Figures
{
    public static string Seconds(double seconds) => seconds switch
    {
        >= 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"),
        >= 1e-3 => Three(seconds * 1e3) + " ms",
        _ => Three(seconds * 1e6) + " us",
    };

    public static string Count(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Ratio(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    public static string Percent(double fraction) => string.Create(CultureInfo.InvariantCulture, $"{100 * fraction:0} %");

    public static string Three(double value) => value.ToString(value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
