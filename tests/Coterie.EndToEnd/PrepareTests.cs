using System.Text.Json;
using Coterie.Federation.RunStore;

namespace Coterie.EndToEnd;

public sealed class PrepareTests
{
    private const string Learner = "{ name: ridge-regression, alpha: 1, solver: gradient-descent, step: 0.3 }";

    [Fact]
    public async Task PrepareThenTrain_Sample_GivesItsModelAndUsesItUp()
    {
        using var place = new Workspace();
        const string Name = "logistic-regression-secret-sharing";
        var task = Path.Combine(Workspace.Samples, "07-hidden-values", Name + ".yaml");
        var prepared = (await Cli.SucceedAsync(place.Folder, "prepare", task, "--rounds", "2", "--json")).Json;
        Assert.Equal(2, prepared.GetProperty("rounds").GetInt32());
        Assert.Equal(5, prepared.GetProperty("peers").GetInt32());
        Assert.InRange(prepared.GetProperty("peer_bytes").GetInt64(), 1_000_000, 100_000_000);
        AssertSealed(place[$"coterie-prepared/{Name}/of-participant-1/state"]);

        await Cli.SucceedAsync(place.Folder, "train", task, "--no-baselines", "--out", "ahead");
        Assert.False(Directory.Exists(place[$"coterie-prepared/{Name}"]));
        await Cli.SucceedAsync(place.Folder, "train", task, "--no-baselines", "--out", "plain");
        // A sigmoid errs by up to 2^-10, each time otherwise.
        Assert.All(Coefficients(place["plain/model.json"]).Zip(Coefficients(place["ahead/model.json"])), pair => Assert.Equal(pair.First, pair.Second, 0.01));
    }

    [Fact]
    public async Task Train_RowsChangedSincePreparing_IsRefused()
    {
        using var place = new Workspace();
        place.WriteData();
        var task = place.WriteTask(Learner, participants: "{ count: 3, by: round-robin }", privacy: "{ mode: secret-sharing }", more: "stop: { rounds: 2 }\n");
        await Cli.SucceedAsync(place.Folder, "prepare", task);
        place.WriteData(cell: (row, column) => row == 5 && column == "a" ? "4" : "");
        var refused = await Cli.RunAsync(place.Folder, "train", task, "--no-baselines", "--out", "results");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("rows", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place["results"]));
    }

    [Fact]
    public async Task PrepareThenTrain_SharesOfRows_GoesOnWithoutThoseThatHaveLeft()
    {
        using var place = new Workspace();
        place.WriteData();
        var task = place.WriteTask(Learner, participants: "{ count: 3, by: round-robin }", privacy: "{ mode: encrypted-data }", more: "stop: { rounds: 2 }\n");
        var said = await Cli.SucceedAsync(place.Folder, "prepare", task, "--into", "ahead");
        Assert.Contains("Prepared 2 rounds with 1 party", said.Output, StringComparison.Ordinal);
        Assert.Contains("--prepared ahead", said.Output, StringComparison.Ordinal);
        // Again: nothing is left to do.
        Assert.Contains("Prepared 2 rounds", (await Cli.SucceedAsync(place.Folder, "prepare", task, "--into", "ahead")).Output, StringComparison.Ordinal);
        await Cli.SucceedAsync(place.Folder, "train", task, "--prepared", "ahead", "--no-baselines", "--out", "results");
        await Cli.SucceedAsync(place.Folder, "train", task, "--no-baselines", "--out", "plain");
        Assert.All(Coefficients(place["plain/model.json"]).Zip(Coefficients(place["results/model.json"])), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        Assert.False(Directory.Exists(place["ahead"]));
    }

    [Fact]
    public async Task Prepare_WhatCannotBePrepared_IsRefusedWithTheReason()
    {
        using var place = new Workspace();
        place.WriteData();
        await Cli.RefuseAsync(place.Folder, ["prepare", place.WriteTask()], "secure-aggregation", "secret-sharing");
        await Cli.RefuseAsync(place.Folder, ["prepare", place.WriteTask(privacy: "{ mode: secret-sharing }")], "has no steps between two parties");
        Assert.False(Directory.Exists(place["coterie-prepared/trial"]));
        var task = place.WriteTask(Learner, privacy: "{ mode: secret-sharing }", more: "stop: { rounds: 2 }\n");
        Assert.Equal(2, (await Cli.RunAsync(place.Folder, "prepare", task, "--rounds", "0")).ExitCode);
        place.Write("full/file", "");
        await Cli.RefuseAsync(place.Folder, ["prepare", task, "--into", "full"], "not empty");
        await Cli.RefuseAsync(place.Folder, ["train", task, "--prepared", "nowhere"], "nothing");
        // What is prepared is for a task, to the letter, and a seed.
        place.Write("coterie-prepared/trial/task", "another");
        await Cli.RefuseAsync(place.Folder, ["train", task], "another version");
        await Cli.RefuseAsync(place.Folder, ["prepare", task], "--force");
    }

    /// <summary>Everything that a party keeps of a run is sealed: nothing of it can be read without the identity.</summary>
    private static void AssertSealed(string folder)
    {
        using var state = Database.Open(Path.Combine(folder, "state.db"));
        var kept = state.Query("SELECT key, state FROM checkpoints", r => (Key: r.GetString(0), State: r.GetFieldValue<byte[]>(1)));
        Assert.Equal(2, kept.Count(k => k.Key.Contains("/prepared/", StringComparison.Ordinal) && k.Key.EndsWith("/head", StringComparison.Ordinal)));
        Assert.Contains(kept, k => k.Key.Contains("/pieces/", StringComparison.Ordinal) && k.State.Length > 100_000);
        foreach (var (key, value) in kept)
        {
            // Which rows the run began with, as a digest, is known before there is a run.
            if (key == "node/rows") continue;
            Assert.True(value.Length >= 29 && value[0] == 1, key);
            // Compressible is what is not sealed.
            if (value.Length > 4096) Assert.True(Distinct(value) > 200, key);
        }
    }

    private static int Distinct(byte[] bytes) => bytes.AsSpan(0, 4096).ToArray().Distinct().Count();

    private static double[] Coefficients(string model)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(model));
        return [.. json.RootElement.GetProperty("coefficients").EnumerateArray().Select(c => c.GetDouble())];
    }
}
