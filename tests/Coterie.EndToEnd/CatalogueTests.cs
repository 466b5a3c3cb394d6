namespace Coterie.EndToEnd;

public sealed class CatalogueTests
{
    [Theory]
    [InlineData("learners", "ridge-regression", "alpha")]
    [InlineData("preprocessors", "impute", "strategy")]
    [InlineData("modes", "secure-aggregation", "coordinator")]
    public async Task Catalogue_WithAndWithoutName_TellsParametersAsTextAndJson(string command, string name, string word)
    {
        using var place = new Workspace();
        Assert.Contains(name, (await Cli.SucceedAsync(place.Folder, command)).Output, StringComparison.Ordinal);
        Assert.Contains(word, (await Cli.SucceedAsync(place.Folder, command, name)).Output, StringComparison.Ordinal);
        var all = (await Cli.SucceedAsync(place.Folder, command, "--json")).Json;
        Assert.Contains(all.EnumerateArray(), e => e.GetProperty("name").GetString() == name);
        await Cli.RefuseAsync(place.Folder, [command, "nonsense"], "nonsense", name);
    }

    [Fact]
    public async Task Plan_OfASample_TellsRoundsBytesAndKnowledge()
    {
        using var place = new Workspace();
        var task = Path.Combine(Workspace.Samples, "01-diabetes-ridge", "task.yaml");
        var text = (await Cli.SucceedAsync(place.Folder, "plan", task)).Output;
        Assert.All(["Who learns what", "each participant", "gram 11 x 11", "depends on the rows only"], word => Assert.Contains(word, text, StringComparison.Ordinal));
        var json = (await Cli.SucceedAsync(place.Folder, "plan", task, "--json")).Json;
        Assert.Equal(0, json.GetProperty("contribution").GetProperty("degree_in_model").GetInt32());
        Assert.True(json.GetProperty("bytes_over_maximal_rounds").GetProperty("each_participant").GetInt64() > 0);
        Assert.Empty(Directory.EnumerateFileSystemEntries(place.Folder));
    }

    [Fact]
    public async Task Help_OfEveryCommand_EndsWithAnExample()
    {
        using var place = new Workspace();
        foreach (var command in new[] { "demo", "train", "predict", "evaluate", "plan", "identity", "learners", "preprocessors", "modes", "schema", "coordinator", "participant", "helper" })
        {
            var help = (await Cli.SucceedAsync(place.Folder, command, "--help")).Output;
            Assert.Contains($"  coterie {command}", help, StringComparison.Ordinal);
            Assert.Contains("Example", help, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WrongUsage_IsRefusedWithTwo()
    {
        using var place = new Workspace();
        foreach (var (arguments, word) in new (string[], string)[] { (["tarin"], "tarin"), (["train"], "train"), (["train", "a.yaml", "--seed", "x"], "--seed"), (["demo", "--nonsense"], "--nonsense") })
        {
            var result = await Cli.RunAsync(place.Folder, arguments);
            Assert.Equal(2, result.ExitCode);
            Assert.Contains(word, result.Error, StringComparison.Ordinal);
            Assert.Contains("--help", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Version_IsOneLineOfNumbers()
    {
        using var place = new Workspace();
        Assert.Matches(@"^\d+\.\d+\.\d+(-[a-z0-9.]+)?\n$", (await Cli.SucceedAsync(place.Folder, "--version")).Output);
    }
}
