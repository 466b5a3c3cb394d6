using Coterie.Core.Learning;

namespace Coterie.Federation.Runs;

/// <summary>Which way a metric is better, and which one stands for a task.</summary>
public static class MetricNames
{
    /// <summary>Whether a larger value is a better one.</summary>
    public static bool IsHigherBetter(string metric) => metric is "r2" or "accuracy" or "balanced_accuracy" or "auc" or "average_precision";

    /// <summary>The metric named first in summaries.</summary>
    public static string Headline(LearningTask task) => task switch
    {
        LearningTask.Regression => "mse",
        LearningTask.BinaryClassification => "auc",
        LearningTask.MulticlassClassification => "accuracy",
        _ => "inertia",
    };
}
