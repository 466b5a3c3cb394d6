using Coterie.Federation.Data;

namespace Coterie.Tests.Data;

public sealed class NearestTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("target", "taget", 1)]
    public void Distance_KnownPairs_CountsEdits(string a, string b, int expected)
    {
        Assert.Equal(expected, Nearest.Distance(a, b));
        Assert.Equal(expected, Nearest.Distance(b, a));
    }

    [Theory]
    [InlineData("Y", "y")]
    [InlineData("standardise", "standardize")]
    [InlineData("xyz", null)]
    [InlineData("q", null)]
    public void Find_Names_TakesTheNearestOnly(string name, string? expected) =>
        Assert.Equal(expected, Nearest.Find(name, ["y", "standardize", "impute"]));
}
