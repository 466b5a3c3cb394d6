namespace Coterie.Cli.Demo;

/// <summary>A learner on one of the bundled data sets.</summary>
/// <param name="Name">Start of the names of its tasks.</param>
/// <param name="Title">What is learned, for people.</param>
/// <param name="DataFile">The bundled file.</param>
/// <param name="Yaml">The task's lines but for name, file and mode.</param>
internal sealed record DemoProblem(string Name, string Title, string DataFile, string Yaml);

/// <summary>A way of hiding contributions.</summary>
/// <param name="Name">End of the names of its tasks.</param>
/// <param name="Title">The mode, for people.</param>
/// <param name="Yaml">The task's line.</param>
internal sealed record DemoMode(string Name, string Title, string Yaml);

/// <summary>What the demo runs: every problem in every mode. Add a line to add a mode.</summary>
internal static class DemoTasks
{
    /// <summary>Where nothing is chosen.</summary>
    public static DemoProblem[] Problems { get; } =
    [
        new("diabetes", "Diabetes progression, ridge regression", "diabetes_raw.csv",
            """
              target: y
              participants: { count: 5, by: round-robin }
              test: { every: 5 }
            preprocessing: [ standardize ]
            learner: { name: ridge-regression, alpha: 10 }
            """),
        new("breast-cancer", "Benign tumours, logistic regression", "breast_cancer_wdbc.csv",
            """
              target: benign
              participants: { count: 5, by: round-robin }
              test: { every: 5 }
            preprocessing: [ standardize ]
            learner: { name: logistic-regression, C: 1 }
            """),
        new("wine", "Groups of wines, k-means", "wine_cultivars.csv",
            """
              participants: { count: 5, by: round-robin }
              test: { every: 5 }
              columns: { exclude: [ cultivar ] }      # the answer is no feature
            preprocessing: [ standardize ]
            learner: { name: k-means, k: 3, starts: box }
            """),
    ];

    public static DemoMode[] Modes { get; } =
    [
        new("federated", "federated", "privacy: { mode: federated }"),
        new("secure-aggregation", "secure-aggregation", "privacy: { mode: secure-aggregation }"),
        new("secure-aggregation-ring", "  on a ring", "privacy: { mode: secure-aggregation, topology: ring }"),
    ];

    /// <summary>The task's name, also the name of its folder.</summary>
    public static string NameOf(DemoProblem problem, DemoMode mode) => $"{problem.Name}-{mode.Name}";

    /// <summary>The task file's text; the data lie in the folder <c>data</c> beside the task's own.</summary>
    public static string TextOf(DemoProblem problem, DemoMode mode) =>
        $"task: {NameOf(problem, mode)}\ndata:\n  file: ../data/{problem.DataFile}\n{problem.Yaml}\n{mode.Yaml}\n".ReplaceLineEndings("\n");

    /// <summary>Copies the bundled data of some problems into a folder.</summary>
    public static void WriteData(string folder, IEnumerable<DemoProblem> problems)
    {
        Directory.CreateDirectory(folder);
        foreach (var name in problems.Select(p => p.DataFile).Distinct())
        {
            using var resource = typeof(DemoTasks).Assembly.GetManifestResourceStream(name)
                ?? throw new System.Diagnostics.UnreachableException($"{name} is not bundled.");
            using var file = File.Create(Path.Combine(folder, name));
            resource.CopyTo(file);
        }
    }
}
