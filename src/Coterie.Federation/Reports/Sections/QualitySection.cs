using System.Collections.Immutable;
using Coterie.Federation.Reports.Charts;
using Coterie.Learning.Evaluation;

namespace Coterie.Federation.Reports.Sections;

/// <summary>How good the model is: metrics and pictures of its predictions.</summary>
internal static class QualitySection
{
    /// <summary>More lines are not read.</summary>
    private const int MostFeatures = 20;

    public static void Write(Markup page, RunSection run)
    {
        if (run is { Metrics.IsEmpty: true, Regression: null, Binary: null, Confusion: null, Clusters: null }) return;
        page.Leaf("h3", "How good the model is");
        if (!run.Metrics.IsEmpty) WriteMetrics(page, run.Metrics);
        page.Open("div", ("class", "charts"));
        if (run.Regression is { } regression) WriteRegression(page, regression);
        if (run.Binary is { } binary) WriteRoc(page, binary);
        if (run.Confusion is { } confusion) WriteConfusion(page, confusion, null);
        else if (run.Binary is not null) WriteConfusion(page, RocCurve.Confusion(run.Binary), run.Binary);
        if (run.Clusters is { } clusters) WriteClusters(page, clusters);
        page.Close();
        if (!run.Importance.IsEmpty) WriteImportance(page, run.Importance);
    }

    private static void WriteImportance(Markup page, ImmutableArray<FeatureImportance> importance)
    {
        var (used, total) = (importance.Where(i => i.Divisions > 0).ToArray(), importance.Sum(i => i.Gain));
        var shown = Math.Min(used.Length, MostFeatures);
        var caption = shown < used.Length ? $"What the model owes to its features: the {shown} most important of {used.Length} that it uses" : "What the model owes to its features";
        Blocks.Table(page, caption, ["feature", "share of the gain#", "cover#", "divisions#"], used.Take(shown).Select(i => ImmutableArray.Create(
            i.Feature, $"{NumberText.Number(Math.Round(100 * i.Gain / total, 1))} %", NumberText.Number(Math.Round(i.Cover)), NumberText.Count(i.Divisions))));
    }

    private static void WriteMetrics(Markup page, ImmutableArray<MetricRow> metrics)
    {
        (string Name, Func<MetricRow, string> Cell)[] columns =
        [
            ("centralised#", m => NumberText.Number(m.Centralised)),
            ("difference#", m => MetricText.Gap(m, m.Centralised) is { Length: > 0 } gap ? gap : NumberText.None),
            ("best alone#", m => NumberText.Number(m.BestAlone)),
            ("mean alone#", m => NumberText.Number(m.MeanAlone)),
        ];
        var shown = columns.Where(c => metrics.Any(m => c.Cell(m) != NumberText.None)).ToArray();
        var caption = shown.Length == 0 ? "Metrics of the model trained together" : "Metrics of the model trained together, beside the same learner trained otherwise";
        Blocks.Table(
            page, caption, ["metric", "rows", "together#", .. shown.Select(c => c.Name), "better is"],
            metrics.Select(m => ImmutableArray.Create([MetricText.Name(m.Name), m.Part, NumberText.Number(m.Model), .. shown.Select(c => c.Cell(m)), m.HigherIsBetter ? "higher" : "lower"])));
    }

    private static void WriteRegression(Markup page, RegressionResult result)
    {
        ImmutableArray<(double X, double Y)> points = [.. result.Actual.Zip(result.Predicted).Where(p => !double.IsNaN(p.First) && !double.IsNaN(p.Second))];
        if (points.IsEmpty) return;
        var target = result.Target.Length == 0 ? "" : $" {result.Target}";
        var shown = points.Length > ScatterChart.MostPoints ? $"; {NumberText.Count(ScatterChart.MostPoints)} of {NumberText.Count(points.Length)} rows drawn" : $"; {NumberText.Plural(points.Length, "row")}";
        Blocks.Figure(page, "Predicted against actual", "on the dashed line a prediction is exact" + shown, [], () => ScatterChart.Write(
            page, "Predicted against actual values", $"Scatter plot of {NumberText.Plural(points.Length, "row")}; the closer to the diagonal, the better.", ($"actual{target}", $"predicted{target}"), points, identity: true));
        ImmutableArray<double> residuals = [.. points.Select(p => p.X - p.Y)];
        var mean = residuals.Average();
        Blocks.Figure(page, "Residuals", $"actual minus predicted; mean {NumberText.Short(mean)}", [], () => Histogram.Write(
            page, "Histogram of residuals", $"Residuals run from {NumberText.Number(residuals.Min())} to {NumberText.Number(residuals.Max())}, mean {NumberText.Short(mean)}.", $"actual \u2212 predicted{target}", residuals));
    }

    private static void WriteRoc(Markup page, BinaryResult result)
    {
        if (RocCurve.Of(result) is not { } curve)
        {
            page.Leaf("p", "The rows are all of one class, so there is no ROC curve to draw.", ("class", "note"));
            return;
        }

        var (x, y) = (Axis.Linear("false positive rate", [0, 1]), Axis.Linear("true positive rate", [0, 1]));
        var area = NumberText.Number(Math.Round(curve.Area, 4));
        Blocks.Figure(page, "ROC curve", $"area under the curve (AUC) {area}; the dashed line is chance", [], () => LineChart.Write(
            page, "ROC curve", $"True against false positive rate over all thresholds for class {result.PositiveName}; the area under the curve is {area}.", x, y, [new Series("", curve.Points)], diagonal: true));
    }

    private static void WriteConfusion(Markup page, ConfusionResult confusion, BinaryResult? source)
    {
        if (confusion.ClassNames.IsEmpty) return;
        var total = confusion.Counts.Sum(r => r.Sum());
        var right = confusion.Counts.Select((r, i) => i < r.Length ? r[i] : 0).Sum();
        var remark = source is null ? "" : $" at threshold {NumberText.Short(source.Threshold)}";
        var sentence = $"{NumberText.Count(right)} of {NumberText.Plural(total, "row")} right{remark}";
        Blocks.Figure(page, "Confusion matrix", sentence + "; shades are shares of each actual class", [], () =>
        {
            HeatMap.Write(page, "Confusion matrix", sentence, confusion);
            Blocks.Details(page, "Confusion matrix as a table", () => WriteTable(page, confusion));
        });
    }

    private static void WriteTable(Markup page, ConfusionResult confusion)
    {
        var classes = Enumerable.Range(0, confusion.ClassNames.Length);
        string Cell(int i, int j) => i < confusion.Counts.Length && j < confusion.Counts[i].Length ? NumberText.Count(confusion.Counts[i][j]) : NumberText.None;
        Blocks.Table(
            page, "Rows: actual class. Columns: predicted class.", ["actual", .. confusion.ClassNames.Select(n => n.TrimEnd('#') + "#")],
            classes.Select(i => ImmutableArray.Create([confusion.ClassNames[i], .. classes.Select(j => Cell(i, j))])));
    }

    private static void WriteClusters(Markup page, ClusterResult clusters)
    {
        if (clusters.Counts.IsEmpty) return;
        ImmutableArray<Bar> bars = [.. clusters.Counts.Select((c, i) => new Bar($"cluster {NumberText.Count(i + 1)}", [c]))];
        Blocks.Figure(page, "Rows per cluster", "", [], () => BarChart.Write(
            page, "Rows per cluster", string.Join("; ", bars.Select(b => $"{b.Name}: {NumberText.Number(b.Parts[0])}")), "rows", Unit.Count, v => NumberText.Count((long)v), ["rows"], bars));
        if (clusters.X.IsEmpty || clusters.X.Length != clusters.Y.Length) return;
        Blocks.Figure(page, "Centroids", "projected to the plane", [], () => ScatterChart.Write(
            page, "Centroids projected to the plane", "One dot per cluster.", ("first coordinate", "second coordinate"), [.. clusters.X.Zip(clusters.Y)], identity: false, i => $"cluster {NumberText.Count(i + 1)}: "));
    }
}
