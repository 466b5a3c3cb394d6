using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Reports;
using Coterie.Federation.Runs;
using Coterie.Federation.Tasks;
using Coterie.Federation.Training;
using Coterie.Privacy;

namespace Coterie.Benchmarks.Preparing;

/// <summary>What preparing takes, and what is left to a run that is prepared, beside the same run unprepared.</summary>
internal static class PrepareBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "prepare";

    private const int Repeats = 3;

    private const string Method = """
        Rows of the MUSKETEER library's five workers, every party in this process on one core, every message serialised, checkpoints sealed and in memory; medians of 3 after a warm-up. `unprepared` is a run from rows
        to model. `ahead` is the same up to the first round, with all rounds prepared: agreement, preprocessing and base transfers included, and in encrypted-model the making of a Paillier key. `then` is the rest, begun by parties that read what
        they have kept. Where a stage is trained under a Paillier key its product stays in the rounds; times there include making the key, which is luck.
        """;

    private static readonly (string Learner, string Data, int Rounds, string Lines)[] Problems =
    [
        ("logistic-regression", "pima", 5, "preprocessing: [ standardize ]\nlearner: { name: logistic-regression, C: 1, solver: bound }"),
        ("k-means", "synth2D", 8, "learner: { name: k-means, k: 8, restarts: 1, starts: box }"),
    ];

    /// <summary>Null when the data is not there.</summary>
    public static async Task<Report?> RunAsync()
    {
        if (!File.Exists(Path.Combine(Places.Shared, "data", "musketeer_pima.csv"))) return null;
        var report = new Report(Name, "Prepared rounds", Method);
        using var core = OneCore.TryEnter();
        var table = new MarkdownTable("mode", "rounds", "unprepared", "bytes", "ahead", "bytes", "kept", "then", "bytes", "times less processor time", "times fewer bytes");
        foreach (var mode in (string[])[ModeCatalogue.SecretSharing, ModeCatalogue.EncryptedData, ModeCatalogue.EncryptedModel])
        {
            foreach (var (learner, data, rounds, rest) in Problems)
            {
                var place = Path.Combine(Places.Shared, "data", $"musketeer_{data}.csv");
                var lines = $"data:\n  file: {place}\n  participants: {{ column: part, values: [0, 1, 2, 3, 4] }}\n  test: {{ column: part, values: [-2] }}\n{rest}\nstop: {{ rounds: {rounds} }}";
                await AddAsync(table, mode, learner, data, rounds, lines);
            }
        }
        report.Add(table);
        return report;
    }

    private static async Task AddAsync(MarkdownTable table, string mode, string learner, string data, int rounds, string lines)
    {
        var privacy = mode == ModeCatalogue.EncryptedModel ? $"{{ mode: {mode}, key-bits: 2048 }}" : $"{{ mode: {mode} }}";
        var task = PreparedTask.Prepare(TaskFile.Parse($"task: cell\n{lines}\nprivacy: {privacy}\n", Path.Combine(Places.Repository, "cell.yaml")), seed: 1).ToTrainingTask();
        var (plain, ahead, then) = (new List<double>(), new List<double>(), new List<double>());
        (long Plain, long Ahead, long Kept, long Then) bytes = default;
        for (var i = 0; i <= Repeats; i++)
        {
            var whole = await Stopwatches.ProcessAsync(async () =>
            {
                var outcome = await FederatedTraining.RunAsync(task);
                bytes.Plain = outcome.Roster.Parties.Sum(p => outcome.Traffic.SentBy(p.Id));
            });
            using var run = new PreparedRun(task);
            var first = await Stopwatches.ProcessAsync(async () =>
            {
                (var prepared, bytes.Ahead) = await run.PrepareAsync();
                bytes.Kept = prepared.OwnBytes + prepared.PeerBytes;
            });
            var second = await Stopwatches.ProcessAsync(async () => bytes.Then = await run.TrainAsync());
            Console.Error.WriteLine($"{mode}, {learner}: {whole.Cpu.TotalSeconds:0.00} s unprepared, {first.Cpu.TotalSeconds:0.00} s ahead, {second.Cpu.TotalSeconds:0.00} s then");
            if (i == 0) continue;
            plain.Add(whole.Cpu.TotalSeconds);
            ahead.Add(first.Cpu.TotalSeconds);
            then.Add(second.Cpu.TotalSeconds);
        }
        double before = Stopwatches.Median([.. plain]), after = Stopwatches.Median([.. then]);
        table.Add(
            $"{mode}, {learner}, {data}", Figures.Count(rounds), Figures.Seconds(before), Figures.Count(bytes.Plain), Figures.Seconds(Stopwatches.Median([.. ahead])), Figures.Count(bytes.Ahead), Figures.Count(bytes.Kept),
            Figures.Seconds(after), Figures.Count(bytes.Then), $"{before / after:0.0}", $"{(double)bytes.Plain / bytes.Then:0.0}");
    }
}
