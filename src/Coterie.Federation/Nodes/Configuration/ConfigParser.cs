using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Tasks.Yaml;
using Microsoft.Extensions.Logging;

namespace Coterie.Federation.Nodes.Configuration;

/// <summary>Turns config files into settings, or tells what is wrong with them, each defect with its line.</summary>
internal static class ConfigParser
{
    private const int MaximumBytes = 1 << 20;
    private const string Noun = "config file";
    private const string ListenForms = "an address and port such as 0.0.0.0:7443";
    private const string MetricsForms = "an address and port such as 127.0.0.1:9464";
    private const string DataForms = "a folder, or a mapping with file, folder or tasks,";

    public static CoordinatorSettings LoadCoordinator(string path)
    {
        var (problems, root, folder) = Open(path, "a mapping with home and listen");
        var node = ReadNode(root, folder, isCoordinator: true);
        var listen = root.Address("listen", ListenForms, isRequired: true, isToListen: true);
        var authority = root.FullPath("authority", folder, "the folder of a consortium's authority");
        root.Finish();
        problems.ThrowIfAny();
        return new CoordinatorSettings(node! with { File = path }, listen!.Value) { Authority = authority };
    }

    public static ParticipantSettings LoadParty(string path, bool hasData)
    {
        var (problems, root, folder) = Open(path, hasData ? "a mapping with home, coordinator and data" : "a mapping with home and coordinator");
        var node = ReadNode(root, folder, isCoordinator: false);
        var (address, name) = ReadCoordinator(root);
        var data = hasData ? ReadData(root, folder) : null;
        var programs = hasData ? ProgramReader.Read(root, folder) : ImmutableSortedDictionary.Create<string, AllowedProgram>(StringComparer.Ordinal);
        var approve = PolicyParser.Read(root, folder);
        root.Finish();
        problems.ThrowIfAny();
        return new ParticipantSettings(node! with { File = path }, address!.Value, name!.Value, approve) { Data = data, Programs = programs };
    }

    private static (Problems Problems, MappingReader Root, string Folder) Open(string path, string accepts)
    {
        ArgumentNullException.ThrowIfNull(path);
        var text = YamlFile.ReadText(path, Noun, MaximumBytes);
        var problems = new Problems(path);
        var root = YamlReader.Read(text.TrimStart('\uFEFF'), problems, accepts);
        return MappingReader.Open(problems, "", root, accepts) is { } mapping
            ? (problems, mapping, Path.GetDirectoryName(Path.GetFullPath(path))!)
            : throw problems.Stop(root.Line, "", $"{accepts} is expected.");
    }

    private static NodeSettings? ReadNode(MappingReader root, string folder, bool isCoordinator)
    {
        var home = root.FullPath("home", folder, "the folder with this party's identity", isRequired: true);
        var node = new NodeSettings
        {
            File = "",
            Home = home ?? "",
            Metrics = root.Address("metrics", MetricsForms, isToListen: true),
            Otlp = ReadOtlp(root),
            Log = ReadLog(root),
            TimeOuts = ReadTimeOuts(root, isCoordinator),
            Results = root.FullPath("results", folder, "a folder"),
        };
        return home is null ? null : node;
    }

    private static Uri? ReadOtlp(MappingReader root)
    {
        const string accepts = "the address of a collector such as http://127.0.0.1:4317";
        if (root.Word("otlp", accepts) is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") return uri;
        root.Tell(root.Problems.Lines["otlp"], "otlp", $"is '{text}'; {accepts} is expected.");
        return null;
    }

    private static LogSettings ReadLog(MappingReader root)
    {
        if (root.Take("log") is not { } value || MappingReader.Open(root.Problems, "log", value, "a mapping with level and format") is not { } section) return new LogSettings();
        var level = section.Choice("level", [
            ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("information", LogLevel.Information), ("warning", LogLevel.Warning), ("error", LogLevel.Error), ("none", LogLevel.None)]);
        var isJson = section.Choice("format", [("text", false), ("json", true)]);
        section.Finish();
        return new LogSettings(level ?? LogLevel.Information, isJson ?? false);
    }

    private static TimeOutSettings ReadTimeOuts(MappingReader root, bool isCoordinator)
    {
        var defaults = new TimeOutSettings();
        if (root.Take("time-outs") is not { } value || MappingReader.Open(root.Problems, "time-outs", value, "a mapping from time-outs to durations") is not { } section) return defaults;
        var (instant, second, hour, day) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), TimeSpan.FromDays(1));
        var settings = new TimeOutSettings
        {
            Gathering = section.Duration("gathering", instant, 30 * day) ?? defaults.Gathering,
            Absence = section.Duration("absence", instant, day) ?? defaults.Absence,
            Patience = section.Has("patience") && section.Word("patience", "") == "adaptive" ? null : section.Duration("patience", instant, day),
            // For how long a run may last is the coordinator's to say.
            Deadline = (isCoordinator ? section.Duration("deadline", second, 365 * day) : null) ?? defaults.Deadline,
            KeepAlive = section.Duration("keep-alive", instant, hour) ?? defaults.KeepAlive,
        };
        section.Finish();
        return settings;
    }

    private static (HostPort? Address, PartyId? Name) ReadCoordinator(MappingReader root)
    {
        const string accepts = "a mapping with address and name";
        if (root.Take("coordinator", accepts) is not { } value || MappingReader.Open(root.Problems, "coordinator", value, accepts) is not { } section) return (null, null);
        var address = section.Address("address", "a host and port such as coordinator.example:7443", isRequired: true);
        var name = section.Word("name", "the coordinator's name, as its identity says", isRequired: true);
        if (name is not null && !PartyId.IsValid(name))
        {
            section.Tell(section.Problems.Lines["coordinator.name"], "name", $"is '{name}'; 1 to 64 of a-z, 0-9, '-', '_' and '.' are expected.");
            name = null;
        }
        section.Finish();
        return (address, name is null ? null : new PartyId(name));
    }

    private static DataLocation? ReadData(MappingReader root, string folder)
    {
        var none = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        if (root.Take("data", DataForms) is not { } value) return null;
        if (value is YamlScalar) return root.FullPath("data", folder, DataForms) is { } path ? new DataLocation(null, path, none) : null;
        if (MappingReader.Open(root.Problems, "data", value, DataForms) is not { } section) return null;
        var file = section.FullPath("file", folder, "the path of a file");
        var below = section.FullPath("folder", folder, "the path of a folder");
        var tasks = ReadTasks(section, folder);
        if (file is not null && below is not null) section.Tell(section.Problems.Lines["data.folder"], "folder", "is given beside file; give one or the other.");
        else if (file is null && below is null && tasks.IsEmpty) section.Problems.Add(section.Line, "data", $"names nothing; {DataForms} is expected.");
        section.Finish();
        return new DataLocation(file, below, tasks);
    }

    private static ImmutableSortedDictionary<string, string> ReadTasks(MappingReader data, string folder)
    {
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (data.Take("tasks") is not { } value || MappingReader.Open(data.Problems, "data.tasks", value, "a mapping from tasks to files") is not { } section) return files.ToImmutable();
        foreach (var entry in section.Entries)
            if (section.FullPath(entry.Key, folder, "the path of a file", isRequired: true) is { } path) files[entry.Key] = path;
        section.Finish();
        return files.ToImmutable();
    }
}
