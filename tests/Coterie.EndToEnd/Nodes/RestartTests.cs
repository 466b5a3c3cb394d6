using System.Text.Json;

namespace Coterie.EndToEnd.Nodes;

/// <summary>Processes that are killed and started again, and some that are not.</summary>
public sealed class RestartTests
{
    [Theory]
    [InlineData("federated")]
    [InlineData("secure-aggregation")]
    public async Task KilledCoordinatorAndParticipant_StartedAgain_CompleteWithTheSameModel(string mode)
    {
        using var consortium = await NodeConsortium.CreateAsync();
        consortium.WriteLongTask(mode: mode);
        await Cli.SucceedAsync(consortium.Place.Folder, "train", "task.yaml", "--out", "expected", "--no-baselines");

        await consortium.RunThroughKillsAsync();
        Assert.Equal(ModelOf(consortium.Place["expected/model.json"]), ModelOf(consortium.Place["results/model.json"]));
        var history = File.ReadAllLines(consortium.Place["results/history.csv"]);
        Assert.Equal(NodeConsortium.ManyRounds, history.Count(l => l.StartsWith("logistic-regression,", StringComparison.Ordinal)));
    }

    // Rounds take longer with keys of their own, and fewer of them are enough to act in.
    [Theory]
    [InlineData("shared-key", NodeConsortium.ManyRounds)]
    [InlineData("separate-keys, key-bits: 2048", 12)]
    public async Task KilledCoordinatorAndParticipant_WhereTheModelIsTheParticipants_AllHaveItAndTheCoordinatorHasNot(string mode, int rounds)
    {
        using var consortium = await NodeConsortium.CreateAsync();
        consortium.WriteLongTask(mode: mode, rounds: rounds);
        await Cli.SucceedAsync(consortium.Place.Folder, "train", "task.yaml", "--out", "expected", "--no-baselines");

        byte[][] places = ["group-secret"u8.ToArray(), "own-keys"u8.ToArray(), "CPSK"u8.ToArray()];
        var coordinator = await consortium.RunThroughKillsAsync(() => Assert.True(consortium.Holds("clinic-2/state", places)));

        Assert.Contains("The model is the participants'", coordinator.Said, StringComparison.Ordinal);
        Assert.Equal(["history.csv", "leakage.json"], Directory.GetFiles(consortium.Place["results"]).Select(Path.GetFileName).Order());
        for (var k = 1; k <= 3; k++)
        {
            var model = Assert.Single(Directory.GetFiles(consortium.Place[$"clinic-{k}/results"], "model.json", SearchOption.AllDirectories));
            Assert.Equal(ModelOf(consortium.Place["expected/model.json"]), ModelOf(model));
            var history = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(model)!, "history.csv"));
            Assert.Equal(rounds, history.Count(l => l.StartsWith("logistic-regression,", StringComparison.Ordinal)));
        }
        // What the run said of the coordinator is what it says of itself.
        using var leakage = JsonDocument.Parse(File.ReadAllText(consortium.Place["results/leakage.json"]));
        Assert.All(leakage.RootElement.GetProperty("opened").EnumerateArray(), o => Assert.StartsWith("whether ", o.GetProperty("what").GetString(), StringComparison.Ordinal));
        // Secrets of the run have gone with it, also those of a life that ended early.
        foreach (var home in new[] { "coordinator", "clinic-1", "clinic-2", "clinic-3" }) Assert.False(consortium.Holds(home + "/state", places), home);
    }

    [Fact]
    public async Task ParticipantThatStaysAway_HasDroppedOut_AndTheOthersFinish()
    {
        using var consortium = await NodeConsortium.CreateAsync(participants: 4, timeOuts: "{ gathering: 60s, absence: 1s }");
        consortium.WriteLongTask(participants: 4);
        NodeProcess[] participants = [.. Enumerable.Range(1, 4).Select(k => consortium.StartParticipant(k))];
        var coordinator = consortium.StartCoordinator();
        await coordinator.SaysAsync("logistic-regression: round 1 ");
        participants[3].Kill();
        await coordinator.EndsAsync(0);
        foreach (var participant in participants[..3]) await participant.EndsAsync(0);
        Assert.Contains("Participants left during the run", File.ReadAllText(consortium.Place["results/leakage.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CoordinatorThatIsTerminated_SaysWhatIsKept_AndGoesOn()
    {
        using var consortium = await NodeConsortium.CreateAsync();
        consortium.WriteTask(learner: "{ name: ridge-regression, alpha: 1 }", stop: "{ rounds: 1 }");
        consortium.Place.Write("task.yaml", File.ReadAllText(consortium.Place["task.yaml"]).Replace(", values: [0, 1]", "", StringComparison.Ordinal));
        var coordinator = consortium.StartCoordinator();
        await coordinator.SaysAsync("waiting for");
        coordinator.Terminate();
        await coordinator.EndsAsync(1);
        Assert.Contains("the same command goes on with it", coordinator.Said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(consortium.Place["results"]));

        coordinator = consortium.StartCoordinator();
        await coordinator.SaysAsync("goes on");
        var participants = Enumerable.Range(1, 3).Select(k => consortium.StartParticipant(k)).ToArray();
        await coordinator.EndsAsync(0);
        foreach (var participant in participants) await participant.EndsAsync(0);
    }

    private static string ModelOf(string path)
    {
        // The card's figures are of rows that only one of the two runs has.
        var model = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
        return string.Join('\n', model.EnumerateObject().Where(p => p.Name != "card").Select(p => p.Name + p.Value.GetRawText()));
    }
}
