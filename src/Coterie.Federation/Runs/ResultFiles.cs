using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Coterie.Federation.Models;
using Coterie.Federation.Reports;

namespace Coterie.Federation.Runs;

/// <summary>The files of a finished run.</summary>
public static class ResultFiles
{
    /// <summary>
    /// Writes <c>model.json</c>, <c>metrics.json</c>, <c>history.csv</c>, <c>leakage.json</c>, <c>predictions.csv</c> (where there is a test
    /// part) and <c>report.html</c> into <paramref name="folder"/>, which is created; files of the same names are replaced.
    /// </summary>
    public static void Write(TaskResult result, string folder)
    {
        ArgumentNullException.ThrowIfNull(result);
        Directory.CreateDirectory(folder);
        Save(folder, "model.json", stream => ModelFileWriter.Write(stream, result.Outcome.Model, ModelDescription.Of(result.Task.File, Card(result))));
        Save(folder, "metrics.json", stream => MetricsJson.Write(stream, result));
        Save(folder, "leakage.json", stream => LeakageJson.Write(stream, result));
        SaveText(folder, "history.csv", writer => HistoryCsv.Write(writer, result.Outcome));
        if (result.Test is { } test)
            SaveText(folder, "predictions.csv", writer => PredictionsCsv.Write(
                writer, result.Outcome.Model, test.Predictions, test.Targets, [.. result.Task.Data.TestOrigins.Select(o => o.Row)]));
        var report = ReportBuilder.Build(
            result.Task.File.Name, $"{result.Task.File.Learner.Name} over {result.Outcome.Roster.Participants.Length} participants under {result.Task.Mode.Mode}.", [result]);
        SaveText(folder, "report.html", writer => writer.Write(HtmlReport.Render(report)));
    }

    private static ImmutableArray<KeyValuePair<string, string>> Card(TaskResult result)
    {
        var headline = MetricNames.Headline(result.Task.Plan.Learner.Task);
        return
        [
            new("mode", result.Task.Mode.Mode),
            new("participants", result.Outcome.Roster.Participants.Length.ToString(CultureInfo.InvariantCulture)),
            new("training_rows", TrainingRows(result).ToString(CultureInfo.InvariantCulture)),
            new("rounds", result.Outcome.Rounds.ToString(CultureInfo.InvariantCulture)),
            new("seed", result.Task.Plan.Seed.ToString(CultureInfo.InvariantCulture)),
            new(headline, result.Metrics.Headline?.Find(headline)?.ToString("R", CultureInfo.InvariantCulture) ?? ""),
        ];
    }

    /// <summary>Counted where the rows are here, else as the parties agreed.</summary>
    private static long TrainingRows(TaskResult result) =>
        result.Task.Data.Participants.IsEmpty ? result.Outcome.Model.Input.TotalRows : result.Task.Data.Participants.Sum(p => (long)p.Shard.Rows);

    private static void Save(string folder, string name, Action<Stream> write)
    {
        using var stream = File.Create(Path.Combine(folder, name));
        write(stream);
    }

    private static void SaveText(string folder, string name, Action<TextWriter> write)
    {
        using var writer = new StreamWriter(Path.Combine(folder, name), append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        write(writer);
    }
}
