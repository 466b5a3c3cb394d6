using System.Collections.Immutable;
using Coterie.Federation.Data;
using Coterie.Federation.Nodes.Configuration;

namespace Coterie.Tests.Nodes;

/// <summary>A coordinator writes the task, so the file it names is looked up below the configured folder and nowhere else.</summary>
public sealed class DataLocationTests : IDisposable
{
    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("coterie-data-");
    private readonly string _folder;

    public DataLocationTests()
    {
        _folder = _place.CreateSubdirectory("shared").FullName;
        Directory.CreateDirectory(Path.Combine(_folder, "inner"));
        File.WriteAllText(Path.Combine(_folder, "inner", "rows.csv"), "a\n1\n");
        File.WriteAllText(Path.Combine(_place.FullName, "secret.csv"), "a\n2\n");
        Directory.CreateDirectory(_folder + "-of-others");
        File.WriteAllText(Path.Combine(_folder + "-of-others", "rows.csv"), "a\n3\n");
    }

    [Theory]
    [InlineData("inner/rows.csv")]
    [InlineData("./inner/../inner/rows.csv")]
    public void Find_BelowTheFolder_IsThatFile(string named) => Assert.Equal(Path.Combine(_folder, "inner", "rows.csv"), Find(named));

    [Theory]
    [InlineData("../secret.csv")]
    [InlineData("inner/../../secret.csv")]
    [InlineData("/etc/passwd")]
    [InlineData("../shared-of-others/rows.csv")]
    [InlineData("..")]
    [InlineData(".")]
    public void Find_OutsideOfTheFolder_IsRefused(string named) =>
        Assert.Contains("leads out of the folder", Assert.Throws<DataFileException>(() => Find(named)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("link.csv", "../secret.csv")]
    [InlineData("inner/link.csv", "rows.csv")]
    public void Find_ThroughALinkToAFile_IsRefused(string link, string target)
    {
        File.CreateSymbolicLink(Path.Combine(_folder, link), target);
        Assert.Contains("symbolic link", Assert.Throws<DataFileException>(() => Find(link)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_ThroughALinkToAFolder_IsRefused()
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder, "others"), "../shared-of-others");
        Assert.Contains("symbolic link", Assert.Throws<DataFileException>(() => Find("others/rows.csv")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_WithAFileInTheConfig_IgnoresWhatTheTaskNames()
    {
        var files = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("special", "/data/special.csv");
        var location = new DataLocation("/data/mine.csv", null, files);
        Assert.Equal("/data/mine.csv", location.Find("any", "/etc/passwd"));
        Assert.Equal("/data/special.csv", location.Find("special", "/etc/passwd"));
    }

    [Fact]
    public void Find_WithoutAnyName_TellsWhatToAdd() => Assert.Contains(
        "data: { tasks: { any: FILE } }",
        Assert.Throws<DataFileException>(() => new DataLocation(null, _folder, ImmutableSortedDictionary<string, string>.Empty).Find("any", null)).Message, StringComparison.Ordinal);

    public void Dispose() => _place.Delete(recursive: true);

    private string Find(string named) => new DataLocation(null, _folder, ImmutableSortedDictionary<string, string>.Empty).Find("any", Path.GetFullPath(Path.Combine(_folder, named)));
}
