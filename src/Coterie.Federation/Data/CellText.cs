using System.Globalization;

namespace Coterie.Federation.Data;

/// <summary>What a cell's text means; the same in every format.</summary>
internal static class CellText
{
    /// <summary>How missing cells may be written, for messages.</summary>
    public const string MissingMarks = "an empty cell, NA, NaN or ?";

    public static bool IsMissing(ReadOnlySpan<char> text) =>
        text.Length switch
        {
            0 => true,
            1 => text[0] == '?',
            2 => text is "NA",
            3 => text.Equals("NaN", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };

    /// <summary>A finite number with '.' as the decimal point; infinities and other spellings of 'not a number' are text.</summary>
    public static bool TryNumber(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    /// <summary>The shortest text that reads back as <paramref name="value"/>; -0 is 0.</summary>
    public static string Of(double value) => (value == 0 ? 0 : value).ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Equal as text, or as numbers.</summary>
    public static bool AreSame(string left, string right) =>
        left == right || (TryNumber(left, out var a) && TryNumber(right, out var b) && a == b);

    /// <summary>A value as a message quotes it: short, on one line.</summary>
    public static string Quote(string value)
    {
        var line = value.ReplaceLineEndings(" ");
        return "'" + (line.Length > 40 ? string.Concat(line.AsSpan(0, 40), "...") : line) + "'";
    }
}
