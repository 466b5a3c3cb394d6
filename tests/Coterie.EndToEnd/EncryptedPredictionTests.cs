using System.Globalization;

namespace Coterie.EndToEnd;

/// <summary>Predictions between two owners as people run them; keys of 2048 bits, for speed.</summary>
public sealed class EncryptedPredictionTests
{
    [Theory]
    [InlineData("{ name: logistic-regression }", "breast_cancer_wdbc.csv")]
    [InlineData("{ name: multinomial-logistic-regression }", "iris.csv")]
    public async Task Predict_Encrypted_PrintsWhatThePlainCommandPrints(string learner, string sample)
    {
        using var place = new Workspace();
        var data = Path.Combine(Workspace.Samples, "data", sample);
        await TrainAsync(place, learner, $"file: {data}");
        var plain = await Cli.SucceedAsync(place.Folder, "predict", "results/model.json", data);
        var encrypted = await Cli.SucceedAsync(place.Folder, "predict", "results/model.json", data, "--encrypted", "--key-bits", "2048");
        AssertSame(plain.Output, encrypted.Output);
    }

    [Fact]
    public async Task Predict_EncryptedToAFileAndAsJson_HasTheFormOfThePlainCommand()
    {
        using var place = new Workspace();
        await TrainAsync(place);
        var plain = await Cli.SucceedAsync(place.Folder, "predict", "results/model.json", "data.csv", "--out", "plain.csv");
        var encrypted = await Cli.SucceedAsync(place.Folder, "predict", "results/model.json", "data.csv", "--out", "encrypted.csv", "--encrypted", "--key-bits", "2048", "--verbose");
        Assert.Equal(plain.Output.Replace("plain", "encrypted", StringComparison.Ordinal), encrypted.Output);
        Assert.Equal(4, encrypted.Error.Split("owner: predict ").Length - 1);
        AssertSame(await File.ReadAllTextAsync(place["plain.csv"]), await File.ReadAllTextAsync(place["encrypted.csv"]));
        var json = await Cli.SucceedAsync(place.Folder, "predict", "results/model.json", "data.csv", "--encrypted", "--key-bits", "2048", "--json");
        Assert.Equal(("ridge-regression", 40, 40), (json.Json.GetProperty("learner").GetString(), json.Json.GetProperty("rows").GetInt32(), json.Json.GetProperty("predictions").GetArrayLength()));
    }

    [Fact]
    public async Task Steps_BetweenTwoFolders_ExchangeThreeFilesAndCountAnswers()
    {
        using var owner = new Workspace();
        using var rows = new Workspace();
        await TrainAsync(owner);
        rows.WriteData();
        var published = await Cli.SucceedAsync(owner.Folder, "predict", "publish", "results/model.json", "--out", "model.encrypted", "--answers", "50", "--key-bits", "2048");
        Assert.Contains("3 answered rows determine the model", published.Output, StringComparison.Ordinal);
        File.Copy(owner["model.encrypted"], rows["model.encrypted"]);
        var asked = await Cli.SucceedAsync(rows.Folder, "predict", "ask", "model.encrypted", "data.csv", "--out", "rows.question", "--json");
        Assert.Equal((40, "rows.question.masks"), (asked.Json.GetProperty("rows").GetInt32(), asked.Json.GetProperty("masks").GetString()));
        File.Copy(rows["rows.question"], owner["rows.question"]);
        var answered = await Cli.SucceedAsync(owner.Folder, "predict", "answer", "rows.question", "--owner", "model.encrypted.owner", "--out", "rows.answer");
        Assert.Contains("Answered in all: 40 of 50 rows.", answered.Output, StringComparison.Ordinal);
        File.Copy(owner["rows.answer"], rows["rows.answer"]);
        var read = await Cli.SucceedAsync(rows.Folder, "predict", "read", "model.encrypted", "rows.answer", "--masks", "rows.question.masks");
        AssertSame((await Cli.SucceedAsync(owner.Folder, "predict", "results/model.json", "data.csv")).Output, read.Output);

        await Cli.RefuseAsync(rows.Folder, ["predict", "ask", "model.encrypted", "data.csv", "--out", "rows.question"], "rows.question.masks", "never overwritten");
        await Cli.SucceedAsync(rows.Folder, "predict", "ask", "model.encrypted", "data.csv", "--out", "more.question");
        File.Copy(rows["more.question"], owner["more.question"]);
        await Cli.RefuseAsync(owner.Folder, ["predict", "answer", "more.question", "--owner", "model.encrypted.owner", "--out", "more.answer"], "more.question", "40 rows", "of the 50", "10 are left");
        await Cli.RefuseAsync(rows.Folder, ["predict", "read", "model.encrypted", "rows.answer", "--masks", "more.question.masks"], "rows.answer", "another question");
        await Cli.RefuseAsync(rows.Folder, ["predict", "read", "model.encrypted", "rows.question", "--masks", "rows.question.masks"], "rows.question", "another step");
    }

    [Fact]
    public async Task Predict_WhatCannotBeDoneEncrypted_IsRefused()
    {
        using var place = new Workspace();
        await TrainAsync(place);
        place.Write("far.csv", "a,b\n1,2\n3,4e6\n");
        await Cli.RefuseAsync(place.Folder, ["predict", "results/model.json", "far.csv", "--encrypted", "--key-bits", "2048"], "far.csv:3", "'b'", "256 times the range");
        await Cli.RefuseAsync(place.Folder, ["predict", "results/model.json", "nowhere.csv", "--encrypted", "--key-bits", "2048"], "nowhere.csv", "not there");
        await Cli.RefuseAsync(place.Folder, ["predict", "nowhere.json", "data.csv", "--encrypted"], "nowhere.json", "no such file");
        await Cli.RefuseAsync(place.Folder, ["predict", "results/model.json", "data.csv", "--key-bits", "2048"], "--encrypted");
        await Cli.RefuseAsync(place.Folder, ["predict", "publish", "results/model.json", "--out", "m", "--answers", "0"], "--answers", "1 or more");
        Assert.False(File.Exists(place["m"]) || File.Exists(place["m.owner"]));
        foreach (string[] wrong in new string[][] { ["predict"], ["predict", "publish"], ["predict", "publish", "results/model.json"], ["predict", "answer", "q", "--out", "a"], ["predict", "results/model.json", "data.csv", "--encrypted", "--key-bits", "1024"] })
            Assert.Equal(2, (await Cli.RunAsync(place.Folder, wrong)).ExitCode);
        await TrainAsync(place, "{ name: k-means, k: 2 }", "file: data.csv\n  columns: { exclude: [ y ] }", "clusters");
        await Cli.RefuseAsync(place.Folder, ["predict", "clusters/model.json", "data.csv", "--encrypted"], "clusters/model.json", "'k-means' does not predict by a linear function");
    }

    private static async Task TrainAsync(Workspace place, string learner = "{ name: ridge-regression, alpha: 1 }", string data = "file: data.csv", string results = "results")
    {
        place.WriteData();
        await Cli.SucceedAsync(place.Folder, "train", place.WriteTask(learner, data, privacy: "{ mode: federated }"), "--out", results, "--no-baselines");
    }

    private static void AssertSame(string plain, string encrypted)
    {
        var (left, right) = (plain.TrimEnd().Split('\n'), encrypted.TrimEnd().Split('\n'));
        Assert.Equal(left[0], right[0]);
        Assert.Equal(left.Length, right.Length);
        for (var i = 1; i < left.Length; i++)
        {
            var (expected, found) = (Cells(left[i]), Cells(right[i]));
            Assert.Equal(expected.Length, found.Length);
            for (var j = 0; j < expected.Length; j++) Assert.InRange(found[j] - expected[j], -1e-6 * Math.Max(1, Math.Abs(expected[j])), 1e-6 * Math.Max(1, Math.Abs(expected[j])));
        }

        static double[] Cells(string line) => [.. line.Split(',').Select(c => double.Parse(c, CultureInfo.InvariantCulture))];
    }
}
