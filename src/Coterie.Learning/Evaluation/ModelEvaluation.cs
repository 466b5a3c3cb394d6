using System.Diagnostics;
using Coterie.Core.Learning;

namespace Coterie.Learning.Evaluation;

/// <summary>The figures that apply to a learner's task.</summary>
public static class ModelEvaluation
{
    /// <summary>
    /// Predicts <paramref name="rows"/> and compares with their targets; a learner with <see cref="IOwnMetrics{TModel}"/> adds its own.
    /// Clustering has no other figures. No rows: no figures.
    /// </summary>
    /// <exception cref="ArgumentException">Targets are missing or do not fit the task.</exception>
    public static Metrics Evaluate<TModel>(ILearner<TModel> learner, Schema schema, TModel model, Shard rows) where TModel : class
    {
        ArgumentNullException.ThrowIfNull(learner);
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Rows == 0) return Metrics.Empty;
        var metrics = learner.Task == LearningTask.Clustering ? Metrics.Empty : Compare(learner, schema, model, rows);
        return learner is IOwnMetrics<TModel> own ? metrics.Append(own.Evaluate(schema, model, rows)) : metrics;
    }

    private static Metrics Compare<TModel>(ILearner<TModel> learner, Schema schema, TModel model, Shard rows) where TModel : class
    {
        var targets = rows.Targets ?? throw new ArgumentException($"Evaluating {learner.Name} needs targets.", nameof(rows));
        var predictions = learner.Predict(schema, model, rows.Features);
        return learner.Task switch
        {
            LearningTask.Regression => RegressionEvaluation.Evaluate(predictions, targets),
            LearningTask.BinaryClassification => BinaryEvaluation.Evaluate(predictions, targets),
            LearningTask.MulticlassClassification => MulticlassEvaluation.Evaluate(predictions, targets),
            _ => throw new UnreachableException($"Task {learner.Task} has no evaluation."),
        };
    }
}
