using Coterie.Federation.Runs;
using Coterie.Federation.Runs.Planning;
using Coterie.Federation.Tasks;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;

namespace Coterie.EndToEnd.Planning;

public sealed class TrafficForecastTests
{
    public static TheoryData<string, string> Runs()
    {
        var runs = new TheoryData<string, string>();
        foreach (var sample in new[] { "01-diabetes-ridge", "02-breast-cancer-logistic", "03-wine-clusters" })
            foreach (var privacy in new[] { "{ mode: federated }", "{ mode: secure-aggregation }", "{ mode: secure-aggregation, topology: ring }", "{ mode: federated, model-to: all }", "{ mode: shared-key }" })
                runs.Add(sample, privacy);
        runs.Add("01-diabetes-ridge", "{ mode: separate-keys, key-bits: 2048 }");
        runs.Add("01-diabetes-ridge", "{ mode: encrypted-model, key-bits: 2048 }");
        return runs;
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Over_RoundsOfARun_EqualsItsTrafficToTheByte(string sample, string privacy)
    {
        var text = await File.ReadAllTextAsync(TaskPath(sample));
        // Refined starts, whose contributions change shape, take 40 rounds: in clear is enough.
        var quick = !privacy.Contains("federated", StringComparison.Ordinal) ? text.Replace("restarts: 20", "starts: box", StringComparison.Ordinal) : text;
        await AssertExactAsync(quick.Replace("{ mode: secure-aggregation }", privacy, StringComparison.Ordinal), TaskPath(sample));
    }

    [Fact]
    public async Task Over_RoundsOnAnEncryptedModel_EqualsItsTrafficToTheByte()
    {
        var text = (await File.ReadAllTextAsync(TaskPath("01-diabetes-ridge")))
            .Replace("{ mode: secure-aggregation }", "{ mode: encrypted-model, key-bits: 2048 }", StringComparison.Ordinal)
            .Replace("name: ridge-regression,", "name: ridge-regression, solver: gradient-descent,", StringComparison.Ordinal);
        var traffic = await AssertExactAsync(text + "\nstop: { rounds: 3 }\n", TaskPath("01-diabetes-ridge"));
        Assert.Contains("model", traffic.SentByKind(FederatedTraining.Coordinator).Keys);
    }

    // Ten rows to each of five participants: who has as many rows sends as many bytes.
    [Theory]
    [InlineData("logistic-regression, solver: bound", "secret-sharing")]
    [InlineData("logistic-regression, solver: gradient-descent", "secret-sharing")]
    [InlineData("linear-svm, solver: subgradient", "secret-sharing")]
    [InlineData("logistic-regression, solver: bound", "encrypted-model, key-bits: 2048")]
    [InlineData("linear-svm, solver: subgradient", "encrypted-model")]
    [InlineData("neural-network, scheme: gradient-descent, objective: logistic, hidden: 4, epochs: 2", "secret-sharing")]
    [InlineData("neural-network, scheme: gradient-descent, objective: one-vs-rest, activation: tanh, hidden: 3, epochs: 2", "encrypted-model, key-bits: 2048")]
    public async Task Over_RoundsOnShares_EqualsItsTrafficToTheByte(string learner, string mode)
    {
        using var place = new Workspace();
        var rows = (await File.ReadAllLinesAsync(Path.Combine(Workspace.Samples, "data", "breast_cancer_wdbc.csv"))).Take(51);
        await File.WriteAllLinesAsync(place["rows.csv"], rows);
        var text = $$"""
            task: shares
            data: { file: rows.csv, participants: { count: 5 } }
            preprocessing: [ standardize ]
            learner: { name: {{learner}} }
            privacy: { mode: {{mode}} }
            stop: { rounds: 2 }
            """;
        await AssertExactAsync(text, place["task.yaml"]);
    }

    [Theory]
    [InlineData("ridge-regression")]
    [InlineData("ridge-regression, solver: gradient-descent, step: 0.1")]
    [InlineData("logistic-regression, solver: bound")]
    [InlineData("linear-svm, solver: subgradient")]
    [InlineData("neural-network, scheme: gradient-descent, objective: logistic, activation: sigmoid, hidden: 3, epochs: 3")]
    public async Task Over_RoundsOnSharesOfRows_EqualsItsTrafficToTheByte(string learner)
    {
        using var place = new Workspace();
        var rows = (await File.ReadAllLinesAsync(Path.Combine(Workspace.Samples, "data", "breast_cancer_wdbc.csv"))).Take(51).Select(line => string.Join(',', line.Split(',').Where((_, i) => i is < 4 or 30)));
        await File.WriteAllLinesAsync(place["rows.csv"], rows);
        var text = $$"""
            task: shares
            data: { file: rows.csv, participants: { count: 5 } }
            preprocessing: [ standardize ]
            learner: { name: {{learner}} }
            privacy: { mode: encrypted-data }
            stop: { rounds: {{(learner == "ridge-regression" ? 1 : 3)}} }
            """;
        var traffic = await AssertExactAsync(text, place["task.yaml"]);
        Assert.Contains("final", traffic.SentByKind(new Core.Parties.PartyId("helper")).Keys);
    }

    /// <summary>The first round finds the target's scale and sends more.</summary>
    [Theory]
    [InlineData("secret-sharing")]
    [InlineData("encrypted-data")]
    public async Task Over_RoundsOfARegression_EqualsItsTrafficToTheByte(string mode)
    {
        using var place = new Workspace();
        await File.WriteAllLinesAsync(place["rows.csv"], (await File.ReadAllLinesAsync(Path.Combine(Workspace.Samples, "data", "diabetes_raw.csv"))).Take(51));
        var text = $$"""
            task: shares
            data: { file: rows.csv, participants: { count: 5 } }
            preprocessing: [ standardize ]
            learner: { name: neural-network, scheme: gradient-descent, hidden: 3, epochs: 2 }
            privacy: { mode: {{mode}} }
            """;
        await AssertExactAsync(text, place["task.yaml"]);
    }

    [Theory]
    [InlineData("federated", true)]
    [InlineData("secure-aggregation", true)]
    [InlineData("shared-key", true)]
    [InlineData("federated", false)]
    public async Task Over_CompressedContributions_EqualsTheTrafficToTheByte(string mode, bool hasFeedback)
    {
        var text = (await File.ReadAllTextAsync(TaskPath("01-diabetes-ridge")))
            .Replace("{ mode: secure-aggregation }", $"{{ mode: {mode} }}", StringComparison.Ordinal)
            .Replace("name: ridge-regression, alpha: 10", $"name: neural-network, epochs: 4, compression: quantised, compression-bits: 4, error-feedback: {(hasFeedback ? "true" : "false")}", StringComparison.Ordinal);
        await AssertExactAsync(text, TaskPath("01-diabetes-ridge"));
    }

    [Theory]
    [InlineData(40, false)]
    [InlineData(80, true)]
    public async Task Over_LargeRoster_EqualsTheTrafficToTheByte(int participants, bool hasSparseGraph)
    {
        var text = await File.ReadAllTextAsync(TaskPath("01-diabetes-ridge"));
        var traffic = await AssertExactAsync(
            text.Replace("count: 5", $"count: {participants}", StringComparison.Ordinal).Replace("preprocessing: [ standardize ]", "", StringComparison.Ordinal),
            TaskPath("01-diabetes-ridge"));
        Assert.Equal(hasSparseGraph, traffic.SentByKind(FederatedTraining.Coordinator).ContainsKey("commitments"));
    }

    [Fact]
    public async Task Profile_RidgeByGramMatrices_IsOfDegreeZero()
    {
        var plan = await RunPlan.OfAsync(PreparedTask.Prepare(TaskFile.Load(TaskPath("01-diabetes-ridge")), 1), CancellationToken.None);
        Assert.Equal(0, plan.Profile?.Degree);
        Assert.Equal(1, plan.Learner.MaximumRounds);
    }

    [Fact]
    public async Task Profile_KMeans_IsNoPolynomial()
    {
        var plan = await RunPlan.OfAsync(PreparedTask.Prepare(TaskFile.Load(TaskPath("03-wine-clusters")), 1), CancellationToken.None);
        Assert.NotNull(plan.Profile);
        Assert.Null(plan.Profile.Degree);
    }

    private static async Task<TrafficMeter> AssertExactAsync(string text, string path)
    {
        var task = PreparedTask.Prepare(TaskFile.Parse(text, path), 1);
        var plan = await RunPlan.OfAsync(task, CancellationToken.None);
        var waiting = new WaitingMessages();
        var outcome = await FederatedTraining.RunAsync(task.ToTrainingTask(), waiting.Network, CancellationToken.None);

        Assert.InRange(outcome.Rounds, 1, plan.Learner.MaximumRounds);
        var expected = plan.Over(outcome.Rounds);
        Assert.All(outcome.Roster.Participants, p => Assert.Equal(expected.EachParticipant, outcome.Traffic.SentBy(p)));
        Assert.Equal((expected.Coordinator, expected.Helper), (outcome.Traffic.SentBy(outcome.Roster.Coordinator), outcome.Roster.Helper is { } helper ? outcome.Traffic.SentBy(helper) : 0));
        Assert.All(outcome.Roster.Participants, p => Assert.Equal(expected.Messages.EachParticipant, outcome.Traffic.MessagesSentBy(p)));
        Assert.Equal((expected.Messages.Coordinator, expected.Messages.Helper), (outcome.Traffic.MessagesSentBy(outcome.Roster.Coordinator), outcome.Roster.Helper is { } named ? outcome.Traffic.MessagesSentBy(named) : 0));
        Assert.Equal(expected.Delays, waiting.Longest);
        return outcome.Traffic;
    }

    private static string TaskPath(string sample) => Path.Combine(Workspace.Samples, sample, "task.yaml");
}
