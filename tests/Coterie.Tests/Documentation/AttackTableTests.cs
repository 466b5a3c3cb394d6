using System.Text.RegularExpressions;
using Coterie.Testing;

namespace Coterie.Tests.Documentation;

/// <summary>The table of attacks names tests that exist.</summary>
public sealed partial class AttackTableTests
{
    private const string Page = "docs/attacks.md";

    [Fact]
    public void Names_InTheTable_AreTestsThatExist()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(References.Repository, "tests"), "*.cs", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != nameof(AttackTableTests) + ".cs")
            .Select(f => (Name: Path.GetFileNameWithoutExtension(f), Text: File.ReadAllText(f))).ToLookup(f => f.Name, f => f.Text);
        var rows = Pages.Read(Page).Split('\n').Where(line => line.StartsWith('|')).ToArray();
        var names = rows.SelectMany(row => Name().Matches(row).Select(m => (Class: m.Groups["class"].Value, Method: m.Groups["method"].Value))).Distinct().ToArray();
        Assert.InRange(names.Length, 40, 1000);
        foreach (var (type, method) in names)
        {
            Assert.True(sources[type].Any(), $"{Page} names {type}, of which there is no file.");
            if (method.Length > 0) Assert.True(sources[type].Any(text => Regex.IsMatch(text, $@"\[(Fact|Theory)[^\]]*\](?:\s*\[[^\n]*\])*\s*public [^\n]*\b{method}\(", RegexOptions.None, TimeSpan.FromSeconds(5))), $"{Page} names {type}.{method}, which is no test.");
        }
    }

    [Fact]
    public void Rows_WithAnAttackThatCanBeRun_NameATest()
    {
        foreach (var row in Pages.Read(Page).Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1))
        {
            var cells = row.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(3, cells.Length);
            Assert.True(cells[1].Contains('`', StringComparison.Ordinal) || cells[1].StartsWith("with ", StringComparison.Ordinal), row);
        }
    }

    [GeneratedRegex(@"`(?<class>\w+(Tests|Conformance))(\.(?<method>\w+))?`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
