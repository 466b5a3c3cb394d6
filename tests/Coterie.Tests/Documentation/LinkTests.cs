using Coterie.Testing;

namespace Coterie.Tests.Documentation;

/// <summary>Pages are reachable and lead somewhere.</summary>
public sealed class LinkTests
{
    public static TheoryData<string> EveryPage => [.. Pages.All];

    [Theory]
    [MemberData(nameof(EveryPage))]
    public void RelativeLinks_OfEveryPage_Resolve(string page)
    {
        foreach (var link in Pages.Links(page).Where(l => !IsExternal(l)))
        {
            var (path, anchor) = Split(link);
            var target = path.Length == 0 ? page : Resolve(page, path);
            Assert.True(File.Exists(Pages.FullPath(target)) || Directory.Exists(Pages.FullPath(target)), $"{page} links to {link}, which is not there.");
            if (anchor.Length > 0) Assert.True(Pages.Anchors(target).Contains(anchor), $"{page} links to {link}; {target} has no such heading.");
        }
    }

    [Fact]
    public void FilesInDocs_AreAllLinkedFromAnotherPage()
    {
        var linked = Pages.All.SelectMany(page => Pages.Links(page).Where(l => !IsExternal(l)).Select(l => Resolve(page, Split(l).Path)).Where(target => target != page)).ToHashSet(StringComparer.Ordinal);
        var files = Directory.EnumerateFiles(Path.Combine(References.Repository, "docs"), "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(References.Repository, f).Replace('\\', '/'));
        Assert.DoesNotContain(files, f => !linked.Contains(f));
    }

    [Fact]
    public void Pages_AreSeveral() => Assert.Contains("docs/architecture.md", Pages.All);

    private static bool IsExternal(string link) => link.Contains("://", StringComparison.Ordinal) || link.StartsWith("mailto:", StringComparison.Ordinal);

    private static (string Path, string Anchor) Split(string link) => link.IndexOf('#') is >= 0 and var at ? (link[..at], link[(at + 1)..]) : (link, "");

    private static string Resolve(string page, string path) =>
        Path.GetRelativePath(References.Repository, Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Pages.FullPath(page))!, path))).Replace('\\', '/');
}
