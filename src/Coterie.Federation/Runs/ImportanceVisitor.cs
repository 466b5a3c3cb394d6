using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.Evaluation;

namespace Coterie.Federation.Runs;

/// <summary>What a trained model owes to its features; empty where its learner does not say.</summary>
internal sealed class ImportanceVisitor(Schema schema, Blocks<Matrix> parameters) : ILearnerVisitor<ImmutableArray<FeatureImportance>>
{
    public ImmutableArray<FeatureImportance> Visit<TModel>(ILearner<TModel> learner) where TModel : class =>
        learner is IFeatureImportance<TModel> important ? important.Importance(schema, learner.Unpack(schema, parameters)) : [];
}
