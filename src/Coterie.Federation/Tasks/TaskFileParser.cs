using System.Collections.Immutable;
using System.Globalization;
using Coterie.Federation.Tasks.Yaml;
using Coterie.Privacy.Sums;

namespace Coterie.Federation.Tasks;

/// <summary>Turns a task file's text into a <see cref="TaskFile"/>, or tells what is wrong with it.</summary>
internal static class TaskFileParser
{
    private const string Root = "a mapping with task, data, learner and privacy";

    public static TaskFile Load(string path)
    {
        return Parse(YamlFile.ReadText(path, "task file", TaskFile.MaximumBytes), path);
    }

    public static TaskFile Parse(string text, string path)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > TaskFile.MaximumBytes) throw YamlFile.TooLong(path, "task file", TaskFile.MaximumBytes);
        var problems = new Problems(path);
        var root = YamlReader.Read(text.TrimStart('\uFEFF'), problems, Root);
        if (MappingReader.Open(problems, "", root, Root) is not { } mapping) throw problems.Stop(root.Line, "", $"{Root} is expected.");
        var task = Read(mapping, path);
        problems.ThrowIfAny();
        return task! with { Lines = problems.Lines.ToImmutableSortedDictionary(StringComparer.Ordinal) };
    }

    /// <summary>Null only when a defect was told.</summary>
    private static TaskFile? Read(MappingReader root, string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var name = ReadName(root);
        var data = root.Take("data", "a mapping with file and participants") is { } section ? DataSectionParser.Read(root.Problems, section, folder) : null;
        var preprocessing = ReadPreprocessing(root);
        var learner = root.Take("learner", "a learner's name") is { } value ? ParameterReader.ReadNamed(root.Problems, "learner", value, isListItem: false) : null;
        var privacy = ReadPrivacy(root);
        LaterSections.Check(root);
        var stop = ReadStop(root);
        var sampling = ReadSampling(root);
        root.Finish();
        return name is null || data is null || learner is null || privacy is null ? null
            : new TaskFile { File = path, Name = name, Data = data, Preprocessing = preprocessing, Learner = learner, Privacy = privacy, Stop = stop, SampleFraction = sampling };
    }

    private static string? ReadName(MappingReader root)
    {
        const string accepts = "a name of letters, digits, '-', '_' and '.', at most 100, starting with a letter or digit,";
        if (root.Word("task", accepts, isRequired: true) is not { } name) return null;
        if (name.Length <= 100 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')) return name;
        root.Tell(root.Problems.Lines["task"], "task", $"is '{name}'; {accepts} is expected, because it also names the folder of results.");
        return null;
    }

    private static ImmutableArray<NamedParameters> ReadPreprocessing(MappingReader root)
    {
        if (root.Take("preprocessing") is not { } value) return [];
        if (value is not YamlList list) list = new YamlList(value.Line, [value]);
        var steps = ImmutableArray.CreateBuilder<NamedParameters>();
        for (var i = 0; i < list.Items.Count; i++)
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"preprocessing[{i}]");
            if (ParameterReader.ReadNamed(root.Problems, field, list.Items[i], isListItem: true) is { } step) steps.Add(step);
        }
        return steps.ToImmutable();
    }

    private static PrivacySettings? ReadPrivacy(MappingReader root)
    {
        if (root.Take("privacy", "a mapping with mode") is not { } value) return null;
        if (MappingReader.Open(root.Problems, "privacy", value, "a mapping with mode") is not { } section) return null;
        var mode = section.Word("mode", "a mode's name", isRequired: true);
        var settings = new PrivacySettings(mode ?? "")
        {
            Threshold = section.Whole("threshold", 1, 100_000),
            AllowSmallRoster = section.Flag("allow-small-roster") ?? false,
            Topology = section.Choice("topology", [("star", Topology.Star), ("ring", Topology.Ring)]),
            ModeKeys = ReadModeKeys(section),
        };
        section.Finish();
        return mode is null ? null : settings;
    }

    private static ImmutableSortedDictionary<string, object?> ReadModeKeys(MappingReader section)
    {
        var keys = ImmutableSortedDictionary.CreateBuilder<string, object?>(StringComparer.Ordinal);
        foreach (var key in (ReadOnlySpan<string>)["key-bits", "computing", "security", "model-to", "model-owner", "helper"])
            if (section.Take(key) is { } value) keys[key] = ParameterReader.ReadValue(section, key, value);
        return keys.ToImmutable();
    }

    private static double ReadSampling(MappingReader root)
    {
        if (root.Take("sampling") is not { } value || MappingReader.Open(root.Problems, "sampling", value, "a mapping with fraction") is not { } section) return 1;
        var fraction = section.Number("fraction", "a number above 0, at most 1", f => f is > 0 and <= 1, isRequired: true);
        section.Finish();
        return fraction ?? 1;
    }

    private static StopSettings ReadStop(MappingReader root)
    {
        if (root.Take("stop") is not { } value || MappingReader.Open(root.Problems, "stop", value, "a mapping with rounds or tolerance") is not { } section) return new StopSettings();
        var stop = new StopSettings(section.Whole("rounds", 1, 10_000_000), section.Number("tolerance", "a number of at least 0", t => t >= 0));
        section.Finish();
        return stop;
    }
}
