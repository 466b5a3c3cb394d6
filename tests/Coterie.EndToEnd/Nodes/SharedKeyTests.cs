using System.Text.Json;

namespace Coterie.EndToEnd.Nodes;

/// <summary>The mode in which the model is the participants': every one of them has it, and the coordinator has not.</summary>
public sealed class SharedKeyTests
{
    [Fact]
    public async Task KilledCoordinatorAndParticipant_StartedAgain_ParticipantsHaveTheModelAndTheCoordinatorHasNot()
    {
        using var consortium = await NodeConsortium.CreateAsync();
        consortium.WriteLongTask(mode: "shared-key");
        await Cli.SucceedAsync(consortium.Place.Folder, "train", "task.yaml", "--out", "expected", "--no-baselines");

        var coordinator = await consortium.RunThroughKillsAsync();

        Assert.Contains("The model is the participants'", coordinator.Said, StringComparison.Ordinal);
        Assert.Equal(["history.csv", "leakage.json"], Directory.GetFiles(consortium.Place["results"]).Select(Path.GetFileName).Order());
        for (var k = 1; k <= 3; k++)
        {
            var model = Assert.Single(Directory.GetFiles(consortium.Place[$"clinic-{k}/results"], "model.json", SearchOption.AllDirectories));
            Assert.Equal(ModelOf(consortium.Place["expected/model.json"]), ModelOf(model));
            var history = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(model)!, "history.csv"));
            Assert.Equal(NodeConsortium.ManyRounds, history.Count(l => l.StartsWith("logistic-regression,", StringComparison.Ordinal)));
        }
        // What the run said of the coordinator is what it says of itself.
        using var leakage = JsonDocument.Parse(File.ReadAllText(consortium.Place["results/leakage.json"]));
        Assert.All(leakage.RootElement.GetProperty("opened").EnumerateArray(), o => Assert.StartsWith("whether ", o.GetProperty("what").GetString(), StringComparison.Ordinal));
    }

    /// <summary>The coordinator's whole home is searched for the model's numbers; a participant's, where its own is, shows that the search finds them.</summary>
    [Fact]
    public async Task FinishedRun_LeavesNoModelAtTheCoordinator_AndNoKeyAnywhere()
    {
        using var consortium = await NodeConsortium.CreateAsync();
        consortium.WriteTask(mode: "shared-key");
        var participants = Enumerable.Range(1, 3).Select(k => consortium.StartParticipant(k)).ToArray();
        await consortium.StartCoordinator().EndsAsync(0);
        foreach (var participant in participants) await participant.EndsAsync(0);
        var path = Assert.Single(Directory.GetFiles(consortium.Place["clinic-1/results"], "model.json", SearchOption.AllDirectories));
        var needles = JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("coefficients").EnumerateArray().SelectMany(
            v => new[] { BitConverter.GetBytes(v.GetDouble()), System.Text.Encoding.UTF8.GetBytes(v.GetRawText()) }).ToArray();
        Assert.True(Holds(consortium.Place["clinic-1"], needles));
        Assert.False(Holds(consortium.Place["coordinator"], needles));
        Assert.False(Holds(consortium.Place["results"], needles));
        byte[][] places = ["group-secret"u8.ToArray()];
        foreach (var home in new[] { "coordinator", "clinic-1", "clinic-2", "clinic-3" }) Assert.False(Holds(consortium.Place[home + "/state"], places), home);
    }

    [Fact]
    public async Task TrainWithProcesses_SharedKey_GivesTheFilesOfOneProcess()
    {
        using var place = new Workspace();
        place.WriteData();
        place.WriteTask(privacy: "{ mode: shared-key }", participants: "{ count: 3, by: round-robin }");
        await Cli.SucceedAsync(place.Folder, "train", "task.yaml", "--out", "one");
        await Cli.SucceedAsync(place.Folder, "train", "task.yaml", "--processes", "--out", "many");
        foreach (var same in new[] { "model.json", "leakage.json" }) Assert.Equal(File.ReadAllText(place["one/" + same]), File.ReadAllText(place["many/" + same]));
        Assert.Contains("\"The model and its figures are the participants", File.ReadAllText(place["one/leakage.json"]).Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_SharedKeyWithTheModelToTheOwner_IsRefused()
    {
        using var place = new Workspace();
        place.WriteData();
        place.WriteTask(privacy: "{ mode: shared-key, model-to: owner }");
        await Cli.RefuseAsync(place.Folder, ["train", "task.yaml"], "model-to", "participants is");
        place.WriteTask(privacy: "{ mode: shared-key, topology: ring }");
        await Cli.RefuseAsync(place.Folder, ["train", "task.yaml"], "topology", "shared-key");
    }

    private static bool Holds(string folder, byte[][] needles)
    {
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(File.ReadAllBytes).ToArray();
        return needles.Any(n => files.Any(f => f.AsSpan().IndexOf(n) >= 0));
    }

    private static string ModelOf(string path)
    {
        // The card's figures are of rows that only one of the two runs has.
        var model = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
        return string.Join('\n', model.EnumerateObject().Where(p => p.Name != "card").Select(p => p.Name + p.Value.GetRawText()));
    }
}
