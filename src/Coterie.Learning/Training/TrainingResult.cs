using System.Collections.Immutable;

namespace Coterie.Learning.Training;

/// <summary>The outcome of a training without parties.</summary>
/// <param name="Model">The last model.</param>
/// <param name="History">One entry per round.</param>
public sealed record TrainingResult<TModel>(TModel Model, ImmutableArray<TrainingRound> History) where TModel : class
{
    /// <summary>Rounds taken.</summary>
    public int Rounds => History.Length;
}
