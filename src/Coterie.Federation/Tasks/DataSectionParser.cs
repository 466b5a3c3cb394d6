using System.Collections.Immutable;
using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Federation.Data;
using Coterie.Federation.Tasks.Yaml;

namespace Coterie.Federation.Tasks;

/// <summary>Reads the <c>data</c> section.</summary>
internal static class DataSectionParser
{
    private const string ParticipantForms = "{ count: 5, by: round-robin }, { column: NAME } or a list of { name, file }";
    private const string HoldOutForms = "{ every: 5 }, { column: NAME, values: [...] }, { file: PATH } or { fraction: 0.2 }";

    /// <summary>Null only when a defect was told.</summary>
    public static DataSettings? Read(Problems problems, YamlValue value, string folder)
    {
        if (MappingReader.Open(problems, "data", value, "a mapping with file and participants") is not { } section) return null;
        var file = ReadPath(section, "file", folder, isRequired: false);
        var participants = section.Take("participants", ParticipantForms) is { } dealing ? ReadParticipants(problems, dealing, folder) : null;
        CheckFile(section, file, participants);
        var (include, exclude) = ReadColumns(section);
        var (declared, order) = ReadSchema(section);
        var settings = new DataSettings
        {
            File = file,
            Target = section.Word("target", "a column's name"),
            Participants = participants!,
            Test = ReadHoldOut(section, "test", folder),
            Validation = ReadHoldOut(section, "validation", folder),
            Include = include,
            Exclude = exclude,
            Schema = declared,
            SchemaOrder = order,
            Weights = section.Word("weights", "a column's name"),
        };
        section.Finish();
        return participants is null ? null : settings;
    }

    private static void CheckFile(MappingReader section, string? file, ParticipantsSettings? participants)
    {
        if (participants is FileParticipants && section.Has("file"))
            section.Tell(section.Problems.Lines["data.file"], "file", "is given although every participant has its own file; give one or the other.");
        else if (participants is not (null or FileParticipants) && file is null && !section.Has("file"))
            section.Tell(section.Line, "file", "is missing; the path of a .csv, .tsv or .libsvm file (or one of them with .gz) is expected.");
    }

    private static string? ReadPath(MappingReader section, string key, string folder, bool isRequired)
    {
        const string accepts = "the path of a .csv, .tsv or .libsvm file (or one of them with .gz)";
        if (section.Word(key, accepts, isRequired) is not { } path) return null;
        if (!path.Contains('\0', StringComparison.Ordinal)) return Path.GetFullPath(Path.Combine(folder, path));
        section.Tell(section.Line, key, $"has a character that no path has; {accepts} is expected.");
        return null;
    }

    private static ParticipantsSettings? ReadParticipants(Problems problems, YamlValue value, string folder)
    {
        const string field = "data.participants";
        if (value is YamlList list) return ReadFiles(problems, list, folder);
        if (MappingReader.Open(problems, field, value, ParticipantForms) is not { } section) return null;
        ParticipantsSettings? settings = section.Has("column") ? ReadByColumn(section) : ReadDealt(section);
        section.Finish();
        return settings;
    }

    private static ColumnParticipants? ReadByColumn(MappingReader section)
    {
        var column = section.Word("column", "a column's name", isRequired: true);
        var values = section.Words("values", "a list of values of the column");
        return column is null ? null : new ColumnParticipants(column, values);
    }

    private static DealtParticipants? ReadDealt(MappingReader section)
    {
        if (!section.Has("count") && !section.Has("by"))
        {
            section.Problems.Add(section.Line, section.Field, $"{ParticipantForms} is expected.");
            // Asked for only so that what stands there instead is compared with the keys there are.
            foreach (var key in (string[])["count", "by", "alpha", "column", "values"]) section.Take(key);
            return null;
        }
        var count = section.Whole("count", 1, 100_000, isRequired: true);
        var rule = section.Choice("by", [("round-robin", DealRule.RoundRobin), ("contiguous", DealRule.Contiguous), ("dirichlet", DealRule.Dirichlet), ("label", DealRule.Label)]);
        var by = rule ?? DealRule.RoundRobin;
        if (by != DealRule.Dirichlet && section.Has("alpha"))
            section.Tell(section.Problems.Lines[section.PathOf("alpha")], "alpha", "goes with by: dirichlet only.");
        var alpha = section.Number("alpha", "a number above 0, at most 1e6,", a => a is > 0 and <= 1e6, isRequired: by == DealRule.Dirichlet);
        return count is null ? null : new DealtParticipants(count.Value, by, alpha ?? double.NaN);
    }

    private static FileParticipants? ReadFiles(Problems problems, YamlList list, string folder)
    {
        const string field = "data.participants";
        if (list.Items.Count == 0) problems.Add(list.Line, field, "is an empty list; at least one { name, file } is expected.");
        var files = ImmutableArray.CreateBuilder<ParticipantFile>();
        for (var i = 0; i < list.Items.Count; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]");
            problems.Lines[path] = list.Items[i].Line;
            if (MappingReader.Open(problems, path, list.Items[i], "{ name: NAME, file: PATH }") is not { } section) continue;
            var name = section.Word("name", "a participant's name", isRequired: true);
            var file = ReadPath(section, "file", folder, isRequired: true);
            section.Finish();
            if (name is null || file is null) continue;
            if (files.Any(f => f.Name == name)) section.Tell(section.Line, "name", $"repeats '{name}'; every participant needs a name of its own.");
            files.Add(new ParticipantFile(name, file));
        }
        return files.Count == 0 ? null : new FileParticipants(files.ToImmutable());
    }

    private static HoldOut? ReadHoldOut(MappingReader data, string key, string folder)
    {
        if (data.Take(key) is not { } value || MappingReader.Open(data.Problems, data.PathOf(key), value, HoldOutForms) is not { } section) return null;
        string[] forms = [.. ((string[])["every", "column", "file", "fraction"]).Where(section.Has)];
        if (forms.Length != 1) section.Problems.Add(section.Line, section.Field, $"{(forms.Length == 0 ? "has no known form" : "mixes " + string.Join(" and ", forms))}; {HoldOutForms} is expected.");
        HoldOut? rows = null;
        if (section.Whole("every", 2, int.MaxValue) is { } every) rows = new EveryHoldOut(every);
        if (section.Word("column", "a column's name") is { } column) rows = new ColumnHoldOut(column, section.Words("values", "a list of values of the column", isRequired: true));
        if (ReadPath(section, "file", folder, isRequired: false) is { } file) rows = new FileHoldOut(file);
        if (section.Number("fraction", "a number above 0 and below 1", f => f is > 0 and < 1) is { } fraction) rows = new FractionHoldOut(fraction);
        section.Finish();
        return rows;
    }

    private static (ImmutableArray<string> Include, ImmutableArray<string> Exclude) ReadColumns(MappingReader data)
    {
        const string accepts = "a mapping with include or exclude";
        if (data.Take("columns") is not { } value || MappingReader.Open(data.Problems, "data.columns", value, accepts) is not { } section) return ([], []);
        var include = section.Words("include", "a list of column names");
        var exclude = section.Words("exclude", "a list of column names");
        if (!include.IsEmpty && !exclude.IsEmpty) section.Problems.Add(section.Line, section.Field, "has include and exclude; one of them is expected.");
        section.Finish();
        return (include, exclude);
    }

    private static (ImmutableSortedDictionary<string, ColumnDeclaration> Declared, ImmutableArray<string> Order) ReadSchema(MappingReader data)
    {
        var declared = ImmutableSortedDictionary.CreateBuilder<string, ColumnDeclaration>(StringComparer.Ordinal);
        if (data.Take("schema") is not { } value || MappingReader.Open(data.Problems, "data.schema", value, "a mapping from columns to { type, range, values }") is not { } schema)
            return (declared.ToImmutable(), []);
        foreach (var entry in schema.Entries)
        {
            schema.Take(entry.Key);
            if (MappingReader.Open(data.Problems, schema.PathOf(entry.Key), entry.Value, "{ type: num, range: [0, 1] } or alike") is { } section)
                declared[entry.Key] = ReadDeclaration(section, entry.Key);
        }
        return (declared.ToImmutable(), [.. schema.Entries.Select(e => e.Key).Where(declared.ContainsKey)]);
    }

    private static ColumnDeclaration ReadDeclaration(MappingReader section, string name)
    {
        var type = section.Choice("type", [("num", ColumnType.Numeric), ("bin", ColumnType.Binary), ("cat", ColumnType.Categorical), ("text", ColumnType.Text)]);
        var values = section.Words("values", "a list of distinct values");
        var (minimum, maximum) = ReadRange(section);
        if (!values.IsEmpty && type is ColumnType.Text) section.Tell(section.Line, "values", "cannot be declared for text.");
        if (!values.IsEmpty && type is ColumnType.Binary && values.Length != 2) section.Tell(section.Line, "values", $"are {values.Length}; a binary column has two.");
        if (!double.IsNaN(minimum) && type is not (null or ColumnType.Numeric)) section.Tell(section.Line, "range", "goes with type: num only.");
        section.Finish();
        return new ColumnDeclaration(name, type) { Values = values, Minimum = minimum, Maximum = maximum };
    }

    private static (double Minimum, double Maximum) ReadRange(MappingReader section)
    {
        if (section.Take("range") is not { } value) return (double.NaN, double.NaN);
        if (value is YamlList { Items: [YamlScalar { Number: { } minimum }, YamlScalar { Number: { } maximum }] } && minimum <= maximum) return (minimum, maximum);
        section.Tell(value.Line, "range", $"is {value.Describe}; [smallest, largest] with two numbers in ascending order is expected.");
        return (double.NaN, double.NaN);
    }
}
