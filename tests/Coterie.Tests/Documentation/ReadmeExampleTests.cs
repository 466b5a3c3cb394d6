// <readme>
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Data;
using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Learning.Preprocessing;
using Coterie.Privacy;
// </readme>
using Coterie.Testing;

namespace Coterie.Tests.Documentation;

/// <summary>The library example of the README: it runs, and the README shows exactly what runs.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public async Task Example_OnTheDiabetesData_GivesThePooledModelAndOpensSumsOnly()
    {
        var path = Pages.FullPath("samples/data/diabetes_raw.csv");

        // <readme>
        var table = DataFile.Read(path);                                        // diabetes_raw.csv
        var schema = SchemaInference.Infer([table], new SchemaRequest(LearningTask.Regression) { Target = "y" });
        var rows = ShardReader.Read(table, schema);
        Shard Deal(int k) => rows.SelectRows([.. Enumerable.Range(0, rows.Rows).Where(i => i % 5 == k)]);

        var outcome = await FederatedTraining.RunAsync(new TrainingTask
        {
            Plan = new TrainingPlan([new Standardize()], new RidgeRegression(Alpha: 10), new StopRule(Rounds: 1, Tolerance: null), Seed: 1),
            Mode = new ModeOptions(ModeCatalogue.SecureAggregation),
            Schema = schema,
            Participants = [.. Enumerable.Range(0, 5).Select(k => new ParticipantShard(new PartyId($"clinic-{k}"), Deal(k)))],
        });

        var predictions = outcome.Model.Predict(rows);                          // 442 x 1
        foreach (var opening in outcome.Openings[FederatedTraining.Coordinator])
            Console.WriteLine($"{opening.What}: {opening.Values} numbers over {opening.Contributors} participants");
        // </readme>

        var plan = new TrainingPlan([new Standardize()], new RidgeRegression(Alpha: 10), new StopRule(1, null), 1);
        var pooled = (await LocalPipeline.CentralisedAsync(plan, schema, [rows], CancellationToken.None)).Predict(rows);
        Assert.Equal((442, 1), (predictions.Rows, predictions.Columns));
        for (var i = 0; i < predictions.Rows; i++) Assert.Equal(pooled[i, 0], predictions[i, 0], 1e-9);
        Assert.All(outcome.Openings[FederatedTraining.Coordinator], o => Assert.Equal(5, o.Contributors));
    }

    [Fact]
    public void Readme_ItsLibraryExample_IsTheTestedOne()
    {
        var source = File.ReadAllLines(Path.Combine(References.Repository, "tests/Coterie.Tests/Documentation/ReadmeExampleTests.cs"));
        var parts = new List<string>();
        for (var i = 0; i < source.Length; i++)
            if (source[i].Trim() == "// <readme>")
            {
                var lines = source.Skip(i + 1).TakeWhile(l => l.Trim() != "// </readme>").ToArray();
                var indent = lines.Where(l => l.Length > 0).Min(l => l.Length - l.TrimStart().Length);
                parts.Add(string.Concat(lines.Select(l => (l.Length == 0 ? l : l[indent..]) + "\n")));
            }
        Assert.Equal(2, parts.Count);
        Assert.Equal(string.Join("\n", parts), Assert.Single(Pages.Blocks("README.md", "csharp")));
    }
}
