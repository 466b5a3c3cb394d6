using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>A learner of two classes by steps under trial: its blocks are <c>coefficients</c> (d x 1), <c>intercept</c> (1 x 1), and those that whoever moves the model keeps for its next step.</summary>
internal interface ILogisticLearner : ILearner<LogisticModel>
{
    LogisticModel ISummed<LogisticModel>.Initialize(Schema schema, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new LogisticModel(LinearModel.Zero(schema.FeatureCount));
    }

    Blocks<Matrix> ISummed<LogisticModel>.Pack(LogisticModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Pack();
    }

    LogisticModel ISummed<LogisticModel>.Unpack(Schema schema, Blocks<Matrix> parameters)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(parameters);
        return LogisticModel.Unpack(schema, parameters);
    }

    LogisticModel ISummed<LogisticModel>.Finish(LogisticModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model with { Search = null, Bound = null };
    }

    Blocks<Matrix> ISummed<LogisticModel>.Told(Blocks<Matrix> parameters) => KeptBlocks.Without(parameters);
}
