using System.Globalization;
using System.Text.Json;

namespace Coterie.EndToEnd;

public sealed class ModelUseTests
{
    [Theory]
    [InlineData("{ name: ridge-regression, alpha: 1 }", "diabetes_raw.csv", "")]
    [InlineData("{ name: logistic-regression }", "breast_cancer_wdbc.csv", "")]
    [InlineData("{ name: multinomial-logistic-regression }", "iris.csv", "")]
    [InlineData("{ name: k-means, k: 3, restarts: 2 }", "iris.csv", "  columns: { exclude: [ species ] }\n")]
    public async Task Evaluate_TestRowsOfARun_EqualsItsMetrics(string learner, string data, string more)
    {
        using var place = new Workspace();
        var test = TestRows(place, data);
        var task = place.WriteTask(learner, $"file: {Path.Combine(Workspace.Samples, "data", data)}", more: more + "  test: { every: 5 }\n", privacy: "{ mode: federated }");
        await Cli.SucceedAsync(place.Folder, "train", task, "--out", "results", "--no-baselines");

        var evaluated = await Cli.SucceedAsync(place.Folder, "evaluate", "results/model.json", test, "--json");
        var predicted = await Cli.SucceedAsync(place.Folder, "predict", "results/model.json", test);

        using var metrics = JsonDocument.Parse(await File.ReadAllTextAsync(place["results/metrics.json"]));
        foreach (var expected in metrics.RootElement.GetProperty("test").EnumerateObject().Where(m => m.Value.ValueKind == JsonValueKind.Number))
        {
            var value = evaluated.Json.GetProperty("metrics").GetProperty(expected.Name).GetDouble();
            Assert.InRange(value - expected.Value.GetDouble(), -1e-12 * Math.Max(1, Math.Abs(value)), 1e-12 * Math.Max(1, Math.Abs(value)));
        }
        AssertSamePredictions(await File.ReadAllLinesAsync(place["results/predictions.csv"]), predicted.Output.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Predict_OtherOrderExtraColumnsNoTarget_ReadsColumnsByName()
    {
        using var place = new Workspace();
        place.WriteData();
        await Cli.SucceedAsync(place.Folder, "train", place.WriteTask(), "--out", "results");
        place.Write("plain.csv", "a,b,y\n1,2,0\n3,-1,0\n");
        place.Write("mixed.csv", "b,note,a\n2,x,1\n-1,y,3\n");
        var plain = await Cli.SucceedAsync(place.Folder, "predict", "results/model.json", "plain.csv");
        var mixed = await Cli.SucceedAsync(place.Folder, "predict", "results/model.json", "mixed.csv", "--out", "predicted.csv");
        Assert.StartsWith("row,prediction\n", plain.Output, StringComparison.Ordinal);
        Assert.Equal(plain.Output, await File.ReadAllTextAsync(place["predicted.csv"]));
        Assert.Contains("2 predictions: predicted.csv", mixed.Output, StringComparison.Ordinal);

        var json = await Cli.SucceedAsync(place.Folder, "predict", "results/model.json", "plain.csv", "--json");
        Assert.Equal(
            plain.Output.TrimEnd().Split('\n').Skip(1).Select(line => double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture)),
            json.Json.GetProperty("predictions").EnumerateArray().Select(p => p.GetDouble()));
        await Cli.RefuseAsync(place.Folder, ["evaluate", "results/model.json", "mixed.csv"], "mixed.csv:1", "'y'", "missing");
    }

    [Fact]
    public async Task Predict_DefectiveFiles_AreRefused()
    {
        using var place = new Workspace();
        place.WriteData();
        await Cli.SucceedAsync(place.Folder, "train", place.WriteTask(), "--out", "results", "--no-baselines");
        place.Write("lacking.csv", "a\n1\n");
        place.Write("text.csv", "a,b\n1,2\n3,oops\n");
        place.Write("gap.csv", "a,b\n1,2\n3,\n");
        place.Write("broken.json", "{ \"format\": \"coterie-model/1\" ");
        await Cli.RefuseAsync(place.Folder, ["predict", "results/model.json", "lacking.csv"], "lacking.csv:1", "'b'", "is missing");
        await Cli.RefuseAsync(place.Folder, ["predict", "results/model.json", "text.csv"], "text.csv:3", "'b'", "'oops' is no finite number");
        await Cli.RefuseAsync(place.Folder, ["predict", "results/model.json", "gap.csv"], "gap.csv:3", "'b'", "missing value");
        await Cli.RefuseAsync(place.Folder, ["predict", "results/model.json", "nowhere.csv"], "nowhere.csv", "not there");
        await Cli.RefuseAsync(place.Folder, ["predict", "broken.json", "text.csv"], "broken.json");
        await Cli.RefuseAsync(place.Folder, ["predict", "nowhere.json", "text.csv"], "nowhere.json", "no such file");
    }

    /// <summary>Rows 0, 5, 10, ... of a bundled file: those that every: 5 holds out.</summary>
    private static string TestRows(Workspace place, string data)
    {
        var lines = File.ReadAllLines(Path.Combine(Workspace.Samples, "data", data));
        return place.Write("test.csv", string.Join('\n', lines.Where((_, i) => i == 0 || (i - 1) % 5 == 0)) + "\n");
    }

    private static void AssertSamePredictions(string[] ofTheRun, string[] ofTheModel)
    {
        Assert.Equal(ofTheRun.Length, ofTheModel.Length);
        for (var i = 1; i < ofTheRun.Length; i++)
        {
            var (left, right) = (double.Parse(ofTheRun[i].Split(',')[^1], CultureInfo.InvariantCulture), double.Parse(ofTheModel[i].Split(',')[^1], CultureInfo.InvariantCulture));
            Assert.InRange(left - right, -1e-12 * Math.Max(1, Math.Abs(left)), 1e-12 * Math.Max(1, Math.Abs(left)));
        }
    }
}
