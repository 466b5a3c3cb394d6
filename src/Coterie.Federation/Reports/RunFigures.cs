namespace Coterie.Federation.Reports;

/// <summary>Totals of a run.</summary>
internal static class RunFigures
{
    /// <summary>Bytes all parties sent; null where nothing was counted.</summary>
    public static long? BytesSent(RunSection run) =>
        !run.Traffic.IsEmpty ? run.Traffic.Sum(t => t.SentBytes)
        : run.History.Any(h => !h.BytesSent.IsEmpty) ? run.History.Sum(h => h.BytesSent.Sum(b => b.Bytes))
        : null;

    /// <summary>Participants whose contributions were added in the smallest sum that was opened; null where no sum was.</summary>
    public static int? SmallestSum(RunSection run) => run.Learned.Where(l => l.Contributors > 0).Select(l => (int?)l.Contributors).Min();

    /// <summary>How a run is called beside others: its mode, and its learner where learners differ.</summary>
    public static string Name(ReportData data, RunSection run) =>
        data.Runs.Select(r => r.Mode).Distinct().Count() == data.Runs.Length ? run.Mode : $"{run.Mode}, {run.Learner}";
}
