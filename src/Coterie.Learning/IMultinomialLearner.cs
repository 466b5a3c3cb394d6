using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>A learner with a function per class: its blocks are <c>coefficients</c> (K x d), <c>intercept</c> (K x 1), and those that whoever moves the model keeps for its next step.</summary>
internal interface IMultinomialLearner : ILearner<MultinomialModel>
{
    MultinomialModel ISummed<MultinomialModel>.Initialize(Schema schema, ulong seed)
    {
        var classes = MultinomialModel.Classes(schema);
        return new MultinomialModel(Matrix.Zero(classes, schema.FeatureCount), Matrix.Zero(classes, 1));
    }

    Blocks<Matrix> ISummed<MultinomialModel>.Pack(MultinomialModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Pack();
    }

    MultinomialModel ISummed<MultinomialModel>.Unpack(Schema schema, Blocks<Matrix> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return MultinomialModel.Unpack(schema, parameters);
    }

    MultinomialModel ISummed<MultinomialModel>.Finish(MultinomialModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model with { Search = null, Bound = null };
    }

    Blocks<Matrix> ISummed<MultinomialModel>.Told(Blocks<Matrix> parameters) => KeptBlocks.Without(parameters);
}
