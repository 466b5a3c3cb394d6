using Coterie.Federation.Runs;
using Coterie.Federation.Tasks;

namespace Coterie.Tests.Documentation;

/// <summary>Code and task files on pages are those of the product, or are accepted by it.</summary>
public sealed class ExcerptTests
{
    public static TheoryData<string> EveryPage => [.. Pages.All];

    /// <summary>A block that starts with a comment naming a file holds lines of that file, in their order; "// ..." stands for lines left out.</summary>
    [Theory]
    [MemberData(nameof(EveryPage))]
    public void CodeBlocks_ThatNameAFile_HoldItsLines(string page)
    {
        foreach (var block in Pages.Blocks(page, "csharp"))
        {
            var lines = block.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0).ToArray();
            if (!lines[0].StartsWith("// src/", StringComparison.Ordinal) && !lines[0].StartsWith("// tests/", StringComparison.Ordinal)) continue;
            var source = File.ReadAllLines(Pages.FullPath(lines[0][3..])).Select(l => l.Trim()).ToArray();
            var at = 0;
            foreach (var line in lines.Skip(1).Where(l => l != "// ..."))
            {
                var found = Array.IndexOf(source, line, at);
                Assert.True(found >= 0, $"{page}: {lines[0][3..]} has no line '{line}' after line {at}.");
                at = found + 1;
            }
        }
    }

    /// <summary>Prepared as if they lay beside the first sample's task.</summary>
    [Theory]
    [MemberData(nameof(EveryPage))]
    public void TaskFiles_OnPages_Prepare(string page)
    {
        foreach (var block in Pages.Blocks(page, "yaml").Where(b => b.StartsWith("task:", StringComparison.Ordinal)))
            Assert.NotEmpty(PreparedTask.Prepare(TaskFile.Parse(block, Pages.FullPath("samples/01-diabetes-ridge/task.yaml")), 1).Data.Participants);
    }

    [Fact]
    public void Readme_HasATaskFile() => Assert.StartsWith("task:", Assert.Single(Pages.Blocks("README.md", "yaml")), StringComparison.Ordinal);
}
