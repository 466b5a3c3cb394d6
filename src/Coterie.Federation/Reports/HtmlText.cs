using System.Text;

namespace Coterie.Federation.Reports;

/// <summary>Makes any string harmless inside markup.</summary>
internal static class HtmlText
{
    private const char Replacement = '\uFFFD';

    /// <summary>
    /// Encodes for element content and quoted attributes alike. Characters that XML forbids, lone surrogates and
    /// direction overrides (which could make a name read as another) become U+FFFD.
    /// </summary>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                encoded.Append(c).Append(text[++i]);
            else
                Append(encoded, c);
        }

        return encoded.ToString();
    }

    /// <summary>At most <paramref name="length"/> characters, the last an ellipsis where something was cut.</summary>
    public static string Shorten(string text, int length)
    {
        if (text.Length <= length) return text;
        var keep = length - 1;
        if (char.IsHighSurrogate(text[keep - 1])) keep--;
        return string.Concat(text.AsSpan(0, keep), "\u2026");
    }

    private static void Append(StringBuilder encoded, char c)
    {
        switch (c)
        {
            case '&': encoded.Append("&amp;"); break;
            case '<': encoded.Append("&lt;"); break;
            case '>': encoded.Append("&gt;"); break;
            case '"': encoded.Append("&quot;"); break;
            case '\'': encoded.Append("&#39;"); break;
            default: encoded.Append(IsAllowed(c) ? c : Replacement); break;
        }
    }

    private static bool IsAllowed(char c) =>
        c is '\t' or '\n' or '\r' or (>= ' ' and < '\u007f') or (>= '\u00a0' and <= '\ufffd')
        && !char.IsSurrogate(c) && c is not ((>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));
}
