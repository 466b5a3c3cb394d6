using System.Collections.Immutable;
using Coterie.Core.Randomness;
using Coterie.Federation.Reports;

namespace Coterie.Tests.Reports;

/// <summary>Invented runs that exercise every part of the page.</summary>
internal static class Samples
{
    public static readonly ImmutableArray<string> Hospitals = ["hospital-aachen", "hospital-bern", "clinic-c", "practice-delft", "university-hospital-of-a-very-long-name"];

    /// <summary>Three modes on one regression, as a demonstration would show them.</summary>
    public static ReportData Demo() => new(
        "Diabetes progression", "Five parties trained one ridge regression in three modes; no row left its owner.",
        [Regression("secure-aggregation", 0.412), Regression("federated", 0.087), Regression("encrypted-data", 48.31)])
    {
        Facts = [new("data set", "diabetes_raw.csv"), new("training rows", "353"), new("test rows", "89"), new("seed", "7"), new("product", "Coterie 0.1.0")],
        Notes = [new("All parties ran on this machine: times contain no network latency."), new("This is a demonstration: identities were made up for it.", IsWarning: true)],
    };

    /// <summary>One binary classification with a history of several rounds.</summary>
    public static ReportData Binary(int rounds = 12)
    {
        var draws = new SeededRandom(3);
        ImmutableArray<bool> labels = [.. Enumerable.Range(0, 240).Select(i => i % 3 == 0)];
        return new ReportData("Breast cancer", "Logistic regression by Newton steps under secure aggregation.", [Costs(new RunSection("secure-aggregation", "logistic-regression", 3.2, rounds)
        {
            ModeSummary = "The coordinator sees only the sum of all contributions; a participant sees the model.",
            Threshold = 4,
            Topology = "star",
            Metrics = [new("auc", true, 0.9934, 0.9934, 0.9871, 0.9702), new("accuracy", true, 0.9737, 0.9737, 0.9561, 0.9333), new("log_loss", false, 0.0871, 0.0869, 0.131, 0.22)],
            Binary = new BinaryResult(labels, [.. labels.Select(l => Math.Clamp((l ? 0.68 : 0.3) + (draws.NextGaussian() * 0.18), 0, 1))]) { NegativeName = "benign", PositiveName = "malignant" },
            History = History(rounds),
        })]);
    }

    /// <summary>One classification into ten classes.</summary>
    public static ReportData Multiclass() => new("Digits", "", [new RunSection("ledger", "neural-network", 61, 40)
    {
        Metrics = [new("accuracy", true, 0.941)],
        Confusion = new ConfusionResult([.. Enumerable.Range(0, 10).Select(i => $"{i}")], [.. Enumerable.Range(0, 10).Select(i => Enumerable.Range(0, 10).Select(j => i == j ? 30L + i : (i * j % 7 == 3 ? 2L : 0L)).ToImmutableArray())]),
        History = History(300),
    }]);

    /// <summary>One clustering.</summary>
    public static ReportData Clusters() => new("Wine", "k-means", [new RunSection("shared-key", "k-means", 0.9, 6)
    {
        Clusters = new ClusterResult([51, 62, 65]) { X = [-2.1, 0.4, 2.6], Y = [0.9, -1.7, 1.1] },
        Metrics = [new("inertia", false, 1271.4, 1271.4)],
    }]);

    public static RunSection Regression(string mode, double seconds)
    {
        var draws = new SeededRandom(11);
        ImmutableArray<double> actual = [.. Enumerable.Range(0, 89).Select(_ => 150 + (draws.NextGaussian() * 70))];
        return Costs(new RunSection(mode, "ridge-regression", seconds, 1)
        {
            ModeSummary = "The coordinator sees only the sum of all contributions; a participant sees the model.",
            Parameters = [new("alpha", "10"), new("standardize", "yes")],
            Threshold = 4,
            Topology = "star",
            Metrics = [new("r2", true, 0.48173, 0.48173, 0.4312, 0.3387), new("rmse", false, 53.853, 53.853, 56.41, 60.8), new("r2", true, 0.5177, 0.5177, 0.61, 0.58) { Part = "train" }],
            Regression = new RegressionResult(actual, [.. actual.Select(a => 150 + ((a - 150) * 0.5) + (draws.NextGaussian() * 40))]) { Target = "progression" },
            History = History(1),
            Notes = [new("Preprocessing parameters (means and standard deviations) belong to the model and were opened to all participants.")],
        });
    }

    private static RunSection Costs(RunSection run) => run with
    {
        Participants = [.. Hospitals.Select((h, i) => new ParticipantRows(h, 71 - (i * 9)))],
        Traffic =
        [
            .. Hospitals.SelectMany((h, i) => new TrafficRow[] { new(h, "keys", 1300, 6400), new(h, "shares", 5200 + (i * 40), 5200), new(h, "masked sum", 11_000, 900), new(h, "unmasking", 2100, 400) }),
            new("coordinator", "keys", 32_000, 6500), new("coordinator", "masked sum", 4500, 55_000), new("coordinator", "unmasking", 2000, 10_500), new("coordinator", "model", 21_000, 0),
        ],
        Times = [.. Hospitals.Append("coordinator").SelectMany((h, i) => new TimeRow[] { new(h, "training", 0.031 + (i * 0.004), 0.19 - (i * 0.01)), new(h, "preprocessing", 0.008, 0.09) })],
        Learned =
        [
            new("coordinator", "sum of contributions", 78, 5, 1, "The learner needs the sum of Gram matrices to solve for the coefficients; at least four honest participants are assumed."),
            new("coordinator", "sums of column values and squares", 44, 5, 2, "Preprocessing standardises columns."),
            new("coordinator", "how many participants hold each class", 2, 0, 1, "Needed to agree on the schema."),
            new("hospital-aachen", "final model", 11, 0, 1, "The task sends the model to all participants."),
            new("hospital-bern", "final model", 11, 0, 1, "The task sends the model to all participants."),
            new("clinic-c", "difference of two sums", 11, 1, 1, "A participant dropped out between two rounds."),
        ],
        Notes = run.Notes.Add(new("Only 3 participants were needed to survive: with 2 colluding, the third's contribution is known.", IsWarning: true)),
    };

    private static ImmutableArray<HistoryPoint> History(int rounds) =>
    [
        .. Enumerable.Range(0, rounds).Select(i => new HistoryPoint(i, 0.07 + (0.62 * Math.Exp(-i * 9.0 / rounds)), Math.Pow(10, -8.0 * i / rounds), 0.02 + (0.004 * (i % 3)), 0.08 + (0.01 * (i % 4)), i == rounds / 2 ? 4 : 5)
        {
            BytesSent = [.. Hospitals.Select(h => new PartyBytes(h, 19_000 + (i % 5 * 1500)))],
        }),
    ];
}
