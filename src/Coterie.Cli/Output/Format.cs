using System.Globalization;

namespace Coterie.Cli.Output;

/// <summary>Figures as a terminal shows them; invariant culture.</summary>
internal static class Format
{
    /// <summary>Stands for a figure that is not there.</summary>
    public const string None = "-";

    private static readonly string[] ByteUnits = ["B", "kB", "MB", "GB", "TB"];

    /// <summary>Four decimals for small figures, fewer for large ones.</summary>
    public static string Number(double? value) => value switch
    {
        null => None,
        { } v when !double.IsFinite(v) => None,
        0 => "0",
        { } v when Math.Abs(v) is >= 1e9 or < 1e-4 => v.ToString("0.###e+0", CultureInfo.InvariantCulture),
        { } v => v.ToString(Math.Abs(v) switch { >= 1000 => "#,0.0", >= 10 => "0.00", _ => "0.0000" }, CultureInfo.InvariantCulture),
    };

    /// <summary>A whole number with thousands separated.</summary>
    public static string Count(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Bytes in decimal units, about three digits.</summary>
    public static string Bytes(double bytes)
    {
        var unit = 0;
        while (bytes >= 999.5 && unit < ByteUnits.Length - 1) (bytes, unit) = (bytes / 1000, unit + 1);
        return bytes.ToString(unit == 0 || bytes >= 99.95 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + ByteUnits[unit];
    }

    /// <summary>Seconds with two decimals.</summary>
    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>"1 row", "2 rows".</summary>
    public static string Plural(long count, string noun) => count == 1 ? $"1 {noun}" : $"{Count(count)} {noun}s";

    /// <summary>A metric's name in print.</summary>
    public static string Metric(string name) => name switch
    {
        "mse" or "rmse" or "mae" or "auc" => name.ToUpperInvariant(),
        "r2" => "R2",
        _ => name.Replace('_', ' '),
    };

    /// <summary>A path as people would type it from here.</summary>
    public static string Path(string full)
    {
        var relative = System.IO.Path.GetRelativePath(Environment.CurrentDirectory, full);
        return relative.StartsWith("..", StringComparison.Ordinal) ? full : relative;
    }
}
