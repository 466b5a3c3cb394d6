using Coterie.Core.Catalogues;
using Coterie.Learning;
using Coterie.Learning.Preprocessing;
using Coterie.Privacy;

namespace Coterie.Tests.Documentation;

/// <summary>What pages say of modes, learners and preprocessors is what the catalogues say.</summary>
public sealed class CatalogueTests
{
    [Fact]
    public void ModesPage_SaysOfEveryModeWhatTheCatalogueSays()
    {
        var page = Pages.Flowing(Pages.Read("docs/modes.md"));
        foreach (var mode in ModeCatalogue.All)
        {
            Assert.Contains($"## `{mode.Name}`", page, StringComparison.Ordinal);
            foreach (var text in mode.Learns.Select(l => l.Learns).Append(mode.Assumes).Append(mode.Summary))
                Assert.Contains(Pages.Flowing(text), page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TaskFilePage_ListsEveryLearnerWithItsParameters() => AssertListed(LearnerCatalogue.All);

    [Fact]
    public void TaskFilePage_ListsEveryPreprocessorWithItsParameters() => AssertListed(PreprocessorCatalogue.All);

    /// <summary>The README's table is the support matrix without the column of degrees.</summary>
    [Fact]
    public void Readme_ItsSupportMatrix_IsTheComputedOne()
    {
        static string[] Rows(string page) => [.. Pages.Read(page).Split('\n').SkipWhile(l => !l.StartsWith("| learner |", StringComparison.Ordinal)).TakeWhile(l => l.StartsWith('|'))];
        static string WithoutDegree(string row) => string.Join('|', row.Split('|').Where((_, i) => i != 2));
        Assert.Equal(Rows("docs/support-matrix.md").Select(WithoutDegree), Rows("README.md"));
    }

    private static void AssertListed<T>(IEnumerable<CatalogueEntry<T>> entries)
    {
        var rows = Pages.Read("docs/task-file.md").Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal)).ToArray();
        foreach (var entry in entries)
        {
            Assert.Contains(rows, r => r.StartsWith($"| `{entry.Name}` |", StringComparison.Ordinal));
            foreach (var parameter in entry.Parameters)
            {
                var start = $"| `{entry.Name}` | `{parameter.Name}` | {parameter.Accepts} | {DefaultOf(parameter)} |";
                Assert.True(rows.Any(r => r.StartsWith(start, StringComparison.Ordinal)), $"docs/task-file.md has no row {start}");
            }
        }
    }

    private static string DefaultOf(ParameterSpec parameter) => parameter.Default is null ? "none" : $"`{parameter.DefaultText}`";
}
