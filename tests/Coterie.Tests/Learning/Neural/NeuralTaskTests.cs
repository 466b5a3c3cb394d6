using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Models;
using Coterie.Federation.Tasks;
using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Learning.Neural;
using Coterie.Privacy;

namespace Coterie.Tests.Learning.Neural;

/// <summary>From a task file through masked sums into a model file and back.</summary>
public sealed class NeuralTaskTests
{
    private const string Text = """
        task: bent
        data: { file: d.csv, target: y, participants: { count: 3 } }
        learner: { name: neural-network, hidden: HIDDEN, epochs: 3, batch-size: 8, learning-rate: 0.01, compression: COMPRESSION }
        privacy: { mode: secure-aggregation }
        """;

    [Theory]
    [InlineData("[5, 4]", "none")]
    [InlineData("[ 7 ]", "quantised")]
    [InlineData("7", "none")]
    [InlineData("[]", "none")]
    public async Task RunAsync_FromATaskFile_GivesAModelFileThatPredictsTheSame(string hidden, string compression)
    {
        var file = TaskFile.Parse(Text.Replace("HIDDEN", hidden, StringComparison.Ordinal).Replace("COMPRESSION", compression, StringComparison.Ordinal), "/folder/task.yaml");
        var learner = Assert.IsType<NeuralNetwork>(file.Learner.Build(file, LearnerCatalogue.All, "learner"));
        Assert.Equal(hidden.Split('[', ',', ' ', ']').Count(w => w.Length > 0), learner.Hidden.Length);
        var (schema, shards) = NetworkData.Rows(NetworkObjective.Squared, participants: 3);
        // Ranges are agreed, not given: the target's is a power of two.
        schema = new Schema([.. schema.Features.Select(c => new Column(c.Name))], new Column("y"));
        var outcome = await FederatedTraining.RunAsync(new TrainingTask
        {
            Plan = new TrainingPlan([], learner, learner.DefaultStop, Seed: 4),
            Mode = new ModeOptions(ModeCatalogue.SecureAggregation),
            Schema = schema,
            Participants = [.. shards.Select((s, i) => new ParticipantShard(new PartyId($"p{i}"), s))],
        });
        Assert.Equal(4, outcome.Rounds);
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "model.json");
            await using (var stream = File.Create(path)) ModelFileWriter.Write(stream, outcome.Model, ModelDescription.Of(file, []));
            var read = ModelFileReader.Read(path);
            Assert.Equal(learner, read.Learner);
            Assert.Equal(outcome.Model.Predict(shards[0]).ToArray(), read.Predict(shards[0]).ToArray());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("[5, wide]")]
    [InlineData("[0]")]
    [InlineData("{ a: 1 }")]
    public void Build_OtherThanWidths_IsAnErrorAtItsLine(string hidden)
    {
        var file = TaskFile.Parse(Text.Replace("HIDDEN", hidden, StringComparison.Ordinal).Replace("COMPRESSION", "none", StringComparison.Ordinal), "/folder/task.yaml");
        var refused = Assert.Throws<TaskFileException>(() => file.Learner.Build(file, LearnerCatalogue.All, "learner"));
        Assert.Contains("learner.hidden", refused.Message, StringComparison.Ordinal);
        Assert.Contains("a list of whole numbers from 1 to 4096", refused.Message, StringComparison.Ordinal);
    }
}
