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
        return new Evaluated(predictions, prepared.Targets, model.Learner.Accept(new MetricsVisitor(model, prepared)));
    }

    private sealed class MetricsVisitor(TrainedModel model, Shard prepared) : ILearnerVisitor<Metrics>
    {
        public Metrics Visit<TModel>(ILearner<TModel> learner) where TModel : class =>
            Learning.Evaluation.ModelEvaluation.Evaluate(learner, model.Input, learner.Unpack(model.Input, model.Parameters), prepared);
    }
}
