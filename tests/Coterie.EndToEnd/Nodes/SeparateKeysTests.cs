namespace Coterie.EndToEnd.Nodes;

/// <summary>The mode in which every participant has a key of its own, over processes and nodes.</summary>
public sealed class SeparateKeysTests
{
    [Fact]
    public async Task TrainWithProcesses_GivesTheFilesOfOneProcess()
    {
        using var place = new Workspace();
        place.WriteData();
        place.WriteTask(privacy: "{ mode: separate-keys, key-bits: 2048 }", participants: "{ count: 3, by: round-robin }");
        await Cli.SucceedAsync(place.Folder, "train", "task.yaml", "--out", "one");
        await Cli.SucceedAsync(place.Folder, "train", "task.yaml", "--processes", "--out", "many");
        foreach (var same in new[] { "model.json", "leakage.json" }) Assert.Equal(File.ReadAllText(place["one/" + same]), File.ReadAllText(place["many/" + same]));
    }

    [Fact]
    public async Task FinishedRun_LeavesTheModelWithParticipantsOnly_AndNoKeyAnywhere()
    {
        using var consortium = await NodeConsortium.CreateAsync();
        consortium.WriteTask(mode: "separate-keys, key-bits: 2048");
        var participants = Enumerable.Range(1, 3).Select(k => consortium.StartParticipant(k)).ToArray();
        await consortium.StartCoordinator().EndsAsync(0);
        foreach (var participant in participants) await participant.EndsAsync(0);
        for (var k = 1; k <= 3; k++) Assert.Single(Directory.GetFiles(consortium.Place[$"clinic-{k}/results"], "model.json", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFiles(consortium.Place["results"], "model.json", SearchOption.AllDirectories));
        // How a secret Paillier key begins, and where keys lie.
        byte[][] needles = ["CPSK"u8.ToArray(), "own-keys"u8.ToArray()];
        foreach (var home in new[] { "coordinator", "clinic-1", "clinic-2", "clinic-3" }) Assert.False(consortium.Holds(home + "/state", needles), home);
    }
}
