using System.Collections.Immutable;
using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Reports;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Federation.Training;
using Coterie.Learning.Boosting;
using Coterie.Learning.Evaluation;
using Coterie.Learning.Training;
using Coterie.Privacy;

namespace Coterie.Benchmarks.Trees;

/// <summary>Boosted trees on a million rows beside XGBoost, and what modes add.</summary>
internal static class BoostedTreesBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "boosted-trees";

    private const int Rows = 1_000_000, TestRows = 100_000, Features = 28, Trees = 50, ModeTrees = 10, Depth = 6, Participants = 5;

    private const string Method = """
        A million made-up rows of 28 features, two classes; trees of depth 6, 255 bins, learning rate 0.1, lambda 1, child weight 1. From rows in memory to the model, bins included; XGBoost's
        rows are in its own matrix before. `per tree` is the time of 50 trees less that of one, over 49. Losses are mean log losses of the same rows. Runs take turns; medians of 3.
        Modes: 5 participants and a coordinator in this process, rows dealt in turn, 10 trees, agreement on the schema included; bytes are what a participant sends.
        """;

    /// <summary>Null when XGBoost is not installed.</summary>
    public static async Task<Report?> RunAsync()
    {
        var (train, test) = (Made(Rows, 1), Made(TestRows, 2));
        using var xgboost = Xgboost.TryCreate(train, test);
        if (xgboost is null) return null;
        var schema = SchemaOf(train);
        var report = new Report(Name, "Boosted trees beside XGBoost", Method);
        var table = new MarkdownTable("trainer", "threads", "seconds", "per tree", "loss, training", "loss, test");
        foreach (var threads in (int[])[1, 2])
        {
            if (threads > Environment.ProcessorCount) continue;
            using var core = threads == 1 ? OneCore.TryEnter() : null;
            var (theirs, ours, first) = (new List<XgboostRun>(), new List<double>(), new List<double>());
            BoostedModel? model = null;
            for (var i = 0; i < 3; i++)
            {
                theirs.Add(xgboost.Train(Trees, Depth, threads));
                first.Add(Local(schema, train, 1).Seconds);
                var run = Local(schema, train, Trees);
                ours.Add(run.Seconds);
                model = run.Model;
            }
            double Median(Func<XgboostRun, double> of) => Stopwatches.Median([.. theirs.Select(of)]);
            var (their, our) = (Median(r => r.Wall), Stopwatches.Median(ours));
            table.Add("XGBoost hist", Figures.Count(threads), Figures.Seconds(their), Figures.Seconds((their - Median(r => r.First)) / (Trees - 1)), $"{theirs[0].Train:F5}", $"{theirs[0].Test:F5}");
            table.Add("Coterie", Figures.Count(threads), Figures.Seconds(our), Figures.Seconds((our - Stopwatches.Median(first)) / (Trees - 1)), $"{Loss(schema, model!, train):F5}", $"{Loss(schema, model!, test):F5}");
            if (threads == 1) report.Target("time of 50 trees over XGBoost's, one thread,", our / their, 0.9, "x");
        }
        report.Add(table);
        report.Add(await ModesAsync(report, schema, train));
        return report;
    }

    private static async Task<MarkdownTable> ModesAsync(Report report, Schema schema, Shard train)
    {
        var shards = Enumerable.Range(0, Participants).Select(p => train.SelectRows([.. Enumerable.Range(0, Rows).Where(i => i % Participants == p)])).ToImmutableArray();
        var learner = Learner(ModeTrees);
        var table = new MarkdownTable("mode", "processor time", "wall", "over federated", "bytes sent by a participant", "bytes a tree");
        var cpu = new Dictionary<string, List<double>>();
        var lines = new Dictionary<string, (double Wall, long Bytes)>();
        for (var i = 0; i < 3; i++)
            foreach (var mode in new[] { ModeCatalogue.Federated, ModeCatalogue.SecureAggregation })
            {
                TrainingOutcome? outcome = null;
                var elapsed = await Stopwatches.ProcessAsync(async () => outcome = await FederatedTraining.RunAsync(new TrainingTask
                {
                    Plan = new([], learner, learner.DefaultStop, Seed: 1),
                    Mode = new ModeOptions(mode),
                    Schema = schema,
                    Participants = [.. shards.Select((s, k) => new ParticipantShard(new PartyId($"p{k}"), s))],
                }));
                if (!cpu.TryGetValue(mode, out var of)) cpu[mode] = of = [];
                of.Add(elapsed.Cpu.TotalSeconds);
                lines[mode] = (elapsed.Wall.TotalSeconds, outcome!.Traffic.SentBy(new PartyId("p0")));
            }
        var clear = Stopwatches.Median(cpu[ModeCatalogue.Federated]);
        foreach (var (mode, (wall, bytes)) in lines)
            table.Add(mode, Figures.Seconds(Stopwatches.Median(cpu[mode])), Figures.Seconds(wall), Figures.Ratio(Stopwatches.Median(cpu[mode]) / clear), Figures.Count(bytes), Figures.Count(bytes / ModeTrees));
        report.Target("processor time of secure-aggregation over federated", Stopwatches.Median(cpu[ModeCatalogue.SecureAggregation]) / clear, 1.3, "x");
        return table;
    }

    private static GradientBoostedTrees Learner(int trees) => new() { Objective = BoostingObjective.Logistic, Trees = trees, Depth = Depth, LearningRate = 0.1 };

    private static (double Seconds, BoostedModel Model) Local(Schema schema, Shard rows, int trees)
    {
        var start = TimeProvider.System.GetTimestamp();
        var learner = Learner(trees);
        var model = LocalTraining.Train(learner, schema, [rows], learner.DefaultStop, 1, CancellationToken.None).Model;
        return (TimeProvider.System.GetElapsedTime(start).TotalSeconds, model);
    }

    private static double Loss(Schema schema, BoostedModel model, Shard rows) => BinaryEvaluation.Evaluate(Learner(1).Predict(schema, model, rows.Features), rows.Targets!)["log_loss"];

    private static Schema SchemaOf(Shard rows)
    {
        var cells = new double[rows.Rows];
        return new([.. Enumerable.Range(0, Features).Select(j =>
        {
            rows.Features.CopyColumn(j, cells);
            return new Column($"x{j}") { Minimum = cells.Min(), Maximum = cells.Max() };
        })], new Column("y", ColumnType.Categorical) { Values = ["0", "1"], Minimum = 0, Maximum = 1 })
        { TotalRows = rows.Rows };
    }

    /// <summary>Normal features, some of them skewed; the class follows sums, products and steps of a third of them.</summary>
    private static Shard Made(int rows, ulong stream)
    {
        var random = new SeededRandom(28, stream);
        var targets = new double[rows];
        var features = Matrix.Create(rows, Features, cells =>
        {
            for (var i = 0; i < rows; i++)
            {
                var x = cells.Slice(i * Features, Features);
                // As XGBoost keeps them: 32 bits.
                for (var j = 0; j < Features; j++) x[j] = (float)(j % 7 == 6 ? Math.Exp(random.NextGaussian()) : random.NextGaussian());
                var signal = x[0] + (x[1] * x[2]) - (0.5 * x[3] * x[3]) + (x[4] > 0.5 ? 1 : 0) + Math.Sin(2 * x[5]) + (0.3 * x[6]) + (x[7] > 0 && x[8] > 0 ? 1.5 : 0) - 0.6;
                targets[i] = random.NextDouble() < 1 / (1 + Math.Exp(-signal)) ? 1 : 0;
            }
        });
        return new Shard(features, new Matrix(rows, 1, targets));
    }
}
