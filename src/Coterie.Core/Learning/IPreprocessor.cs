namespace Coterie.Core.Learning;

/// <summary>
/// A transformation of features whose parameters are learned by sums, under the run's own mode, and kept in the model.
/// </summary>
public interface IPreprocessor : ISummed
{
    /// <summary>Calls back with the parameters' type.</summary>
    TResult Accept<TResult>(IPreprocessorVisitor<TResult> visitor);
}

/// <summary>Receives a preprocessor with its parameters' type.</summary>
public interface IPreprocessorVisitor<out TResult>
{
    /// <summary>The typed preprocessor.</summary>
    TResult Visit<TModel>(IPreprocessor<TModel> preprocessor) where TModel : class;
}

/// <summary>A preprocessor whose parameters are a <typeparamref name="TModel"/>.</summary>
public interface IPreprocessor<TModel> : IPreprocessor, ISummed<TModel> where TModel : class
{
    /// <summary>The schema after the transformation, with the ranges that follow from it.</summary>
    Schema TransformSchema(Schema schema, TModel model);

    /// <summary>The rows after the transformation; targets and weights stay.</summary>
    Shard Transform(Schema schema, TModel model, Shard shard);

    TResult IPreprocessor.Accept<TResult>(IPreprocessorVisitor<TResult> visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        return visitor.Visit(this);
    }
}
