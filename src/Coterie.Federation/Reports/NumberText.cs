using System.Globalization;

namespace Coterie.Federation.Reports;

/// <summary>Numbers as people read them. Invariant culture throughout.</summary>
internal static class NumberText
{
    /// <summary>Stands for a value that is not there.</summary>
    public const string None = "\u2013";

    private static readonly string[] _byteUnits = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>Four significant digits, or powers of ten far from one.</summary>
    public static string Number(double? value) => value switch
    {
        null or double.NaN => None,
        double.PositiveInfinity => "\u221e",
        double.NegativeInfinity => "\u2212\u221e",
        0 => "0",
        { } v when Math.Abs(v) is >= 1e7 or < 1e-4 => Minus(Scientific(v)),
        { } v => Minus(Fixed(v, Math.Clamp(3 - (int)Math.Floor(Math.Log10(Math.Abs(v))), 0, 7))),
    };

    /// <summary>Three significant digits without trailing zeros, for running text.</summary>
    public static string Short(double value)
    {
        if (value == 0 || !double.IsFinite(value) || Math.Abs(value) is >= 1e7 or < 1e-4) return Number(value);
        var decimals = Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 7);
        return Minus(Math.Round(value, decimals).ToString("#,0.#######", CultureInfo.InvariantCulture));
    }

    /// <summary>A whole number with thousands separated.</summary>
    public static string Count(long value) => Minus(value.ToString("#,0", CultureInfo.InvariantCulture));

    /// <summary>Bytes in decimal units, three significant digits.</summary>
    public static string Bytes(double bytes)
    {
        if (!double.IsFinite(bytes)) return None;
        var unit = 0;
        while (Math.Abs(bytes) >= 999.5 && unit < _byteUnits.Length - 1) (bytes, unit) = (bytes / 1000, unit + 1);
        var decimals = unit == 0 || Math.Abs(bytes) >= 99.95 ? 0 : Math.Abs(bytes) >= 9.995 ? 1 : 2;
        return $"{Minus(Fixed(bytes, decimals))} {_byteUnits[unit]}";
    }

    /// <summary>A duration in seconds with the unit that suits it.</summary>
    public static string Seconds(double seconds) => Math.Abs(seconds) switch
    {
        0 => "0 s",
        < 1e-3 => $"{Short(seconds * 1e6)} \u00b5s",
        < 1 => $"{Short(seconds * 1e3)} ms",
        < 120 => $"{Short(seconds)} s",
        < 7200 => $"{Short(seconds / 60)} min",
        < double.PositiveInfinity => $"{Short(seconds / 3600)} h",
        _ => None,
    };

    /// <summary>"1 round", "2 rounds".</summary>
    public static string Plural(long count, string noun) => count == 1 ? $"1 {noun}" : $"{Count(count)} {noun}s";

    /// <summary>A coordinate in markup: two decimals, no exponent.</summary>
    public static string Coordinate(double value) => Math.Round(Math.Clamp(value, -1e6, 1e6), 2).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A number with so many decimals, thousands separated.</summary>
    public static string Fixed(double value, int decimals) =>
        value.ToString(decimals == 0 ? "#,0" : "#,0." + new string('0', decimals), CultureInfo.InvariantCulture);

    /// <summary>The typographic minus sign.</summary>
    public static string Minus(string number) => number.Replace('-', '\u2212');

    /// <summary>An integer as superscript.</summary>
    public static string Superscript(int exponent) => string.Concat(exponent.ToString(CultureInfo.InvariantCulture).Select(c => c switch
    {
        '-' => '\u207b',
        '1' => '\u00b9',
        '2' => '\u00b2',
        '3' => '\u00b3',
        _ => (char)('\u2070' + (c - '0')),
    }));

    private static string Scientific(double value)
    {
        var exponent = (int)Math.Floor(Math.Log10(Math.Abs(value)));
        var digits = value.ToString("0.00e+0", CultureInfo.InvariantCulture).Split('e');
        exponent = digits.Length == 2 ? int.Parse(digits[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : exponent;
        return $"{digits[0]} \u00d7 10{Superscript(exponent)}";
    }

}
