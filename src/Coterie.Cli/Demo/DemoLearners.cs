namespace Coterie.Cli.Demo;

/// <summary>
/// A problem for every learner that runs on hidden values: what <c>demo --learner L</c> trains, in the mode that <c>--mode M</c> names. Solvers and schemes are those that every mode can run.
/// </summary>
internal static class DemoLearners
{
    private const string Rows = """
          participants: { count: 5, by: round-robin }
          test: { every: 5 }
        """;

    public static DemoProblem[] All { get; } =
    [
        Of("linear-regression", "Diabetes progression, linear regression", "diabetes_raw.csv", "preprocessing: [ standardize ]", "learner: linear-regression"),
        Of("ridge-regression", "Diabetes progression, ridge regression", "diabetes_raw.csv", "preprocessing: [ standardize ]", "learner: { name: ridge-regression, alpha: 10 }"),
        Of("kernel-regression", "A wave, kernel regression", "sinc1d_like.csv", "learner: { name: kernel-regression, budget: 20, width: 0.25, alpha: 0.01 }"),
        Of("logistic-regression", "Benign tumours, logistic regression", "breast_cancer_wdbc.csv", "preprocessing: [ standardize ]",
            "learner: { name: logistic-regression, C: 1, solver: bound }", "stop: { rounds: 10 }"),
        Of("multinomial-logistic-regression", "Three irises, one logistic regression against the rest for each", "iris.csv", "preprocessing: [ standardize ]",
            "learner: { name: multinomial-logistic-regression, C: 100, solver: bound }", "stop: { rounds: 50 }"),
        Of("k-means", "Seven clouds of points, k-means", "synth2d_like.csv", "  columns: { exclude: [ cluster ] }      # the answer is no feature", "learner: { name: k-means, k: 7, restarts: 3, starts: box }", "stop: { rounds: 10 }"),
        Of("budget-svm", "Two classes of twelve clouds, kernel support vector machine", "synth2dclass_like.csv", "learner: { name: budget-svm, budget: 40, solver: bound }", "stop: { rounds: 6 }"),
        Of("multiclass-budget-svm", "Three irises, kernel support vector machines", "iris.csv", "preprocessing: [ standardize ]",
            "learner: { name: multiclass-budget-svm, budget: 60, width: 1.4, C: 100, solver: bound }", "stop: { rounds: 10 }"),
        Of("neural-network", "Three irises, a network", "iris.csv", "preprocessing: [ standardize ]",
            "learner: { name: neural-network, scheme: gradient-descent, objective: one-vs-rest, hidden: 8, learning-rate: 0.5, nesterov: true, epochs: 20 }"),
    ];

    /// <summary>Names for <c>--learner</c>.</summary>
    public static string Names => string.Join(", ", All.Select(p => p.Name));

    private static DemoProblem Of(string learner, string title, string dataFile, params string[] lines) => new(learner, title, dataFile, string.Join('\n', [Rows, .. lines]));
}
