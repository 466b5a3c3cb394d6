using System.Text.RegularExpressions;
using Coterie.Testing;

namespace Coterie.Tests.Documentation;

/// <summary>The repository's Markdown pages, and what tests look for in them.</summary>
internal static partial class Pages
{
    /// <summary>Paths of all pages, relative to the repository's root; what a build leaves behind is none.</summary>
    public static string[] All { get; } =
        [.. Enumerate(References.Repository).Select(f => Path.GetRelativePath(References.Repository, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public static string FullPath(string page) => Path.Combine(References.Repository, page);

    public static string Read(string page) => File.ReadAllText(FullPath(page)).ReplaceLineEndings("\n");

    /// <summary>The text with every run of white space as one space: line breaks in prose mean nothing.</summary>
    public static string Flowing(string text) => WhiteSpace().Replace(text, " ");

    /// <summary>Link targets outside of code, images included. Code within a line becomes a word, so that a link it labels stays a link.</summary>
    public static IEnumerable<string> Links(string page) =>
        Link().Matches(Code().Replace(Fence().Replace(Read(page), ""), "code")).Select(m => m.Groups["target"].Value);

    /// <summary>The code blocks in one language.</summary>
    public static IEnumerable<string> Blocks(string page, string language) =>
        Fence().Matches(Read(page)).Where(m => m.Groups["language"].Value == language).Select(m => m.Groups["text"].Value);

    /// <summary>The anchors of a page's headings: lower case, spaces as hyphens, punctuation dropped.</summary>
    public static IEnumerable<string> Anchors(string page) =>
        Heading().Matches(Fence().Replace(Read(page), "")).Select(m => NoAnchor().Replace(m.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>A page that is written from something else; with <c>COTERIE_UPDATE=1</c> it is written.</summary>
    public static void AssertGenerated(string page, string text)
    {
        if (Environment.GetEnvironmentVariable("COTERIE_UPDATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(FullPath(page))!);
            File.WriteAllText(FullPath(page), text);
        }
        Assert.True(File.Exists(FullPath(page)), $"There is no {page}; run the tests of documentation with COTERIE_UPDATE=1.");
        Assert.Equal(text, Read(page));
    }

    private static IEnumerable<string> Enumerate(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.md")) yield return file;
        foreach (var inner in Directory.EnumerateDirectories(folder))
            if (Path.GetFileName(inner) is not ("artifacts" or ".git" or "bin" or "obj" or "node_modules" or "coterie-results"))
                foreach (var file in Enumerate(inner)) yield return file;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"\[[^\]]*\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex("^```(?<language>[a-z]*)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex Code();

    [GeneratedRegex("^#{1,6} (?<text>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NoAnchor();
}
