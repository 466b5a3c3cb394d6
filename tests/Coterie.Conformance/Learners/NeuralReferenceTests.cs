using Coterie.Federation.Runs;
using Coterie.Federation.Training;
using Coterie.Learning.Neural;
using Coterie.Testing;
using Xunit.Abstractions;

namespace Coterie.Conformance.Learners;

/// <summary>A network among five participants reaches, within two points, what one machine reaches on pooled rows (<c>mlp.json</c>), in clear and masked.</summary>
public sealed class NeuralReferenceTests(ITestOutputHelper output)
{
    [ReferenceTheory]
    [InlineData(UpdateCompression.None)]
    [InlineData(UpdateCompression.Quantized)]
    public async Task FedAvg_Iris_IsInTheReferenceRangeInBothModes(UpdateCompression compression)
    {
        var reference = References.Results("mlp.json").GetProperty("results").GetProperty("iris");
        var table = Table.Read(References.DataFile("iris.csv"));
        var (train, test) = Runs.Split(table);
        var learner = new NeuralNetwork
        {
            Objective = NetworkObjective.Softmax,
            Hidden = [reference.GetProperty("hidden")[0].GetInt32()],
            Epochs = reference.GetProperty("epochs").GetInt32(),
            BatchSize = 6,
            LocalEpochs = 5,
            Compression = compression,
        };
        var accuracies = new List<double>();
        for (ulong seed = 1; seed <= 5; seed++)
        {
            var task = Runs.Task(Runs.SchemaOf(table), train, learner, Runs.Federated, seed: seed);
            var clear = await FederatedTraining.RunAsync(task);
            accuracies.Add(ModelEvaluation.Evaluate(clear.Model, test).Metrics["accuracy"]);
            // One seed is enough to see that masks change nothing: 40 masked rounds take seconds.
            if (seed > 1) continue;
            var masked = await FederatedTraining.RunAsync(task with { Mode = Runs.Secure });
            var difference = Runs.RelativeError(Numbers(clear), Numbers(masked));
            output.WriteLine($"{clear.Rounds} rounds, {clear.Elapsed} and {masked.Elapsed}; models differ by {difference:E2}");
            // Fixed point of the lengths that compression sends decides over grids.
            Assert.InRange(difference, 0, compression == UpdateCompression.None ? 1e-12 : 1e-7);
            Assert.Equal(accuracies[0], ModelEvaluation.Evaluate(masked.Model, test).Metrics["accuracy"]);
        }
        accuracies.Sort();
        var range = reference.GetProperty("test_accuracy");
        output.WriteLine($"accuracy {string.Join(' ', accuracies)}, reference {range.GetProperty("min")} to {range.GetProperty("max")}");
        Assert.InRange(accuracies[2], range.GetProperty("min").GetDouble() - 0.02, range.GetProperty("max").GetDouble() + 0.02);
    }

    private static double[] Numbers(TrainingOutcome outcome) => [.. outcome.Model.Parameters.Values.SelectMany(v => v.ToArray())];
}
