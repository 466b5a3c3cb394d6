namespace Coterie.Federation.Reports;

/// <summary>One metric of the model trained together, beside the same learner trained on all rows in one place and by each participant alone.</summary>
/// <param name="Name">The metric, for example "r2".</param>
/// <param name="HigherIsBetter">Whether a larger value is a better one.</param>
/// <param name="Model">The model trained together.</param>
/// <param name="Centralised">Trained on all rows in one place; null where the data are not on one machine.</param>
/// <param name="BestAlone">The best of the participants' own models.</param>
/// <param name="MeanAlone">The mean over the participants' own models.</param>
public sealed record MetricRow(string Name, bool HigherIsBetter, double? Model, double? Centralised = null, double? BestAlone = null, double? MeanAlone = null)
{
    /// <summary>The rows it was measured on: "test", "validation" or "train".</summary>
    public string Part { get; init; } = "test";
}
