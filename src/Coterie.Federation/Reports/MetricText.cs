using System.Globalization;

namespace Coterie.Federation.Reports;

/// <summary>Metrics as people read them.</summary>
internal static class MetricText
{
    private const double Same = 1e-9;     // below this relative difference, rounding is all that separates two models

    /// <summary>A metric's name in print.</summary>
    public static string Name(string metric) => metric switch
    {
        "r2" => "R\u00b2",
        "mse" or "rmse" or "mae" or "auc" => metric.ToUpperInvariant(),
        _ => metric.Length == 0 ? metric : char.ToUpper(metric[0], CultureInfo.InvariantCulture) + metric[1..].Replace('_', ' '),
    };

    /// <summary>The model's value beside another in words: "same", "0.012 better", "0.3 worse"; empty where one is missing.</summary>
    public static string Gap(MetricRow row, double? other)
    {
        if (row.Model is not { } model || other is not { } reference || !double.IsFinite(model) || !double.IsFinite(reference)) return "";
        var difference = model - reference;
        if (Math.Abs(difference) <= Same * Math.Max(1, Math.Abs(reference))) return "same";
        return $"{NumberText.Short(Math.Abs(difference))} {(difference > 0 == row.HigherIsBetter ? "better" : "worse")}";
    }
}
