using System.Collections.Immutable;
using System.Numerics.Tensors;
using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Reports;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Data;
using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Privacy;

namespace Coterie.Benchmarks;

/// <summary>A whole training in every mode against the same learner on pooled rows.</summary>
internal static class A9aBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "a9a";

    private const int Participants = 5;
    private const int Repeats = 9;

    private const string Method = """
        Logistic regression, L2, C = 1, on the training rows of a9a (32,561 x 123), from rows in memory to the model: agreement on the schema, all
        rounds, everything the parties send. `centralised` trains on the pooled rows (the plain row), the modes among 5 participants and a
        coordinator in this process, rows dealt in turn. Medians of 9 after a warm-up, the kinds taking turns; `one core` keeps all threads on a single
        core, `free` lets them run. `difference` is the relative distance of the coefficients to the centralised ones.
        """;

    /// <summary>Null when the data is not there.</summary>
    public static async Task<Report?> RunAsync()
    {
        var file = Path.Combine(Places.Shared, "data", "a9a_train.libsvm");
        if (!File.Exists(file)) return null;
        var table = DataFile.Read(file);
        var schema = SchemaInference.Infer([table], new SchemaRequest(LearningTask.BinaryClassification));
        var shards = Enumerable.Range(0, Participants).Select(p => ShardReader.Read(table, schema, [.. Enumerable.Range(0, table.Rows).Where(i => i % Participants == p)])).ToImmutableArray();

        var report = new Report(Name, "Logistic regression on a9a: federated against centralised", Method);
        Kind[] kinds = [new("centralised", null), new(ModeCatalogue.Federated, new ModeOptions(ModeCatalogue.Federated)), new(ModeCatalogue.SecureAggregation, new ModeOptions(ModeCatalogue.SecureAggregation))];
        foreach (var kind in kinds) await kind.MeasureAsync(schema, shards);
        var result = new MarkdownTable("training", "cores", "processor time", "wall", "processor ratio", "wall ratio", "rounds", "difference");
        double? ratio = null;
        using (var core = OneCore.TryEnter())
            if (core is not null) ratio = await AddAsync(result, kinds, schema, shards, "one core");
        await AddAsync(result, kinds, schema, shards, "free");
        report.Add(result);
        if (ratio is { } measured) report.Target("federated on one core, processor time over centralised,", measured, 1.5, "x");
        return report;
    }

    private static async Task<double> AddAsync(MarkdownTable table, Kind[] kinds, Schema schema, ImmutableArray<Shard> shards, string cores)
    {
        var runs = kinds.ToDictionary(k => k, _ => new List<Elapsed>());
        for (var i = 0; i < Repeats; i++)
            foreach (var kind in kinds) runs[kind].Add(await kind.MeasureAsync(schema, shards));
        double Cpu(Kind kind) => Stopwatches.Median([.. runs[kind].Select(r => r.Cpu.TotalSeconds)]);
        double Wall(Kind kind) => Stopwatches.Median([.. runs[kind].Select(r => r.Wall.TotalSeconds)]);
        foreach (var kind in kinds)
            table.Add(
                kind.Name, cores, Figures.Seconds(Cpu(kind)), Figures.Seconds(Wall(kind)), Figures.Ratio(Cpu(kind) / Cpu(kinds[0])), Figures.Ratio(Wall(kind) / Wall(kinds[0])),
                kind.Rounds is { } rounds ? Figures.Count(rounds) : "-", kind.DistanceTo(kinds[0]).ToString("0e+0"));
        return Cpu(kinds[1]) / Cpu(kinds[0]);
    }

    private sealed class Kind(string name, ModeOptions? mode)
    {
        private static readonly LogisticRegression Learner = new(C: 1);
        private static readonly TrainingPlan Plan = new([], Learner, Learner.DefaultStop, Seed: 1);

        private double[] _coefficients = [];

        public string Name => name;

        public int? Rounds { get; private set; }

        public Task<Elapsed> MeasureAsync(Schema schema, ImmutableArray<Shard> shards) => Stopwatches.ProcessAsync(async () =>
        {
            TrainedModel model;
            if (mode is null) model = await LocalPipeline.CentralisedAsync(Plan, schema, shards, CancellationToken.None);
            else
            {
                var outcome = await FederatedTraining.RunAsync(new TrainingTask
                {
                    Plan = Plan,
                    Mode = mode,
                    Schema = schema,
                    Participants = [.. shards.Select((s, i) => new ParticipantShard(new PartyId($"p{i}"), s))],
                });
                Rounds = outcome.Rounds;
                model = outcome.Model;
            }
            _coefficients = model.Parameters["coefficients"].ToArray();
        });

        public double DistanceTo(Kind other) => TensorPrimitives.Distance<double>(_coefficients, other._coefficients) / TensorPrimitives.Norm<double>(other._coefficients);
    }
}
