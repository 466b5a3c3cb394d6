using System.Text.Json;

namespace Coterie.EndToEnd.Nodes;

/// <summary>The mode in which the model is the participants': every one of them has it, and the coordinator has not.</summary>
public sealed class SharedKeyTests
{
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
        Assert.True(consortium.Holds("clinic-1", needles));
        Assert.False(consortium.Holds("coordinator", needles));
        Assert.False(consortium.Holds("results", needles));
        byte[][] places = ["group-secret"u8.ToArray()];
        foreach (var home in new[] { "coordinator", "clinic-1", "clinic-2", "clinic-3" }) Assert.False(consortium.Holds(home + "/state", places), home);
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
}
