using System.Text.Json;

namespace Coterie.EndToEnd.Nodes;

/// <summary>Training on rows that neither the coordinator nor the helper can read, each in a process of its own.</summary>
public sealed class HelperTests
{
    [Fact]
    public async Task TrainWithProcesses_OnSharesOfRows_GivesTheModelOfOneProcess()
    {
        using var place = new Workspace();
        place.WriteData();
        place.WriteTask(learner: "{ name: ridge-regression, alpha: 1 }", privacy: "{ mode: encrypted-data }", participants: "{ count: 3, by: round-robin }", more: "stop: { rounds: 1 }\n");
        await Cli.SucceedAsync(place.Folder, "train", "task.yaml", "--out", "one");
        await Cli.SucceedAsync(place.Folder, "train", "task.yaml", "--processes", "--out", "many");
        Assert.Equal(File.ReadAllText(place["one/leakage.json"]), File.ReadAllText(place["many/leakage.json"]));
        AssertNear(Coefficients(place["one/model.json"]), Coefficients(place["many/model.json"]));
        Assert.Contains("helper", File.ReadAllText(place["many/metrics.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KilledCoordinatorAndHelper_StartedAgain_GiveTheModelAndNobodyElseHasIt()
    {
        using var consortium = await NodeConsortium.CreateAsync(policy: ", helpers: [helper]");
        await consortium.JoinHelperAsync();
        consortium.WriteTask(mode: "encrypted-data", learner: "{ name: logistic-regression, solver: gradient-descent, step: 0.5 }", stop: "{ rounds: 8 }");
        await Cli.SucceedAsync(consortium.Place.Folder, "train", "task.yaml", "--out", "expected", "--no-baselines");

        var participants = Enumerable.Range(1, 3).Select(k => consortium.StartParticipant(k)).ToArray();
        var helper = consortium.StartHelper();
        var coordinator = consortium.StartCoordinator();
        await coordinator.SaysAsync("logistic-regression: round 2 ");
        coordinator.Kill();
        helper.Kill();
        await coordinator.EndsAsync(137);
        await helper.EndsAsync(137);
        coordinator = consortium.StartCoordinator();
        await coordinator.SaysAsync("goes on");
        helper = consortium.StartHelper();
        await helper.SaysAsync("goes on");
        await coordinator.EndsAsync(0);
        foreach (var party in participants.Append(helper)) await party.EndsAsync(0);

        AssertNear(Coefficients(consortium.Place["expected/model.json"]), Coefficients(consortium.Place["results/model.json"]));
        foreach (var home in new[] { "helper", "clinic-1", "clinic-2", "clinic-3" }) Assert.Empty(Directory.GetFiles(consortium.Place[home], "model.json", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Helper_ThatIsNotThere_IsMissedByName_AndAnotherIsToldThatItIsNotNamed()
    {
        using var consortium = await NodeConsortium.CreateAsync(policy: ", helpers: [helper]");
        await consortium.JoinHelperAsync(policy: "maximum-rounds: 2");
        await consortium.JoinHelperAsync("other");
        consortium.WriteTask(mode: "encrypted-data", learner: "{ name: logistic-regression, solver: bound }", stop: "{ rounds: 3 }");
        var coordinator = consortium.StartCoordinator();
        NodeProcess[] participants = [consortium.StartParticipant(1), consortium.StartParticipant(2), consortium.StartParticipant(3)];
        for (var k = 1; k <= 3; k++) await coordinator.SaysAsync($"clinic-{k} takes part");
        var stranger = consortium.StartHelper("other");
        await stranger.EndsAsync(1);
        Assert.Contains("does not name other as its helper", stranger.Said, StringComparison.Ordinal);
        var helper = consortium.StartHelper();
        await coordinator.EndsAsync(1);
        Assert.Contains("cannot begin without helper, which the task names as its helper (helper declines", coordinator.Said, StringComparison.Ordinal);
        await helper.EndsAsync(1);
        foreach (var participant in participants) await participant.EndsAsync(1);
    }

    [Fact]
    public async Task Participant_WhosePolicyNamesOtherHelpers_Declines()
    {
        using var consortium = await NodeConsortium.CreateAsync(participants: 3, policy: ", helpers: [other]");
        consortium.WriteTask(mode: "encrypted-data", learner: "{ name: logistic-regression, solver: bound }", stop: "{ rounds: 3 }");
        var coordinator = consortium.StartCoordinator();
        var participant = consortium.StartParticipant(1);
        await coordinator.SaysAsync("clinic-1 declines: its policy does not allow the task: helpers: helper is none of other");
        participant.Kill();
    }

    [Fact]
    public async Task Task_WithATolerance_OrAHelperThatTakesPart_IsRefused()
    {
        using var consortium = await NodeConsortium.CreateAsync();
        consortium.WriteTask(mode: "encrypted-data", learner: "{ name: logistic-regression, solver: bound }", stop: "{ rounds: 3, tolerance: 0.01 }");
        await Cli.RefuseAsync(consortium.Place.Folder, ["plan", "task.yaml"], "stop.tolerance", "a number of rounds is accepted");
        consortium.WriteTask(mode: "encrypted-data, helper: clinic-2", learner: "{ name: logistic-regression, solver: bound }", stop: "{ rounds: 3 }");
        await Cli.RefuseAsync(consortium.Place.Folder, ["train", "task.yaml"], "privacy.helper", "clinic-2 has another role in the run");
        consortium.WriteTask(mode: "encrypted-data", learner: "{ name: logistic-regression }", stop: "{ rounds: 3 }");
        await Cli.RefuseAsync(consortium.Place.Folder, ["plan", "task.yaml"], "cannot be trained in encrypted-data", "bound");
        consortium.WriteTask(mode: "secret-sharing, helper: somebody", learner: "{ name: logistic-regression, solver: bound }", stop: "{ rounds: 3 }");
        await Cli.RefuseAsync(consortium.Place.Folder, ["plan", "task.yaml"], "privacy.helper", "has no meaning in the mode secret-sharing");
    }

    private static double[] Coefficients(string path) =>
        [.. JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("coefficients").EnumerateArray().Select(v => v.GetDouble())];

    /// <summary>The last place of what is truncated depends on masks.</summary>
    private static void AssertNear(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange((pair.Second - pair.First) / Math.Max(1, Math.Abs(pair.First)), -1e-4, 1e-4));
    }
}
