using System.Globalization;
using System.Text;

namespace Coterie.Federation.Nodes;

/// <summary>Texts that others chose, as a terminal or a log may show them: nothing in them steers it, and they end somewhere.</summary>
public static class Printable
{
    /// <summary>Longest reason that is shown or kept, in characters.</summary>
    public const int ReasonLength = 500;

    /// <summary>The text with a question mark for whatever is no visible character or space, cut after <paramref name="length"/> characters.</summary>
    /// <param name="text">Whatever somebody sent.</param>
    /// <param name="length">Most characters, above 0.</param>
    public static string Of(string text, int length = 4000)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var shown = new StringBuilder(Math.Min(text.Length, length));
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length + rune.Utf16SequenceLength > length) break;
            shown.Append(Steers(rune) ? "?" : rune.ToString());
        }
        return shown.ToString();
    }

    private static bool Steers(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse;
}
