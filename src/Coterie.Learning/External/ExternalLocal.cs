using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.External;

/// <summary>A shard in the hands of a program.</summary>
internal sealed class ExternalLocal(ExternalLearner learner, Schema schema, Shard shard, IExternalTraining training) : ILocal<ExternalModel>
{
    /// <summary>Started with the first round: a shard that never contributes needs no program.</summary>
    private IExternalProgram? _program;

    public Blocks<Matrix> Contribute(ExternalModel model, Round round)
    {
        _program ??= training.Start(learner, schema, shard);
        var answer = _program.Train(round, model.Parameters);
        for (var i = 0; i < answer.Blocks.Count; i++) RequireWithin(answer.Blocks.Names[i], answer.Blocks.Values[i], learner.Bound, round);
        var share = (shard.Weights is { } weights ? weights.ToArray().Sum() : shard.Rows) * RowScale.Of(round);
        var blocks = answer.Blocks.Select(block => share * block).With(ExternalLearner.Share, Matrix.Scalar(share));
        if (learner.LossBound is not { } most) return blocks;
        var loss = Matrix.Scalar(answer.Loss ?? double.NaN);
        RequireWithin(ExternalLearner.Loss, loss, most, round);
        return blocks.With(ExternalLearner.Loss, share * loss);
    }

    /// <summary>Refused and not cut: what is cut trains another model than the one that was asked for, and nobody hears of it.</summary>
    private void RequireWithin(string name, Matrix block, double bound, Round round)
    {
        foreach (var value in block.Values)
            if (!(Math.Abs(value) <= bound))
                throw new ExternalProgramException(
                    _program!.Command,
                    string.Create(CultureInfo.InvariantCulture, $"The program '{_program.Command}' gave {value:R} in '{name}' in round {round.Index}; at most {bound:R} in absolute value was agreed."))
                { Round = round.Index };
    }
}
