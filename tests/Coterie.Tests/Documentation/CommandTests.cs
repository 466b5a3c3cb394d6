using System.Text.RegularExpressions;
using Coterie.Testing;

namespace Coterie.Tests.Documentation;

/// <summary>Commands and options shown on pages exist. The sources are asked, because these tests do not use the program.</summary>
public sealed partial class CommandTests
{
    private static readonly string Program = Path.Combine(References.Repository, "src", "Coterie.Cli");

    public static TheoryData<string> EveryPage => [.. Pages.All];

    [Theory]
    [MemberData(nameof(EveryPage))]
    public void CommandLines_OnPages_NameCommandsAndOptionsThatExist(string page)
    {
        string[] commands = [.. Directory.EnumerateFiles(Path.Combine(Program, "Commands"), "*Command.cs").Select(f => Word().Replace(Path.GetFileName(f)[..^"Command.cs".Length], "-").ToLowerInvariant())];
        var sources = string.Concat(Directory.EnumerateFiles(Program, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        foreach (var line in CommandLine().Matches(Pages.Read(page)).Select(m => m.Groups["rest"].Value))
        {
            Assert.Contains(line.Split(' ')[0], commands);
            foreach (var option in Option().Matches(line).Select(m => m.Value)) Assert.True(sources.Contains($"\"{option}\"", StringComparison.Ordinal), $"{page}: there is no option {option} in 'coterie {line}'.");
        }
    }

    [GeneratedRegex("(^|`)(coterie|dotnet run --project src/Coterie.Cli -c Release --) (?<rest>[a-z][^`\n]*)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex CommandLine();

    /// <summary>Where a word of a type's name ends and another begins.</summary>
    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Word();

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex Option();
}
