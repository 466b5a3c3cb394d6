using System.Text.Json;

namespace Coterie.EndToEnd.Nodes;

/// <summary>A model that belongs to a party of its own: it has the model at the end, and nobody else has.</summary>
public sealed class ModelOwnerTests
{
    /// <summary>Where the owner shortens the model under masks, the last of 40 fraction bits is one more or less, by chance, in one process too.</summary>
    private const double Shortened = 1e-10;

    [Fact]
    public async Task KilledCoordinatorAndModelOwner_StartedAgain_TheOwnerHasTheModelAndNobodyElse()
    {
        using var consortium = await NodeConsortium.CreateAsync(policy: ", model-owners: [buyer]");
        await consortium.JoinModelOwnerAsync();
        consortium.WriteOwnedTask(NodeConsortium.ManyRounds);
        await Cli.SucceedAsync(consortium.Place.Folder, "train", "task.yaml", "--out", "expected", "--no-baselines");

        // How a secret Paillier key begins, and a database: that the one is found shows that the search reads what is there. Checkpoints are sealed, with the owner too.
        byte[][] key = ["CPSK"u8.ToArray()], database = ["SQLite format 3"u8.ToArray()];
        var coordinator = await consortium.RunThroughKillsAsync(
            () =>
            {
                foreach (var home in new[] { "buyer", "coordinator" })
                {
                    Assert.True(consortium.Holds(home + "/state", database));
                    Assert.False(consortium.Holds(home + "/state", key));
                }
            },
            "ridge-regression", () => consortium.StartModelOwner());

        Assert.Contains("The model is buyer's", coordinator.Said, StringComparison.Ordinal);
        Assert.Equal(["history.csv", "leakage.json"], Directory.GetFiles(consortium.Place["results"]).Select(Path.GetFileName).Order());
        Assert.Equal(NodeConsortium.ManyRounds, File.ReadAllLines(consortium.Place["results/history.csv"]).Count(l => l.StartsWith("ridge-regression,", StringComparison.Ordinal)));
        var model = Assert.Single(Models(consortium, "buyer"));
        Assert.Equal(["leakage.json", "model.json"], Directory.GetFiles(Path.GetDirectoryName(model)!).Select(Path.GetFileName).Order());
        AssertNear(Coefficients(consortium.Place["expected/model.json"]), Coefficients(model));
        for (var k = 1; k <= 3; k++) Assert.Empty(Models(consortium, $"clinic-{k}"));
        Assert.Contains("\"buyer learned the final model of ridge-regression", File.ReadAllText(Path.Combine(Path.GetDirectoryName(model)!, "leakage.json")), StringComparison.Ordinal);

        // The model's numbers; likewise.
        var numbers = Coefficients(model).SelectMany(c => new[] { BitConverter.GetBytes(c), System.Text.Encoding.UTF8.GetBytes(c.ToString("R", System.Globalization.CultureInfo.InvariantCulture)) }).ToArray();
        Assert.True(consortium.Holds("buyer/results", numbers));
        foreach (var home in new[] { "coordinator", "results", "clinic-1", "clinic-2", "clinic-3" }) Assert.False(consortium.Holds(home, numbers), home);
        foreach (var home in new[] { "coordinator", "clinic-1", "clinic-2", "clinic-3", "buyer" }) Assert.False(consortium.Holds(home + "/state", key), home);
    }

    [Fact]
    public async Task TrainWithProcesses_OwnerOfItsOwn_GivesTheModelOfOneProcess()
    {
        using var place = new Workspace();
        place.WriteData();
        place.WriteTask(
            learner: "{ name: ridge-regression, solver: gradient-descent, step: 0.3 }", privacy: "{ mode: encrypted-model, key-bits: 2048, model-owner: buyer }",
            participants: "{ count: 3, by: round-robin }", more: "stop: { rounds: 3 }\n");
        await Cli.SucceedAsync(place.Folder, "train", "task.yaml", "--out", "one");
        await Cli.SucceedAsync(place.Folder, "train", "task.yaml", "--processes", "--out", "many");
        Assert.Equal(File.ReadAllText(place["one/leakage.json"]), File.ReadAllText(place["many/leakage.json"]));
        Assert.Contains("\"The model is buyer", File.ReadAllText(place["many/leakage.json"]), StringComparison.Ordinal);
        AssertNear(Coefficients(place["one/model.json"]), Coefficients(place["many/model.json"]));
    }

    [Fact]
    public async Task ModelOwnerThatDeclines_EndsTheRunWithItsReason_AndOneThatIsNotNamedIsToldSo()
    {
        using var consortium = await NodeConsortium.CreateAsync(policy: ", model-owners: [buyer]");
        await consortium.JoinModelOwnerAsync(policy: "maximum-rounds: 2");
        await consortium.JoinModelOwnerAsync("auditor");
        consortium.WriteOwnedTask(3);
        var coordinator = consortium.StartCoordinator();
        NodeProcess[] participants = [consortium.StartParticipant(1), consortium.StartParticipant(2), consortium.StartParticipant(3)];
        for (var k = 1; k <= 3; k++) await coordinator.SaysAsync($"clinic-{k} takes part");

        var stranger = consortium.StartModelOwner("auditor");
        await stranger.EndsAsync(1);
        Assert.Contains("the task does not name auditor as its model's owner", stranger.Said, StringComparison.Ordinal);
        Assert.Contains("auditor is connected, but the task does not name it", coordinator.Said, StringComparison.Ordinal);

        var owner = consortium.StartModelOwner();
        await coordinator.EndsAsync(1);
        Assert.Contains("cannot begin without buyer, which the task names as its model's owner (buyer declines: its policy does not allow the task: maximum-rounds", coordinator.Said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(consortium.Place["results"]));
        await owner.EndsAsync(1);
        foreach (var participant in participants)
        {
            await participant.EndsAsync(1);
            Assert.Contains("cannot begin without buyer", participant.Said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ModelOwner_WithAnotherConfigOrIdentity_IsRefused()
    {
        using var consortium = await NodeConsortium.CreateAsync();
        await consortium.JoinModelOwnerAsync();
        await Cli.RefuseAsync(consortium.Place.Folder, ["model-owner", "clinic-1.yaml"], "data: is unknown");
        await Cli.RefuseAsync(consortium.Place.Folder, ["helper", "buyer.yaml"], "model-owner buyer", "that of a helper is expected");
        Assert.Contains("buyer, model-owner of test", (await Cli.SucceedAsync(consortium.Place.Folder, "identity", "show", "--home", "buyer")).Output, StringComparison.Ordinal);
        consortium.WriteOwnedTask(3, owner: "clinic-2");
        await Cli.RefuseAsync(consortium.Place.Folder, ["train", "task.yaml"], "privacy.model-owner", "clinic-2 has another role in the run");
    }

    private static string[] Models(NodeConsortium consortium, string home) => Directory.GetFiles(consortium.Place[home], "model.json", SearchOption.AllDirectories);

    private static double[] Coefficients(string path) =>
        [.. JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("coefficients").EnumerateArray().Select(v => v.GetDouble())];

    private static void AssertNear(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second - pair.First, -Shortened, Shortened));
    }
}
