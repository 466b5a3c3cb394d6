using System.Collections.Immutable;
using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Reports;
using Coterie.Federation.Tasks;
using Coterie.Learning.Evaluation;
using Coterie.Privacy;
using Coterie.Privacy.Sums;

namespace Coterie.Federation.Runs;

/// <summary>Fills a report with what runs gave.</summary>
public static class ReportBuilder
{
    /// <summary>A report over one or several runs, in the order given.</summary>
    public static ReportData Build(string title, string subtitle, IReadOnlyList<TaskResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return new ReportData(title, subtitle, [.. results.Select(Section)])
        {
            Facts = [.. results.Count == 0 ? [] : new[] { new ReportFact("seed", results[0].Task.Plan.Seed.ToString(CultureInfo.InvariantCulture)) }],
        };
    }

    private static RunSection Section(TaskResult result)
    {
        var outcome = result.Outcome;
        var mode = ModeCatalogue.Find(result.Task.Mode.Mode);
        return new RunSection(ModeName(result), result.Task.File.Learner.Name, outcome.Elapsed.TotalSeconds, outcome.Rounds)
        {
            ModeSummary = mode?.Summary,
            Parameters = [.. result.Task.File.Learner.Parameters.Select(p => new ReportFact(p.Key, NamedParameters.TextOf(p.Value))), Preprocessing(result), .. KeyLength(result), .. Compression(result)],
            Participants = [.. result.Task.Data.Participants.Select(p => new ParticipantRows(p.Name.Name, p.Shard.Rows))],
            Threshold = mode is { HasThreshold: true } ? outcome.Roster.Threshold : null,
            Topology = result.Task.Mode.Topology.ToString().ToLowerInvariant(),
            Metrics = Metrics(result),
            History = [.. outcome.History.Where(r => r.Step.Path.Contains("/learner/", StringComparison.Ordinal)).Select(r => History(result, r.Step, r.Round, r.Loss, r.Change, r.Survivors))],
            Regression = Regression(result),
            Binary = Binary(result),
            Confusion = Confusion(result),
            Clusters = Clusters(result),
            Importance = outcome.Model.Learner.Accept(new ImportanceVisitor(outcome.Model.Input, outcome.Model.Parameters)),
            Traffic = [.. outcome.Roster.Parties.SelectMany(p => Traffic(result, p.Id))],
            Times = [.. outcome.Roster.Parties.Where(p => outcome.Times.ContainsKey(p.Id)).Select(p => Times(result, p.Id))],
            Learned = LeakageText.Rows(outcome.Openings.Values.SelectMany(o => o), o => Why(o, result)),
            Notes = RunNotes.Of(result),
        };
    }

    private static string ModeName(TaskResult result) =>
        result.Task.Mode.Topology == Topology.Ring ? $"{result.Task.Mode.Mode} on a ring" : result.Task.Mode.Mode;

    private static IEnumerable<ReportFact> KeyLength(TaskResult result)
    {
        if (ModeCatalogue.KeyBitsFor(result.Task.Mode) is > 0 and var bits) yield return new(result.Task.Mode.Mode == ModeCatalogue.EncryptedModel ? "model owner's key" : "participants' keys", string.Create(CultureInfo.InvariantCulture, $"Paillier, {bits} bits"));
    }

    private static IEnumerable<ReportFact> Compression(TaskResult result)
    {
        if (result.Compression is { } figures) yield return new("contributions", figures.Sentence);
    }

    private static ReportFact Preprocessing(TaskResult result) =>
        new("preprocessing", result.Task.File.Preprocessing.IsEmpty ? "none" : string.Join(", ", result.Task.File.Preprocessing.Select(p => p.Name)));

    private static ImmutableArray<MetricRow> Metrics(TaskResult result)
    {
        var (part, pick) = result.Metrics.Test is not null ? ("test", (Func<PartMetrics, Metrics?>)(m => m.Test))
            : result.Metrics.Validation is not null ? ("validation", m => m.Validation) : ("train", m => m.Train);
        var headline = MetricNames.Headline(result.Task.Plan.Learner.Task);
        return
        [
            .. (pick(result.Metrics)?.Values ?? []).OrderBy(v => v.Key == headline ? 0 : 1).Select(v => new MetricRow(
                v.Key, MetricNames.IsHigherBetter(v.Key), v.Value, result.Centralised is { } c ? pick(c)?.Find(v.Key) : null,
                LocalFigures.Best(result, v.Key, pick), LocalFigures.Mean(result, v.Key, pick)) { Part = part }),
        ];
    }

    private static HistoryPoint History(TaskResult result, StepTag step, int round, double? loss, double change, int survivors)
    {
        var outcome = result.Outcome;
        var waiting = outcome.Times[outcome.Roster.Coordinator].Spent(Activity.Summing, s => s == step.Path).TotalSeconds;
        return new HistoryPoint(round, loss, change, HistoryCsv.Computing(outcome, step), waiting, survivors)
        {
            BytesSent = [.. outcome.Roster.Parties.Select(p => new PartyBytes(p.Id.Name, outcome.Traffic.SentBy(p.Id, HistoryCsv.IsWithin(step))))],
        };
    }

    private static RegressionResult? Regression(TaskResult result) =>
        result is { Test: { Targets: { } targets } test, Task.Plan.Learner.Task: LearningTask.Regression }
            ? new RegressionResult([.. targets.Values], [.. test.Predictions.Values]) { Target = result.Task.Data.Schema.Target!.Name }
            : null;

    private static BinaryResult? Binary(TaskResult result) =>
        result is { Test: { Targets: { } targets } test, Task.Plan.Learner.Task: LearningTask.BinaryClassification }
            ? new BinaryResult([.. targets.ToArray().Select(t => t > 0.5)], [.. test.Predictions.Values])
            {
                NegativeName = result.Outcome.Model.Input.Target!.Values[0],
                PositiveName = result.Outcome.Model.Input.Target!.Values[1],
            }
            : null;

    private static ConfusionResult? Confusion(TaskResult result) =>
        result.Task.Plan.Learner.Task == LearningTask.MulticlassClassification && result.Metrics.Headline?.Confusion is { IsEmpty: false } counts
            ? new ConfusionResult(result.Outcome.Model.Input.Target!.Values, counts)
            : null;

    private static ClusterResult? Clusters(TaskResult result)
    {
        if (result.Task.Plan.Learner.Task != LearningTask.Clustering) return null;
        if (result.Test is null && result.Task.Data.Participants.IsEmpty) return null;
        var rows = result.Test?.Predictions ?? result.Outcome.Model.Predict(Shard.Concatenate([.. result.Task.Data.Participants.Select(p => p.Shard)]));
        var counts = new long[result.Outcome.Model.Parameters["centroids"].Rows];
        foreach (var cluster in rows.Values) counts[(int)cluster]++;
        return new ClusterResult([.. counts]);
    }

    private static IEnumerable<TrafficRow> Traffic(TaskResult result, PartyId party)
    {
        var sent = result.Outcome.Traffic.SentByKind(party);
        var received = result.Outcome.Traffic.ReceivedByKind(party);
        return sent.Keys.Union(received.Keys).Order(StringComparer.Ordinal)
            .Select(kind => new TrafficRow(party.Name, kind, sent.GetValueOrDefault(kind), received.GetValueOrDefault(kind)));
    }

    private static TimeRow Times(TaskResult result, PartyId party)
    {
        var times = result.Outcome.Times[party];
        return new TimeRow(party.Name, "run", times.Spent(Activity.Computing).TotalSeconds, times.Spent(Activity.Summing).TotalSeconds);
    }

    private static string Why(Opening opening, TaskResult result) => opening switch
    {
        { Contributors: 1 } when result.Task.Mode.Mode == ModeCatalogue.Federated => "The mode federated trusts the coordinator with it.",
        { Contributors: > 0 } => "The learner moves by this sum.",
        _ when ModeCatalogue.Find(result.Task.Mode.Mode) is { HidesModel: true } => "The coordinator has to know how much to add, and when to end.",
        _ => "Participants answer the broadcast model.",
    };
}
