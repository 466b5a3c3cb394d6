using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Learning.External;
using Coterie.Learning.Preprocessing;

namespace Coterie.Federation.Training;

/// <summary>
/// The stages of a run, one after the other: agreeing the schema, every preprocessor, the learner. The same code runs at every party
/// and for baselines; only the trainer differs.
/// </summary>
internal static class Pipeline
{
    /// <param name="plan">What is trained.</param>
    /// <param name="runId">Prefix of every step's tag.</param>
    /// <param name="declared">The schema as declared in the task.</param>
    /// <param name="shards">The rows this party holds: none, one, or for baselines all.</param>
    /// <param name="trainer">How a stage is trained.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The model, or null where this party is not entitled to it.</returns>
    public static async Task<TrainedModel?> RunAsync(
        TrainingPlan plan, string runId, Schema declared, IReadOnlyList<Shard> shards, IStageTrainer trainer, CancellationToken cancellationToken)
    {
        var state = new State(declared, shards, []);
        // Where only participants may know the model they alone may know what it was prepared with.
        var preparedFor = plan.ModelTo == ModelAudience.Participants ? ModelAudience.Participants : ModelAudience.Everyone;
        ImmutableArray<IPreprocessor> preprocessors = [new SchemaAgreement(plan.Learner.Task), .. plan.Preprocessors];
        for (var i = 0; i < preprocessors.Length; i++)
        {
            var stage = new TrainingStage(new StepTag($"{runId}/{i}-{preprocessors[i].Name}"), preprocessors[i].DefaultStop, plan.Seed, preparedFor);
            state = await preprocessors[i].Accept(new PreprocessingStage(state, stage, trainer, cancellationToken));
        }
        if (state.IsKnown) LearnerInput.Require(state.Schema);
        foreach (var shard in state.Shards) LearnerInput.Require(plan.Learner, state.Schema, shard);
        var last = new TrainingStage(new StepTag($"{runId}/learner"), plan.Stop, plan.Seed, plan.ModelTo ?? ModelAudience.Owner) { SampleFraction = plan.SampleFraction };
        // Whatever a learner has started for this training ends with it.
        var external = (plan.Learner as ExternalLearner)?.Begin(cancellationToken);
        using var training = external?.Training;
        var learner = external?.Learner ?? plan.Learner;
        var parameters = await learner.Accept(new LearningStage(state, last, trainer, cancellationToken));
        return parameters is null ? null : new TrainedModel(declared, state.Fitted, plan.Learner, state.Schema, parameters);
    }

    /// <summary>What the stages so far gave.</summary>
    private sealed record State(Schema Schema, IReadOnlyList<Shard> Shards, ImmutableArray<FittedPreprocessor> Fitted)
    {
        /// <summary>False at a party that is not told what preprocessing gave: its schema is still the declared one, and nothing is made of it.</summary>
        public bool IsKnown { get; init; } = true;
    }

    private sealed class PreprocessingStage(State state, TrainingStage stage, IStageTrainer trainer, CancellationToken cancellationToken) : IPreprocessorVisitor<Task<State>>
    {
        public async Task<State> Visit<TModel>(IPreprocessor<TModel> preprocessor) where TModel : class
        {
            var model = await trainer.TrainAsync(preprocessor, stage, state.Schema, state.Shards, cancellationToken);
            if (model is null)
                return stage.ModelTo == ModelAudience.Participants ? state with { IsKnown = false } : throw new System.Diagnostics.UnreachableException("Preprocessing is opened to everyone.");
            return new State(
                preprocessor.TransformSchema(state.Schema, model),
                [.. state.Shards.Select(shard => preprocessor.Transform(state.Schema, model, shard))],
                state.Fitted.Add(new FittedPreprocessor(preprocessor, state.Schema, preprocessor.Pack(model))));
        }
    }

    private sealed class LearningStage(State state, TrainingStage stage, IStageTrainer trainer, CancellationToken cancellationToken) : ILearnerVisitor<Task<Blocks<Matrix>?>>
    {
        public async Task<Blocks<Matrix>?> Visit<TModel>(ILearner<TModel> learner) where TModel : class =>
            await trainer.TrainAsync(learner, stage, state.Schema, state.Shards, cancellationToken) is { } model ? learner.Pack(model) : null;
    }
}
