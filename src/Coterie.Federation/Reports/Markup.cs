using System.Globalization;
using System.Text;

namespace Coterie.Federation.Reports;

/// <summary>
/// Writes markup that is HTML and well-formed XML at once. Text and attribute values are encoded here and nowhere else,
/// so a string cannot become markup.
/// </summary>
internal sealed class Markup
{
    private readonly StringBuilder _text = new();
    private readonly Stack<string> _open = new();
    private int _identifiers;

    /// <summary>Opens an element; <see cref="Close"/> ends it.</summary>
    public Markup Open(string element, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Tag(element, attributes).Append('>');
        _open.Push(element);
        return this;
    }

    /// <summary>Ends the innermost open element.</summary>
    public Markup Close()
    {
        _text.Append("</").Append(_open.Pop()).Append(">\n");
        return this;
    }

    /// <summary>An element that holds only text.</summary>
    public Markup Leaf(string element, string text, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Tag(element, attributes).Append('>').Append(HtmlText.Encode(text)).Append("</").Append(element).Append(">\n");
        return this;
    }

    /// <summary>An element that cannot have content: a void HTML element or an SVG shape.</summary>
    public Markup Empty(string element, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Tag(element, attributes).Append("/>\n");
        return this;
    }

    /// <summary>Text inside the open element.</summary>
    public Markup Text(string text)
    {
        _text.Append(HtmlText.Encode(text));
        return this;
    }

    /// <summary>A style sheet or script of the product itself. Never data: it is not encoded.</summary>
    public Markup Constant(string element, string content)
    {
        if (content.AsSpan().ContainsAny('<', '&')) throw new ArgumentException("A constant with '<' or '&' is not well-formed XML.", nameof(content));
        _text.Append('<').Append(element).Append('>').Append(content).Append("</").Append(element).Append(">\n");
        return this;
    }

    /// <summary>An identifier that no other element of the page has.</summary>
    public string Identifier(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{++_identifiers}");

    /// <summary>What was written; every element must be closed.</summary>
    public override string ToString() =>
        _open.Count == 0 ? _text.ToString() : throw new InvalidOperationException($"<{_open.Peek()}> is still open.");

    private StringBuilder Tag(string element, ReadOnlySpan<(string Name, string Value)> attributes)
    {
        _text.Append('<').Append(element);
        foreach (var (name, value) in attributes) _text.Append(' ').Append(name).Append("=\"").Append(HtmlText.Encode(value)).Append('"');
        return _text;
    }
}
