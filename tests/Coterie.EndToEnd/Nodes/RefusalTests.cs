namespace Coterie.EndToEnd.Nodes;

/// <summary>Nodes that will not: a policy, a person who is not there, an identity of another role, a file that does not fit.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task DecliningParticipants_AreNamedWithTheirReasons_WhereTheRunCannotTakePlace()
    {
        using var consortium = await NodeConsortium.CreateAsync(participants: 4);
        consortium.WriteTask(participants: 4);
        consortium.WriteConfig(2, "ask: true");
        consortium.Place.Write("rows-3.csv", "a,b,y\n1,2,eighty-three\n");
        var coordinator = consortium.StartCoordinator();
        NodeProcess[] willing = [consortium.StartParticipant(1), consortium.StartParticipant(4)];
        await coordinator.SaysAsync("clinic-1 takes part");
        await coordinator.SaysAsync("clinic-4 takes part");

        // The file's owner reads what is wrong with it, the coordinator only that something is.
        var unfit = consortium.StartParticipant(3);
        await coordinator.SaysAsync("clinic-3 declines: its data do not fit the task");
        await unfit.EndsAsync(1);
        Assert.Contains("error: rows-3.csv:2", unfit.Said.Replace(consortium.Place.Folder + "/", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("eighty-three", coordinator.Said, StringComparison.Ordinal);

        var undecided = consortium.StartParticipant(2);
        await coordinator.EndsAsync(1);
        Assert.Contains("2 of 4 take part", coordinator.Said, StringComparison.Ordinal);
        Assert.Contains("clinic-2 declines: nobody has agreed to the task there; clinic-3 declines", coordinator.Said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(consortium.Place["results"]));
        await undecided.EndsAsync(1);
        Assert.Contains("agree with --approve trial", undecided.Said, StringComparison.Ordinal);
        foreach (var participant in willing) await participant.EndsAsync(1);
    }

    [Fact]
    public async Task Node_WithAnIdentityOfAnotherRole_IsRefused()
    {
        using var consortium = await NodeConsortium.CreateAsync(participants: 1);
        consortium.WriteTask();
        consortium.Place.Write("wrong.yaml", File.ReadAllText(consortium.Place["coordinator.yaml"]).Replace("home: coordinator", "home: clinic-1", StringComparison.Ordinal));
        await Cli.RefuseAsync(consortium.Place.Folder, ["coordinator", "wrong.yaml", "--task", "task.yaml"], "participant clinic-1", "that of a coordinator is expected");
        await Cli.RefuseAsync(consortium.Place.Folder, ["participant", "coordinator.yaml"], "coordinator.yaml:1: coordinator: is missing");
        consortium.Place.Write("wrong.yaml", File.ReadAllText(consortium.Place["clinic-1.yaml"]).Replace("home: clinic-1", "home: nowhere", StringComparison.Ordinal));
        await Cli.RefuseAsync(consortium.Place.Folder, ["participant", "wrong.yaml"], "coterie identity join");
    }

    [Fact]
    public async Task Coordinator_WithATaskThatDeclaresTooLittle_IsToldWhatIsMissing()
    {
        using var consortium = await NodeConsortium.CreateAsync(participants: 1);
        consortium.WriteTask();
        var task = File.ReadAllText(consortium.Place["task.yaml"]);
        consortium.Place.Write("task.yaml", task.Replace("b: { type: num }", "b: { type: cat }", StringComparison.Ordinal));
        await Cli.RefuseAsync(consortium.Place.Folder, ["coordinator", "coordinator.yaml", "--task", "task.yaml"], "data.schema.b: declares no values");
        consortium.Place.Write("task.yaml", task.Replace("  schema:", "  columns:\n    exclude: [c]\n  unused:", StringComparison.Ordinal));
        await Cli.RefuseAsync(consortium.Place.Folder, ["coordinator", "coordinator.yaml", "--task", "task.yaml"], "unused");
    }

    [Fact]
    public async Task Schema_OfAFile_IsAcceptedInATask()
    {
        using var consortium = await NodeConsortium.CreateAsync(participants: 1);
        consortium.Place.Write("mixed.csv", "a,\"b \"\"c\",ward\n1,2,north\n3,-4.5,south\n");
        Assert.Equal(
            "  schema:\n    a: { type: num }\n    \"b \\\"c\": { type: num }\n    ward: { type: cat }   # add values: [...], all that may occur\n",
            (await Cli.SucceedAsync(consortium.Place.Folder, "schema", "mixed.csv")).Output);
        var section = (await Cli.SucceedAsync(consortium.Place.Folder, "schema", "mixed.csv", "--ranges")).Output;
        Assert.Contains("range: [-4.5, 2]", section, StringComparison.Ordinal);
        consortium.Place.Write("task.yaml", $"task: trial\ndata:\n  target: a\n  participants: [ {{ name: x, file: mixed.csv }} ]\n{section}preprocessing: [ one-hot ]\nlearner: ridge-regression\nprivacy: {{ mode: federated, allow-small-roster: true }}\n");
        await Cli.SucceedAsync(consortium.Place.Folder, "train", "task.yaml", "--out", "results", "--no-baselines");
    }
}
