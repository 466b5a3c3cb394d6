namespace Coterie.EndToEnd;

/// <summary>What people get wrong: exit code 2, the place, what would be accepted, and nothing written.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData("learner: { name: ridge-regression, alpha: 1 }", "learner: { name: ridge-regresion }", "task.yaml:6: learner.name", "did you mean 'ridge-regression'?")]
    [InlineData("learner: { name: ridge-regression, alpha: 1 }", "learner: { name: ridge-regression, alhpa: 1 }", "task.yaml:6: learner.alhpa", "it has: alpha")]
    [InlineData("learner: { name: ridge-regression, alpha: 1 }", "learner: { name: ridge-regression, alpha: lots }", "task.yaml:6: learner.alpha", "a number of at least 0 is accepted")]
    [InlineData("learner: { name: ridge-regression, alpha: 1 }", "lerner: ridge-regression", "task.yaml:6: lerner", "did you mean 'learner'?")]
    [InlineData("  participants: { count: 4, by: round-robin }", "  participants: { count: four, by: round-robin }", "task.yaml:4: data.participants.count", "four")]
    [InlineData("  participants: { count: 4, by: round-robin }", "  participants: { count: 4, by: turns }", "task.yaml:4: data.participants.by", "round-robin")]
    [InlineData("  participants: { count: 4, by: round-robin }", "  participants: { count: 2, by: round-robin }", "task.yaml:4: data.participants", "at least 3")]
    [InlineData("  participants: { count: 4, by: round-robin }", "  participants: { count: 60, by: round-robin }", "task.yaml:4: data.participants", "40 training rows")]
    [InlineData("preprocessing: [ standardize ]", "preprocessing: [ standardise ]", "task.yaml:5: preprocessing[0]", "did you mean 'standardize'?")]
    [InlineData("privacy: { mode: secure-aggregation }", "privacy: { mode: secret }", "task.yaml:7: privacy.mode", "secure-aggregation")]
    [InlineData("privacy: { mode: secure-aggregation }", "privacy: { mode: secure-aggregation, threshold: 2 }", "task.yaml:7: privacy.threshold", "3 (more than two thirds) to 4")]
    [InlineData("privacy: { mode: secure-aggregation }", "privacy: { mode: secure-aggregation, key-bits: 3072 }", "task.yaml:7: privacy.key-bits", "no meaning in the mode secure-aggregation")]
    [InlineData("privacy: { mode: secure-aggregation }", "privacy: { mode: separate-keys, key-bits: 512 }", "task.yaml:7: privacy.key-bits", "2048 and 3072 are accepted")]
    [InlineData("  file: data.csv", "  file: nowhere.csv", "nowhere.csv", "not there")]
    [InlineData("  file: data.csv", "  file: data.csv\n  target: yy", "task.yaml:4: data.target", "did you mean 'y'?")]
    [InlineData("  file: data.csv", "  file: data.csv\n  schema: { a: { range: [-1, 1] } }", "data.csv:2: column 'a'", "declare range: [-6, 1]")]
    public async Task Train_DefectiveTask_IsRefusedWithItsPlace(string line, string replacement, string place, string accepted)
    {
        using var workspace = new Workspace();
        workspace.WriteData();
        var text = await File.ReadAllTextAsync(workspace[workspace.WriteTask()]);
        Assert.Contains(line, text, StringComparison.Ordinal);
        workspace.Write("task.yaml", text.Replace(line, replacement, StringComparison.Ordinal));
        await RefuseAsync(workspace, place, accepted);
    }

    [Theory]
    [InlineData("b", 5, "oops", "data.csv:7: column 'b'", "is no finite number")]
    [InlineData("b", 5, "inf", "data.csv:7: column 'b'", "is no finite number")]
    [InlineData("b", 5, "NaN", "data.csv:7: column 'b'", "add 'impute' to the preprocessing")]
    [InlineData("y", 5, "NaN", "data.csv:7: column 'y'", "the target is missing")]
    public async Task Train_DefectiveCell_IsRefusedWithItsLine(string column, int row, string cell, string place, string accepted)
    {
        using var workspace = new Workspace();
        workspace.WriteData(cell: (i, name) => i == row && name == column ? cell : "");
        workspace.WriteTask();
        await RefuseAsync(workspace, place, accepted);
    }

    [Fact]
    public async Task Train_ConstantTarget_IsRefused()
    {
        using var workspace = new Workspace();
        workspace.WriteData(cell: (_, name) => name == "y" ? "3" : "");
        workspace.WriteTask();
        await RefuseAsync(workspace, "task.yaml:2: data.target", "'y'", "same value in all 40 rows");
    }

    [Fact]
    public async Task Train_OneClassOnly_IsRefused()
    {
        using var workspace = new Workspace();
        workspace.WriteData(cell: (_, name) => name == "y" ? "1" : "");
        workspace.WriteTask("logistic-regression");
        await RefuseAsync(workspace, "data.csv: column 'y'", "1 class", "expects two");
    }

    [Theory]
    [InlineData("a,z,y\n1,2,3\n4,5,6\n", "three.csv:1: column 'b'", "The same columns are expected in every file: a, b, y")]
    [InlineData("a,b,c,y\n1,2,3,4\n4,5,6,7\n", "three.csv:1: column 'c'", "exclude: [c]")]
    [InlineData("a,b,y\n", "three.csv:1", "at least one row is expected")]
    [InlineData("", "three.csv:1", "is empty")]
    [InlineData(null, "three.csv", "not there")]
    public async Task Train_ShardUnlikeTheOthers_IsRefused(string? text, string place, string accepted)
    {
        using var workspace = new Workspace();
        workspace.WriteData("one.csv", 10);
        workspace.WriteData("two.csv", 10);
        if (text is not null) workspace.Write("three.csv", text);
        workspace.Write("task.yaml", "task: trial\ndata:\n  participants: [ { name: one, file: one.csv }, { name: two, file: two.csv }, { name: three, file: three.csv } ]\nlearner: ridge-regression\nprivacy: { mode: federated }\n");
        await RefuseAsync(workspace, place, accepted);
    }

    [Fact]
    public async Task Train_SeveralProblems_TellsEachOnALineOfItsOwn()
    {
        using var workspace = new Workspace();
        workspace.WriteData();
        workspace.Write("task.yaml", "task: trial\ndata:\n  file: data.csv\n  participants: { count: 4, by: turns }\n  tets: { every: 5 }\nlearner: ridge-regression\nprivacy: { mod: federated }\n");
        var error = await RefuseAsync(workspace, "task.yaml:4: data.participants.by", "task.yaml:5: data.tets", "did you mean 'test'?", "privacy.mod");
        Assert.True(error.TrimEnd().Split('\n').Length >= 3, error);
    }

    [Fact]
    public async Task Train_NoTaskFile_IsRefused()
    {
        using var workspace = new Workspace();
        await Cli.RefuseAsync(workspace.Folder, ["train", "nowhere.yaml"], "nowhere.yaml:1", "no such task file");
        await Cli.RefuseAsync(workspace.Folder, ["plan", "nowhere.yaml"], "nowhere.yaml:1", "no such task file");
    }

    [Fact]
    public async Task Train_VerboseError_ShowsTheTrace()
    {
        using var workspace = new Workspace();
        var result = await Cli.RunAsync(workspace.Folder, "train", "nowhere.yaml", "--verbose");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("at Coterie.", result.Error, StringComparison.Ordinal);
    }

    private static async Task<string> RefuseAsync(Workspace workspace, params string[] words)
    {
        var result = await Cli.RefuseAsync(workspace.Folder, ["train", "task.yaml"], words);
        Assert.Empty(result.Output);
        Assert.False(Directory.Exists(workspace["coterie-results"]));
        return result.Error;
    }
}
