using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Reports;
using Coterie.Privacy;

namespace Coterie.Benchmarks.HiddenValues;

/// <summary>Learners in the modes in which arithmetic is hidden, beside training in clear and beside the library whose experiments they are.</summary>
internal static class HiddenValuesBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "hidden-values";

    private const string EncryptedData = "encrypted-data";

    private const string Method = """
        The demonstrations of the MUSKETEER library: rows of its five workers, its test rows, every party in this process on one core, every message serialised; from rows in memory to the
        model, agreement on roster and schema and base transfers included, a Paillier key's generation apart. Medians of 3 after a warm-up, the cells taking turns. `in clear` is the same task in
        the mode federated. `original` are the processor seconds that the library took at keys of 512 bits on its own split of the same sets, as BASELINES of the project has them; where it
        used keys, ours have 2048 bits. Rounds are as many as the result needs, fewer than the original's
        iterations where steps are better; of k-means as many as the original took, and its centres start in the box of agreed ranges, which is quick and no good optimum, in clear as well.
        """;

    private const string Curves = """
        ## Cost against rows and features

        Logistic regression, three rounds, numbers made up for it; one run each, after a warm-up where they are short.
        """;

    private static readonly Problem[] Problems =
    [
        new("linear-regression", "redwine", "preprocessing: [ standardize ]\nlearner: linear-regression", "mse", new() { [EncryptedData] = 47, [ModeCatalogue.EncryptedModel] = 18 }, []),
        new("logistic-regression", "pima", "preprocessing: [ standardize ]\nlearner: { name: logistic-regression, C: 1, solver: bound }", "auc",
            new() { [EncryptedData] = 19, [ModeCatalogue.EncryptedModel] = 10 }, new() { [EncryptedData] = 5, [ModeCatalogue.EncryptedModel] = 5, [ModeCatalogue.SecretSharing] = 5 }),
        new("kernel-regression", "sinc1D", "learner: { name: kernel-regression, budget: 30, width: 0.15, alpha: 0.001 }", "r2", new() { [EncryptedData] = 121, [ModeCatalogue.EncryptedModel] = 10 }, []),
        new("k-means", "synth2D", "learner: { name: k-means, k: 8, restarts: 1, starts: box }", "inertia",
            new() { [EncryptedData] = 7.9, [ModeCatalogue.EncryptedModel] = 5.9 }, new() { [EncryptedData] = 11, [ModeCatalogue.EncryptedModel] = 8, [ModeCatalogue.SecretSharing] = 11 }),
        new("budget-svm", "synth2D_class", "preprocessing: [ standardize ]\nlearner: { name: budget-svm, C: 1, budget: 50, solver: bound }", "auc",
            new() { [ModeCatalogue.EncryptedModel] = 8.7 }, new() { [EncryptedData] = 3, [ModeCatalogue.EncryptedModel] = 3, [ModeCatalogue.SecretSharing] = 3 }),
        new("multinomial-logistic-regression", "iris", "preprocessing: [ standardize ]\nlearner: { name: multinomial-logistic-regression, C: 100, solver: bound }", "accuracy",
            new() { [EncryptedData] = 14.4 }, new() { [EncryptedData] = 50, [ModeCatalogue.EncryptedModel] = 50, [ModeCatalogue.SecretSharing] = 50 }),
        new("multiclass-budget-svm", "iris", "preprocessing: [ standardize ]\nlearner: { name: multiclass-budget-svm, C: 100, budget: 60, width: 1.4, solver: bound }", "accuracy",
            [], new() { [EncryptedData] = 10, [ModeCatalogue.EncryptedModel] = 10, [ModeCatalogue.SecretSharing] = 10 }),
        new("neural-network", "iris",
            "preprocessing: [ standardize ]\nlearner: { name: neural-network, scheme: gradient-descent, objective: one-vs-rest, hidden: 8, learning-rate: 0.5, nesterov: true, epochs: 20 }", "accuracy",
            [], new() { [EncryptedData] = 20, [ModeCatalogue.EncryptedModel] = 20, [ModeCatalogue.SecretSharing] = 20 }),
    ];

    /// <summary>Null when the data is not there.</summary>
    /// <param name="repeats">Runs of each cell.</param>
    /// <param name="only">Measures cells whose mode/learner contains it, and no curves; null: everything.</param>
    public static async Task<Report?> RunAsync(int repeats = 3, string? only = null)
    {
        if (!File.Exists(Path.Combine(Places.Shared, "data", "musketeer_pima.csv"))) return null;
        var report = new Report(Name, "Learning on hidden values", Method);
        using var core = OneCore.TryEnter();
        foreach (var mode in (string[])[EncryptedData, ModeCatalogue.EncryptedModel, ModeCatalogue.SecretSharing])
        {
            var table = new MarkdownTable($"`{mode}`", "rows", "rounds", "processor time", "wall", "bytes sent by all", "result on test rows", "in clear", "result in clear", "original", "times faster");
            foreach (var problem in Problems.Where(p => $"{mode}/{p.Learner}".Contains(only ?? "", StringComparison.Ordinal) && Cell.IsPossible(mode, p.Lines(mode))))
            {
                Cell hidden = new(mode, problem.Learner, problem.Lines(mode), problem.Metric), clear = new(ModeCatalogue.Federated, problem.Learner, problem.Lines(mode), problem.Metric);
                await MeasureAsync([hidden, clear], repeats);
                var original = problem.Original.GetValueOrDefault(mode);
                table.Add(
                    problem.Title, Figures.Count(hidden.Rows), Figures.Count(hidden.Rounds), Figures.Seconds(hidden.Cpu), Figures.Seconds(hidden.Wall), Figures.Count(hidden.Bytes),
                    $"{problem.Metric} {hidden.Result:0.#####}", Figures.Seconds(clear.Cpu), $"{clear.Result:0.#####}", original > 0 ? $"{original} s" : "-", original > 0 ? $"{original / hidden.Cpu:0.0}" : "-");
                if (original > 0) report.Target($"{mode}, {problem.Learner}, processor time,", hidden.Cpu, original / 5, " s");
                if (mode == ModeCatalogue.SecretSharing) report.Target($"{mode}, {problem.Learner}, processor time,", hidden.Cpu, 2, " s");
            }
            report.Add(table);
        }
        if (only is not null) return report;
        report.Add(Curves);
        report.Add(await CurvesAsync());
        return report;
    }

    private static async Task<MarkdownTable> CurvesAsync()
    {
        var table = new MarkdownTable("mode", "rows", "features", "processor time", "bytes sent by all", "in clear");
        (int Rows, int Features)[] sizes = [(100, 10), (1_000, 10), (10_000, 10), (100_000, 10), (1_000, 50), (1_000, 200)];
        foreach (var (rows, features) in sizes)
        {
            var file = Synthetic.Write(rows, features);
            try
            {
                var lines = $"data:\n  file: {file}\n  participants: {{ count: 5, by: round-robin }}\nlearner: {{ name: logistic-regression, solver: bound }}\nstop: {{ rounds: 3 }}";
                foreach (var mode in (string[])[EncryptedData, ModeCatalogue.EncryptedModel, ModeCatalogue.SecretSharing])
                {
                    if (!Cell.IsPossible(mode, lines) || (rows > 10_000 && mode != ModeCatalogue.EncryptedModel)) continue;
                    Cell hidden = new(mode, "logistic-regression", lines, null), clear = new(ModeCatalogue.Federated, "logistic-regression", lines, null);
                    // A run of a minute needs no warm-up.
                    if (rows > 10_000 || features > 50) foreach (var cell in (Cell[])[hidden, clear]) await cell.MeasureAsync();
                    else await MeasureAsync([hidden, clear], 1);
                    table.Add(mode, Figures.Count(rows), Figures.Count(features), Figures.Seconds(hidden.Cpu), Figures.Count(hidden.Bytes), Figures.Seconds(clear.Cpu));
                }
            }
            finally
            {
                File.Delete(file);
            }
        }
        return table;
    }

    private static async Task MeasureAsync(Cell[] cells, int repeats)
    {
        foreach (var cell in cells) await cell.MeasureAsync();
        foreach (var cell in cells) cell.Forget();
        for (var i = 0; i < repeats; i++)
            foreach (var cell in cells) await cell.MeasureAsync();
    }

    /// <summary>One of the library's demonstrations.</summary>
    private sealed record Problem(string Learner, string Data, string Rest, string Metric, Dictionary<string, double> Original, Dictionary<string, int> Rounds)
    {
        public string Title => $"{Learner}, {Data}";

        public string Lines(string mode)
        {
            var place = Path.Combine(Places.Shared, "data", $"{(Data == "iris" ? "" : "musketeer_")}{Data}.csv");
            var owners = Data == "iris"
                ? "  participants: { count: 5, by: round-robin }\n  test: { every: 5 }"
                : "  participants: { column: part, values: [0, 1, 2, 3, 4] }\n  test: { column: part, values: [-2] }";
            var stop = Rounds.TryGetValue(mode, out var rounds) ? $"\nstop: {{ rounds: {rounds} }}" : "";
            return $"data:\n  file: {place}\n{owners}\n{Rest}{stop}";
        }
    }
}
