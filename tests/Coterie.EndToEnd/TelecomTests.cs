using System.Text.Json;

namespace Coterie.EndToEnd;

/// <summary>The sample of five operators, as its page says.</summary>
public sealed class TelecomTests
{
    [Theory]
    [InlineData("hardware-faults", "average_precision")]
    [InlineData("dropped-calls", "mse")]
    public async Task Train_OverFiveOperators_GivesTheSameTreesInBothModes(string task, string metric)
    {
        using var place = new Workspace();
        foreach (var file in Directory.GetFiles(Path.Combine(Workspace.Samples, "09-telecom"), "*.yaml")) File.Copy(file, place[Path.GetFileName(file)]);
        var generated = await Cli.SucceedAsync(place.Folder, "generate", "telecom", "data", "--rows", "3000");
        Assert.Contains("metrotel.csv: 1080 rows", generated.Output, StringComparison.Ordinal);
        var text = (await File.ReadAllTextAsync(place[$"{task}.yaml"])).Replace("trees: 60", "trees: 5", StringComparison.Ordinal);
        place.Write("masked.yaml", text);
        place.Write("clear.yaml", text.Replace("mode: secure-aggregation", "mode: federated", StringComparison.Ordinal));
        await Cli.SucceedAsync(place.Folder, "train", "masked.yaml", "--out", "masked");
        await Cli.SucceedAsync(place.Folder, "train", "clear.yaml", "--out", "clear", "--no-baselines");
        Assert.Equal(Parameters(place["clear/model.json"]), Parameters(place["masked/model.json"]));
        var metrics = JsonDocument.Parse(await File.ReadAllTextAsync(place["masked/metrics.json"])).RootElement;
        Assert.True(double.IsFinite(metrics.GetProperty("test").GetProperty(metric).GetDouble()));
        // All rows in one place give the same trees too.
        Assert.True(JsonElement.DeepEquals(metrics.GetProperty("test"), metrics.GetProperty("centralised").GetProperty("test")));
    }

    [Fact]
    public async Task Plan_OfTrees_PredictsTheRunToTheByte()
    {
        using var place = new Workspace();
        File.Copy(Path.Combine(Workspace.Samples, "09-telecom", "sleeping-cells.yaml"), place["task.yaml"]);
        await Cli.SucceedAsync(place.Folder, "generate", "telecom", "data", "--rows", "1500", "--seed", "3");
        place.Write("task.yaml", (await File.ReadAllTextAsync(place["task.yaml"])).Replace("trees: 60", "trees: 3", StringComparison.Ordinal));
        var plan = (await Cli.SucceedAsync(place.Folder, "plan", "task.yaml", "--json")).Json;
        await Cli.SucceedAsync(place.Folder, "train", "task.yaml", "--out", "results", "--no-baselines");
        var sent = JsonDocument.Parse(await File.ReadAllTextAsync(place["results/metrics.json"])).RootElement.GetProperty("bytes_sent").GetProperty("fjordcom").GetInt64();
        Assert.Contains(sent.ToString(System.Globalization.CultureInfo.InvariantCulture), plan.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_ConstraintOnAColumnThatIsNotThere_IsRefusedWithTheColumnsThatAre()
    {
        using var place = new Workspace();
        var text = await File.ReadAllTextAsync(Path.Combine(Workspace.Samples, "09-telecom", "dropped-calls.yaml"));
        await Cli.SucceedAsync(place.Folder, "generate", "telecom", "data", "--rows", "1000");
        place.Write("task.yaml", text.Replace("trees: 60", "trees: 3, monotone: { temprature: 1 }", StringComparison.Ordinal));
        await Cli.RefuseAsync(place.Folder, ["train", "task.yaml"], "'monotone' names 'temprature', which is no feature", "temperature");
    }

    [Fact]
    public async Task Generate_TheSameSeed_GivesTheSameRows()
    {
        using var place = new Workspace();
        foreach (var folder in new[] { "a", "b" }) await Cli.SucceedAsync(place.Folder, "generate", "telecom", folder, "--rows", "5000", "--seed", "9");
        await Cli.SucceedAsync(place.Folder, "generate", "telecom", "c", "--rows", "5000");
        Assert.Equal(5, Directory.GetFiles(place["a"]).Length);
        foreach (var file in Directory.GetFiles(place["a"]).Select(Path.GetFileName))
        {
            Assert.Equal(await File.ReadAllTextAsync(place[$"a/{file}"]), await File.ReadAllTextAsync(place[$"b/{file}"]));
            Assert.NotEqual(await File.ReadAllTextAsync(place[$"a/{file}"]), await File.ReadAllTextAsync(place[$"c/{file}"]));
        }
        var rows = Directory.GetFiles(place["a"]).SelectMany(f => File.ReadLines(f).Skip(1)).Select(l => l.Split(',')).ToArray();
        // Rare events: one fault in about 60 cells, one sleeper in about 90.
        Assert.InRange(rows.Count(r => r[12] == "1"), 50, 120);
        Assert.InRange(rows.Count(r => r[13] == "1"), 30, 100);
        Assert.Contains(rows, r => r[3].Length == 0);
    }

    [Theory]
    [InlineData("--rows", "99", "--rows: '99' is no whole number from 100 to 10000000.")]
    [InlineData("--rows", "many", "--rows: 'many' is no whole number from 100 to 10000000.")]
    [InlineData("--seed", "-1", "--seed: '-1' is no whole number")]
    public async Task Generate_WrongNumbers_AreRefused(string option, string value, string expected)
    {
        using var place = new Workspace();
        var result = await Cli.RunAsync(place.Folder, "generate", "telecom", "data", option, value);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place["data"]));
    }

    private static string Parameters(string model)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(model));
        return string.Join('\n', ((string[])["base", "trees", "nodes"]).Select(name => document.RootElement.GetProperty(name).GetRawText()));
    }
}
