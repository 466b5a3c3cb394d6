using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Federation.Training;

/// <summary>A preprocessor with what it learned.</summary>
/// <param name="Preprocessor">The transformation.</param>
/// <param name="Input">The schema it was learned on.</param>
/// <param name="Parameters">What it learned.</param>
public sealed record FittedPreprocessor(IPreprocessor Preprocessor, Schema Input, Blocks<Matrix> Parameters)
{
    /// <summary>The rows after the transformation.</summary>
    public Shard Transform(Shard shard) => Preprocessor.Accept(new TransformVisitor(Input, Parameters, shard));

    private sealed class TransformVisitor(Schema schema, Blocks<Matrix> parameters, Shard shard) : IPreprocessorVisitor<Shard>
    {
        public Shard Visit<TModel>(IPreprocessor<TModel> preprocessor) where TModel : class =>
            preprocessor.Transform(schema, preprocessor.Unpack(schema, parameters), shard);
    }
}

/// <summary>A model ready for use, its preprocessing included.</summary>
/// <param name="Raw">The schema of the rows as they come.</param>
/// <param name="Preprocessing">Applied in order.</param>
/// <param name="Learner">The algorithm.</param>
/// <param name="Input">The schema the learner saw.</param>
/// <param name="Parameters">The learner's parameters, as packed.</param>
public sealed record TrainedModel(
    Schema Raw, ImmutableArray<FittedPreprocessor> Preprocessing, ILearner Learner, Schema Input, Blocks<Matrix> Parameters)
{
    /// <summary>Rows as the learner sees them.</summary>
    public Shard Prepare(Shard raw) => Preprocessing.Aggregate(raw, (shard, fitted) => fitted.Transform(shard));

    /// <summary>Predictions for rows as they come: n x 1, or n x classes.</summary>
    /// <exception cref="ShardException">A cell is missing that no preprocessor fills, and the learner takes none.</exception>
    public Matrix Predict(Shard raw)
    {
        return PredictPrepared(Prepare(raw));
    }

    /// <summary>Predictions for rows as the learner sees them.</summary>
    /// <exception cref="ShardException">A cell is missing that no preprocessor fills, and the learner takes none.</exception>
    public Matrix PredictPrepared(Shard prepared)
    {
        LearnerInput.Require(Learner, Input, prepared);
        return Learner.Accept(new PredictVisitor(Input, Parameters, prepared.Features));
    }

    private sealed class PredictVisitor(Schema schema, Blocks<Matrix> parameters, Matrix features) : ILearnerVisitor<Matrix>
    {
        public Matrix Visit<TModel>(ILearner<TModel> learner) where TModel : class =>
            learner.Predict(schema, learner.Unpack(schema, parameters), features);
    }
}
