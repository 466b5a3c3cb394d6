using System.Reflection;
using System.Xml.Linq;
using Coterie.Testing;

namespace Coterie.Tests.Architecture;

/// <summary>Arrows between projects only point down the tower; packages stay where the architecture allows them.</summary>
public sealed class TowerTests
{
    private static readonly Dictionary<string, string[]> AllowedProjects = new()
    {
        ["Coterie.Core"] = [],
        ["Coterie.Cryptography"] = ["Coterie.Core"],
        ["Coterie.Learning"] = ["Coterie.Core"],
        ["Coterie.Privacy"] = ["Coterie.Core", "Coterie.Cryptography"],
        ["Coterie.Federation"] = ["Coterie.Learning", "Coterie.Privacy"],
        ["Coterie.Cli"] = ["Coterie.Federation"],
    };

    private static readonly Dictionary<string, string[]> AllowedPackages = new()
    {
        ["Coterie.Core"] = ["System.Numerics.Tensors"],
        ["Coterie.Cryptography"] = [],
        ["Coterie.Learning"] = ["MathNet.Numerics"],
        ["Coterie.Privacy"] = [],
        ["Coterie.Federation"] = [
            "CsvHelper", "YamlDotNet", "Google.Protobuf", "Grpc.Tools", "Microsoft.Data.Sqlite.Core", "SQLitePCLRaw.bundle_e_sqlite3",
            "OpenTelemetry", "OpenTelemetry.Exporter.OpenTelemetryProtocol",
        ],
        ["Coterie.Cli"] = ["System.CommandLine", "Spectre.Console"],
    };

    public static TheoryData<string> Projects => [.. AllowedProjects.Keys];

    [Fact]
    public void SourceFolder_HoldsExactlyTheProjectsOfTheTower()
    {
        var folders = Directory.GetDirectories(Path.Combine(References.Repository, "src")).Select(d => Path.GetFileName(d)!).Order();
        Assert.Equal(AllowedProjects.Keys.Order(), folders);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectFile_ReferencesOnlyWhatLiesBelow(string project)
    {
        var file = XDocument.Load(Path.Combine(References.Repository, "src", project, project + ".csproj"));
        var projects = file.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
        var packages = file.Descendants("PackageReference").Select(r => r.Attribute("Include")!.Value);
        Assert.Equal(AllowedProjects[project].Order(), projects.Order());
        Assert.Empty(packages.Except(AllowedPackages[project]));
    }

    [Theory]
    [InlineData("Coterie.Core", "System.Net", "System.IO.File", "System.Console", "System.Net.Sockets")]
    [InlineData("Coterie.Cryptography", "System.Net.Sockets", "System.Net.Http", "System.Console", "System.IO.FileSystem")]
    [InlineData("Coterie.Learning", "System.Net.Sockets", "System.Net.Http", "System.Console", "Coterie.Privacy", "Coterie.Cryptography")]
    public void Assembly_DoesNotUse(string project, params string[] forbidden)
    {
        var used = Assembly.Load(project).GetReferencedAssemblies().Select(a => a.Name!);
        Assert.Empty(used.Intersect(forbidden));
    }
}
