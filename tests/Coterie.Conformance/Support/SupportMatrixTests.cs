using System.Text;
using Coterie.Conformance.Learners;
using Coterie.Core.Arithmetic;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Federation.External;
using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Learning.External;
using Coterie.Learning.Neural;
using Coterie.Learning.Preprocessing;
using Coterie.Learning.SupportVectors;
using Coterie.Privacy;
using Coterie.Testing;
using Xunit.Abstractions;

namespace Coterie.Conformance.Support;

/// <summary>
/// Which learner runs in which mode is found out, not declared: every learner of the catalogue, with every solver, is trained in every
/// mode and compared with the same learner on pooled rows. The result is <c>docs/support-matrix.md</c>; run with
/// <c>COTERIE_UPDATE=1</c> to write it.
/// </summary>
public sealed class SupportMatrixTests(ITestOutputHelper output)
{
    [Fact]
    public async Task EveryLearnerInEveryMode_EqualsPooledTraining_AndIsDocumented()
    {
        var text = new StringBuilder();
        text.AppendLine("# Support matrix").AppendLine();
        text.AppendLine("Computed by a test, which trains every learner in every mode on the same rows and compares the model with the one from pooled rows,");
        text.AppendLine("or, where participants train on their own rows before anything is added (averaging), with the one of the same shards in clear.");
        text.AppendLine("The figure is the largest difference of a parameter, relative to the largest parameter, rounded up to a power of ten;");
        text.AppendLine("0 means equal to the bit. The degree is that of a contribution in the model's parameters, found by running the learner on shapes:");
        text.AppendLine("in encrypted-data k-means is compared with its algebra in clear, as its starts are drawn without seeing sums;");
        text.AppendLine("at degree 0 a secure sum serves every mode; \"no\" means the learner has no form over hidden values, \"refused\" that the mode cannot compute its contribution.").AppendLine();
        text.AppendLine($"| learner | degree in the model | {string.Join(" | ", Runs.Modes.Select(Runs.NameOf))} |");
        text.AppendLine($"|---|---|{string.Concat(Enumerable.Repeat("---|", Runs.Modes.Length))}");
        foreach (var (name, learner, features) in Learners())
        {
            text.Append($"| {name} | {learner.Accept(new DegreeVisitor())} |");
            foreach (var mode in Runs.Modes)
            {
                if (ModeCatalogue.Refusal(mode, learner) is not null)
                {
                    await Assert.ThrowsAsync<ArgumentException>(() => ErrorAsync(learner, features, mode));
                    text.Append(" refused |");
                    continue;
                }
                var error = await ErrorAsync(learner, features, mode);
                output.WriteLine($"{name}, {mode}: {error:E2}");
                // Masked sums are rounded to fixed point; k-means and Newton's stopping may magnify that, far below any use. A sigmoid on shares errs by up to 2^-10.
                Assert.InRange(error, 0, mode.Mode switch { ModeCatalogue.Federated => 1e-9, ModeCatalogue.SecretSharing or ModeCatalogue.EncryptedData or ModeCatalogue.EncryptedModel => 3e-2, _ => 1e-6 });
                text.Append(error == 0 ? " 0 |" : $" 1e{Math.Ceiling(Math.Log10(Math.Max(error, 1e-15)))} |");
            }
            text.AppendLine();
        }
        var path = Path.Combine(References.Repository, "docs", "support-matrix.md");
        if (Environment.GetEnvironmentVariable("COTERIE_UPDATE") == "1") await File.WriteAllTextAsync(path, text.ToString());
        Assert.Equal(Figureless(text.ToString()), Figureless(await File.ReadAllTextAsync(path)));
    }

    private static async Task<double> ErrorAsync(ILearner learner, IPreprocessor? features, ModeOptions mode)
    {
        var (schema, shard) = SampleTask.For(learner.Task);
        var task = Runs.Task(schema, shard, learner, mode);
        if (features is not null) task = task with { Plan = task.Plan with { Preprocessors = task.Plan.Preprocessors.Add(features) } };
        // Descent is as comparable after a few steps as after many.
        task = task with { Plan = task.Plan with { Stop = task.Plan.Stop with { Rounds = Math.Min(12, task.Plan.Stop.Rounds) } } };
        var outcome = await FederatedTraining.RunAsync(task);
        if (mode.Mode == ModeCatalogue.EncryptedData && learner is IHiddenLearner<KMeansModel> clustering)
        {
            var (input, prepared) = (outcome.Model.Input, outcome.Model.Prepare(shard));
            return Runs.RelativeError(await AlgebraAsync(clustering, input, prepared, task.Plan.Stop.Rounds), [.. outcome.Model.Parameters.Values.SelectMany(v => v.ToArray())]);
        }
        // Who trains on its own rows before anything is added gets another model than from pooled rows: the same dealing in clear is compared.
        var compared = TrainsOnItsOwnRows(learner)
            ? (await Pipeline.RunAsync(task.Plan, "local", schema, [.. task.Participants.Select(p => p.Shard)], new LocalTrainer(), CancellationToken.None))!
            : await LocalPipeline.CentralisedAsync(task.Plan, schema, [shard], CancellationToken.None);
        double[] expected = [.. compared.Parameters.Values.SelectMany(v => v.ToArray())];
        return Runs.RelativeError(expected, [.. outcome.Model.Parameters.Values.SelectMany(v => v.ToArray())]);
    }

    /// <summary>The final model's numbers after so many rounds of the learner's algebra in clear.</summary>
    private static async Task<double[]> AlgebraAsync<TModel>(IHiddenLearner<TModel> learner, Schema schema, Shard rows, int rounds) where TModel : class
    {
        var first = learner.Initialize(schema, 0);
        var (model, local) = (learner.Pack(first), await learner.PrepareAsync(PlainArithmetic.Instance, learner.Featurize(schema, rows).ToBlocks(), CancellationToken.None));
        for (var index = 0; index < rounds; index++)
        {
            var round = new Round(index, schema.TotalRows, 5, 0);
            (var contribution, local) = await learner.ContributeAsync(PlainArithmetic.Instance, model, local, round, CancellationToken.None);
            model = await learner.UpdateAsync(PlainArithmetic.Instance, model, contribution, round, CancellationToken.None);
        }
        return [.. learner.Pack(learner.Finish(first)).Names.SelectMany(name => model[name].ToArray())];
    }

    /// <summary>Whether its model depends on who holds which rows.</summary>
    internal static bool TrainsOnItsOwnRows(ILearner learner) => learner is SupportVectorAveraging or ExternalLearner or NeuralNetwork { Scheme: not FederatedScheme.FedSgd };

    /// <summary>Every learner of the catalogue, with every solver, and the preprocessor that belongs to it.</summary>
    internal static IEnumerable<(string Name, ILearner Learner, IPreprocessor? Features)> Learners()
    {
        foreach (var entry in LearnerCatalogue.All)
        {
            var solvers = entry.Parameters.Where(p => p.Name == "solver").SelectMany(p => p.Choices).ToArray();
            var hidden = entry.Parameters.Where(p => p.Name == "scheme").SelectMany(p => p.Choices).Where(c => c == "gradient-descent");
            if (solvers.Length == 0) yield return Build(entry, entry.Name, []);
            foreach (var scheme in hidden) yield return Build(entry, $"{entry.Name} ({scheme})", new() { ["scheme"] = scheme });
            foreach (var solver in solvers) yield return Build(entry, $"{entry.Name} ({solver})", new() { ["solver"] = solver });
        }
    }

    private static (string, ILearner, IPreprocessor?) Build(CatalogueEntry<ILearner> entry, string name, Dictionary<string, object?> parameters)
    {
        foreach (var (required, value) in entry.Example) parameters[required] = value;
        // Small, so that all of them train quickly.
        if (entry.Name == "k-means") parameters["k"] = 3L;
        if (entry.Features is not null) parameters["budget"] = 8L;
        if (entry.Features?.Invoke(ParameterValues.Check(entry.Name, entry.Parameters, parameters)) is not { } features) return (name, ExternalPrograms.Allow(entry.Build(parameters), new ExampleProgram()), null);
        return (name, entry.Build(parameters), PreprocessorCatalogue.Find(features.Name)!.Build(features.Parameters));
    }

    /// <summary>The document without its figures, whose last bits depend on the machine's vector width.</summary>
    private static string Figureless(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text.ReplaceLineEndings("\n"), @" (0|1e-\d+) (?=\|)", " # ", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    /// <summary>Runs one round of the learner on shapes.</summary>
    private sealed class DegreeVisitor : ILearnerVisitor<string>
    {
        public string Visit<TModel>(ILearner<TModel> learner) where TModel : class
        {
            if (learner is not IHiddenLearner<TModel> hidden) return "no";
            var (schema, shard) = SampleTask.For(learner.Task);
            var ready = LocalPipelineSchema.Of(schema, shard, learner.Task);
            var rows = hidden.Featurize(ready.Schema, ready.Shard).ToBlocks().Select(b => Shape.Of(b, 0));
            var degree = ShapeRun.Of(hidden, hidden.Initialize(ready.Schema, 0), rows, new Round(0, shard.Rows, 3, 0)).Degree;
            return degree?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "not polynomial";
        }
    }
}
