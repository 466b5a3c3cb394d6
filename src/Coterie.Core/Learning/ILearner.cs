using Coterie.Core.Numerics;

namespace Coterie.Core.Learning;

/// <summary>An algorithm without its model's type: what catalogues and command lines hold.</summary>
public interface ILearner : ISummed
{
    /// <summary>What it predicts.</summary>
    LearningTask Task { get; }

    /// <summary>Whether rows may lack cells (NaN).</summary>
    bool TakesMissing => false;

    /// <summary>
    /// How contributions of so many participants are made shorter; null: they are not. Null in every round is what noise on entries, cuts to a length and
    /// comparisons of contributions need: entries of compressed ones are no coordinates of a vector.
    /// </summary>
    ContributionCompression? CompressionAmong(int participants) => null;

    /// <summary>Calls back with the model's type.</summary>
    TResult Accept<TResult>(ILearnerVisitor<TResult> visitor);
}

/// <summary>Receives a learner with its model's type.</summary>
public interface ILearnerVisitor<out TResult>
{
    /// <summary>The typed learner.</summary>
    TResult Visit<TModel>(ILearner<TModel> learner) where TModel : class;
}

/// <summary>An algorithm that is learned by sums and predicts.</summary>
/// <typeparam name="TModel">An immutable record.</typeparam>
public interface ILearner<TModel> : ILearner, ISummed<TModel> where TModel : class
{
    /// <summary>n x 1, or n x classes probabilities, for features n x d; see <see cref="LearningTask"/>.</summary>
    Matrix Predict(Schema schema, TModel model, Matrix features);

    TResult ILearner.Accept<TResult>(ILearnerVisitor<TResult> visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        return visitor.Visit(this);
    }
}
