using System.Collections.Immutable;
using Coterie.Core.Learning;

namespace Coterie.Learning.Evaluation;

/// <summary>What a model owes to a feature.</summary>
/// <param name="Feature">Its name, as the learner sees it.</param>
/// <param name="Gain">By how much its divisions lowered twice the objective on training rows, together.</param>
/// <param name="Cover">The second derivatives of the rows that they divided, together.</param>
/// <param name="Divisions">How many there are.</param>
public sealed record FeatureImportance(string Feature, double Gain, double Cover, int Divisions);

/// <summary>A learner that can say what its model owes to each feature.</summary>
/// <typeparam name="TModel">The learner's model.</typeparam>
public interface IFeatureImportance<in TModel> where TModel : class
{
    /// <summary>All features, the one with the largest gain first.</summary>
    ImmutableArray<FeatureImportance> Importance(Schema schema, TModel model);
}
