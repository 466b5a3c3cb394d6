using Coterie.Learning.Evaluation;

namespace Coterie.Federation.Runs;

/// <summary>What participants reach alone, over all of them.</summary>
public static class LocalFigures
{
    /// <summary>The mean over the participants that reached a model; null where none did.</summary>
    public static double? Mean(TaskResult result, string metric, Func<PartMetrics, Metrics?> part)
    {
        var values = Values(result, metric, part);
        return values.Length == 0 ? null : values.Average();
    }

    /// <summary>The best of the participants' own models; null where there is none.</summary>
    public static double? Best(TaskResult result, string metric, Func<PartMetrics, Metrics?> part)
    {
        var values = Values(result, metric, part);
        if (values.Length == 0) return null;
        return MetricNames.IsHigherBetter(metric) ? values.Max() : values.Min();
    }

    private static double[] Values(TaskResult result, string metric, Func<PartMetrics, Metrics?> part)
    {
        ArgumentNullException.ThrowIfNull(result);
        return [.. result.Local.Where(l => l.Metrics is not null).Select(l => part(l.Metrics!)?.Find(metric)).Where(v => v is { } value && double.IsFinite(value)).Select(v => v!.Value)];
    }
}
