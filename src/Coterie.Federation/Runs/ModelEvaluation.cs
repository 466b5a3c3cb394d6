using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Federation.Training;
using Coterie.Learning.Evaluation;

namespace Coterie.Federation.Runs;

/// <summary>A model's predictions for some rows, with what was true of them.</summary>
/// <param name="Predictions">n x 1, or n x classes.</param>
/// <param name="Targets">n x 1; null for clustering.</param>
/// <param name="Metrics">The figures.</param>
public sealed record Evaluated(Matrix Predictions, Matrix? Targets, Metrics Metrics);

/// <summary>Figures of a model on rows as they come.</summary>
public static class ModelEvaluation
{
    /// <summary>Predicts and compares.</summary>
    /// <exception cref="ShardException">The rows cannot be used.</exception>
    public static Evaluated Evaluate(TrainedModel model, Shard raw)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(raw);
        var prepared = model.Prepare(raw);
        var predictions = model.PredictPrepared(prepared);
        var metrics = model.Learner.Task switch
        {
            LearningTask.Clustering => ClusteringEvaluation.Evaluate(prepared.Features, predictions, model.Parameters["centroids"]),
            _ when prepared.Targets is null => Metrics.Empty,
            LearningTask.Regression => RegressionEvaluation.Evaluate(predictions, prepared.Targets),
            LearningTask.BinaryClassification => BinaryEvaluation.Evaluate(predictions, prepared.Targets),
            _ => MulticlassEvaluation.Evaluate(predictions, prepared.Targets),
        };
        return new Evaluated(predictions, prepared.Targets, metrics);
    }
}
