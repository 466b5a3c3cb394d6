using System.Collections.Immutable;
using System.Globalization;

namespace Coterie.Federation.Tasks.Yaml;

/// <summary>Reads what a catalogue checks later: names with parameters of any kind.</summary>
internal static class ParameterReader
{
    private const string Kinds = "a number, a word, true or false, a list of words or numbers, or a mapping from words to numbers";

    /// <summary><c>name</c>, <c>{ name: x, parameter: value }</c> or, in lists, <c>{ x: { parameter: value } }</c>.</summary>
    public static NamedParameters? ReadNamed(Problems problems, string field, YamlValue value, bool isListItem)
    {
        problems.Lines.TryAdd(field, value.Line);
        if (value is YamlScalar { IsNull: false, Text.Length: > 0 } name) return new NamedParameters(name.Text, field, Empty);
        var accepts = isListItem ? "a name, or a name with parameters such as { one-hot: { columns: [sex] } }," : "a name, or a mapping with name and parameters,";
        if (MappingReader.Open(problems, field, value, accepts) is not { } mapping) return null;
        if (isListItem && !mapping.Has("name")) return ReadKeyed(mapping, accepts);
        return mapping.Word("name", "a name", isRequired: true) is { } word ? new NamedParameters(word, field, ReadAll(mapping, ["name"])) : null;
    }

    /// <summary>All entries of a mapping but those named, as raw values.</summary>
    public static ImmutableSortedDictionary<string, object?> ReadAll(MappingReader mapping, ImmutableArray<string> but)
    {
        var values = Empty.ToBuilder();
        foreach (var entry in mapping.Entries.Where(e => !but.Contains(e.Key))) values[entry.Key] = ReadValue(mapping, entry.Key, entry.Value);
        return values.ToImmutable();
    }

    /// <summary>One raw value.</summary>
    public static object? ReadValue(MappingReader mapping, string key, YamlValue value)
    {
        switch (value)
        {
            case YamlScalar scalar:
                return scalar.Resolved;
            case YamlList { Items: var items }:
                for (var i = 0; i < items.Count; i++) mapping.Problems.Lines[mapping.PathOf(string.Create(CultureInfo.InvariantCulture, $"{key}[{i}]"))] = items[i].Line;
                if (items.All(i => i is YamlScalar { IsNull: false })) return items.Select(i => ((YamlScalar)i).Text).ToImmutableArray();
                break;
            case YamlMapping { Entries: var entries } when entries.All(e => e.Value is YamlScalar { Number: not null }):
                return entries.ToImmutableSortedDictionary(e => e.Key, e => ((YamlScalar)e.Value).Number!.Value, StringComparer.Ordinal);
        }
        mapping.Tell(value.Line, key, $"is {value.Describe} of other things; {Kinds} is expected.");
        return null;
    }

    private static ImmutableSortedDictionary<string, object?> Empty { get; } = ImmutableSortedDictionary.Create<string, object?>(StringComparer.Ordinal);

    private static NamedParameters? ReadKeyed(MappingReader mapping, string accepts)
    {
        if (mapping.Entries.Count != 1)
        {
            mapping.Problems.Add(mapping.Line, mapping.Field, $"has {mapping.Entries.Count} keys; {accepts} is expected: one key per item.");
            return null;
        }
        var (name, _, value) = mapping.Entries[0];
        if (value is YamlScalar { IsNull: true }) return new NamedParameters(name, mapping.Field, Empty);
        // Parameters keep the item's path: preprocessing[0].columns, whatever the spelling.
        return MappingReader.Open(mapping.Problems, mapping.Field, value, "a mapping of parameters") is { } inner
            ? new NamedParameters(name, mapping.Field, ReadAll(inner, [])) : null;
    }
}
