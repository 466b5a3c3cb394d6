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
        Assert.Equal(ModelOf(consortium, "expected"), ModelOf(consortium, "results"));
        var history = File.ReadAllLines(consortium.Place["results/history.csv"]);
        Assert.Equal(NodeConsortium.ManyRounds, history.Count(l => l.StartsWith("logistic-regression,", StringComparison.Ordinal)));
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

    private static string ModelOf(NodeConsortium consortium, string folder)
    {
        // The card's figures are of rows that only one of the two runs has.
        var model = System.Text.Json.JsonDocument.Parse(File.ReadAllText(consortium.Place[folder + "/model.json"])).RootElement;
        return string.Join('\n', model.EnumerateObject().Where(p => p.Name != "card").Select(p => p.Name + p.Value.GetRawText()));
    }
}
