using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>A learner whose model is an affine function, zero before the first round.</summary>
internal interface ILinearLearner : ILearner<LinearModel>
{
    LinearModel ISummed<LinearModel>.Initialize(Schema schema, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return LinearModel.Zero(schema.FeatureCount);
    }

    Blocks<Matrix> ISummed<LinearModel>.Pack(LinearModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Pack();
    }

    LinearModel ISummed<LinearModel>.Unpack(Schema schema, Blocks<Matrix> parameters)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(parameters);
        return LinearModel.Unpack(schema, parameters);
    }
}
