using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Coterie.Federation.Tasks.Yaml;

/// <summary>
/// Reads one YAML document into nodes that know their lines. Bounded in depth and number of nodes; anchors, aliases and tags
/// are refused, so a short text cannot stand for a long one and no type is chosen by the text.
/// </summary>
internal sealed class YamlReader
{
    private const int MaximumDepth = 16;
    private const int MaximumNodes = 100_000;
    private readonly Parser _parser;
    private readonly Problems _problems;
    private readonly string _expected;
    private int _nodes;
    private int _line = 1; // of the last value begun

    private YamlReader(string text, Problems problems, string expected)
    {
        _expected = expected;
        _parser = new Parser(new StringReader(text));
        _problems = problems;
    }

    /// <summary>The document's root; throws what was found when the text is no YAML. <paramref name="expected"/> says what a document holds.</summary>
    public static YamlValue Read(string text, Problems problems, string expected)
    {
        var reader = new YamlReader(text, problems, expected);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException invalid)
        {
            throw problems.Stop(LineOf(invalid.Start), "", "is not valid YAML: " + invalid.Message.TrimEnd('.') + ".", invalid);
        }
        catch (Exception invalid) when (invalid is InvalidOperationException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            // The scanner answers some malformed texts with these instead of a YamlException.
            throw problems.Stop(reader._line, "", "is not valid YAML at or after this line.", invalid);
        }
    }

    private YamlValue ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _)) throw _problems.Stop(1, "", $"is empty; {_expected} is expected.");
        _parser.Consume<DocumentStart>();
        var root = ReadValue("", 0);
        _parser.Consume<DocumentEnd>();
        if (!_parser.Accept<StreamEnd>(out var next)) throw _problems.Stop(LineOf(_parser.Current!.Start), "", "has a second document; one is expected.");
        return root;
    }

    private YamlValue ReadValue(string field, int depth)
    {
        if (++_nodes > MaximumNodes) throw _problems.Stop(LineOf(_parser.Current!.Start), field, $"more than {MaximumNodes} values; a file of this kind needs far fewer.");
        if (depth > MaximumDepth) throw _problems.Stop(LineOf(_parser.Current!.Start), field, $"nested deeper than {MaximumDepth} levels.");
        if (_parser.Accept<AnchorAlias>(out var alias)) throw _problems.Stop(LineOf(alias.Start), field, "aliases (*name) are not accepted; write the value out.");
        if (_parser.Accept<NodeEvent>(out var node) && (!node.Anchor.IsEmpty || !node.Tag.IsEmpty))
            throw _problems.Stop(LineOf(node.Start), field, "anchors (&name) and tags (!name) are not accepted; write the plain value.");
        if (node is not null) _line = LineOf(node.Start);
        if (_parser.TryConsume<Scalar>(out var scalar)) return new YamlScalar(LineOf(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain);
        return _parser.Accept<SequenceStart>(out _) ? ReadList(field, depth) : ReadMapping(field, depth);
    }

    private YamlList ReadList(string field, int depth)
    {
        var start = _parser.Consume<SequenceStart>();
        var items = new List<YamlValue>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadValue($"{field}[{items.Count}]", depth + 1));
        return new YamlList(LineOf(start.Start), items);
    }

    private YamlMapping ReadMapping(string field, int depth)
    {
        var start = _parser.Consume<MappingStart>();
        var entries = new List<YamlEntry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var line = LineOf(_parser.Current!.Start);
            if (ReadValue(field, depth + 1) is not YamlScalar key) throw _problems.Stop(line, field, "a key has to be a word.");
            var path = field.Length == 0 ? key.Text : $"{field}.{key.Text}";
            var value = ReadValue(path, depth + 1);
            if (lines.TryAdd(key.Text, line)) entries.Add(new YamlEntry(key.Text, line, value));
            else _problems.Add(line, path, $"is given twice, first on line {lines[key.Text]}; keep one.");
        }
        return new YamlMapping(LineOf(start.Start), entries);
    }

    private static int LineOf(Mark mark) => (int)Math.Max(1, mark.Line);
}
