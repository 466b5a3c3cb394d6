using System.Collections.Immutable;
using System.Globalization;
using Coterie.Federation.Tasks.Yaml;

namespace Coterie.Federation.Nodes.Configuration;

/// <summary>Reads the <c>external</c> section of a participant's config: the only place from which a deployed participant runs a program.</summary>
internal static class ProgramReader
{
    private const string CommandForms = "a program and its arguments as a list, such as [python3, /srv/train.py],";
    private const string Accepts = CommandForms + " or a mapping with command and folder";

    /// <summary>The programs by name; none without a section.</summary>
    public static ImmutableSortedDictionary<string, AllowedProgram> Read(MappingReader root, string folder)
    {
        var programs = ImmutableSortedDictionary.CreateBuilder<string, AllowedProgram>(StringComparer.Ordinal);
        if (root.Take("external") is not { } value || MappingReader.Open(root.Problems, "external", value, "a mapping from names to programs") is not { } section) return programs.ToImmutable();
        foreach (var entry in section.Entries)
            if (section.Take(entry.Key, Accepts) is { } program && ReadProgram(section, entry.Key, program, folder) is { } allowed) programs[entry.Key] = allowed;
        section.Finish();
        return programs.ToImmutable();
    }

    private static AllowedProgram? ReadProgram(MappingReader section, string name, YamlValue value, string folder)
    {
        if (value is not YamlMapping) return ReadCommand(section, name, value) is { } words ? new AllowedProgram(words, folder) : null;
        if (MappingReader.Open(section.Problems, section.PathOf(name), value, Accepts) is not { } inner) return null;
        var command = inner.Take("command", CommandForms) is { } list ? ReadCommand(inner, "command", list) : null;
        var place = inner.FullPath("folder", folder, "the folder in which it runs") ?? folder;
        inner.Finish();
        return command is { } given ? new AllowedProgram(given, place) : null;
    }

    /// <summary>Unlike other lists a command may repeat a word, and have an empty one.</summary>
    private static ImmutableArray<string>? ReadCommand(MappingReader section, string key, YamlValue value)
    {
        if (value is YamlScalar { Text.Length: > 0 } one && !one.Text.Contains('\0', StringComparison.Ordinal)) return [one.Text];
        if (value is YamlList { Items: [YamlScalar { Text.Length: > 0 }, ..] items } && items.All(i => i is YamlScalar { IsNull: false } word && !word.Text.Contains('\0', StringComparison.Ordinal)))
        {
            for (var i = 0; i < items.Count; i++) section.Problems.Lines[section.PathOf(string.Create(CultureInfo.InvariantCulture, $"{key}[{i}]"))] = items[i].Line;
            return [.. items.Select(i => ((YamlScalar)i).Text)];
        }
        section.Tell(value.Line, key, $"is {value.Describe}; {CommandForms} is expected.");
        return null;
    }
}
