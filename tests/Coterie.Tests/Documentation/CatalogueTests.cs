using Coterie.Privacy;
using Coterie.Testing;

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
    public void PagesOfLearnersAndPreprocessors_AreWhatTheCatalogueGives()
    {
        foreach (var (path, text) in CataloguePages.All) Pages.AssertGenerated(path, text);
        var kept = Directory.GetFiles(Path.Combine(References.Repository, CataloguePages.Folder)).Select(f => $"{CataloguePages.Folder}/{Path.GetFileName(f)}");
        Assert.Equal(CataloguePages.All.Select(p => p.Path).Order(StringComparer.Ordinal), kept.Order(StringComparer.Ordinal));
    }

    /// <summary>The README's table is the support matrix without the column of degrees.</summary>
    [Fact]
    public void Readme_ItsSupportMatrix_IsTheComputedOne()
    {
        static string[] Rows(string page) => [.. Pages.Read(page).Split('\n').SkipWhile(l => !l.StartsWith("| learner |", StringComparison.Ordinal)).TakeWhile(l => l.StartsWith('|'))];
        static string WithoutDegree(string row) => string.Join('|', row.Split('|').Where((_, i) => i != 2));
        Assert.Equal(Rows("docs/support-matrix.md").Select(WithoutDegree), Rows("README.md"));
    }
}
