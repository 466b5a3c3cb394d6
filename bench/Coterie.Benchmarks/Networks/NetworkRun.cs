using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.Evaluation;
using Coterie.Learning.Neural;

namespace Coterie.Benchmarks.Networks;

/// <summary>A training in clear, round by round, looked at from outside.</summary>
internal sealed class NetworkRun(NeuralNetwork learner, Rows rows, Shard test)
{
    private readonly ILocal<NetworkModel>[] _locals = [.. rows.Shards.Select(s => learner.Open(rows.Schema, s))];
    private NetworkModel _model = learner.Initialize(rows.Schema, 1);

    public int Rounds { get; private set; }

    public bool IsDone { get; private set; }

    /// <summary>RMSE of the common network; infinite before its target is known.</summary>
    public double Error => ErrorOf(_model);

    /// <summary>Passes over all rows so far.</summary>
    public double Passes => (Rounds - 1) * (learner.Scheme == FederatedScheme.FedSgd ? 1.0 / learner.RoundsPerPass(Round) : learner.LocalEpochs);

    /// <summary>Entries of a whole contribution over those of this run's last; null without compression.</summary>
    public double? Shorter => learner.Compression == UpdateCompression.None
        ? null : (double)Length(learner with { Compression = UpdateCompression.None }, _model) / Length(learner, _model);

    /// <summary>How much rounding changes a contribution, relative to its length; null without compression.</summary>
    public double? RoundingError { get; private set; }

    private Round Round => new(Rounds, rows.Schema.TotalRows, _locals.Length, 1);

    /// <summary>RMSE of every participant's own network at the end of the coming round.</summary>
    public double[] Alone() => [.. _locals.Select(l => ErrorOf(learner.Update(rows.Schema, _model, l.Contribute(_model, Round), Round).Model))];

    public void Step()
    {
        var rest = ((IRemembering)_locals[0]).Memory.Find("residual");
        var contributions = _locals.Select(l => l.Contribute(_model, Round)).ToArray();
        if (_model.Range is { } range) RoundingError = ErrorOfRounding(contributions[0], rest, range);
        var step = learner.Update(rows.Schema, _model, contributions.Aggregate((a, b) => a + b), Round);
        (_model, IsDone) = (step.Model, step.Done);
        Rounds++;
    }

    /// <summary>The contribution that was rounded, beside what was to be sent: the same one whole, and the rest of earlier ones.</summary>
    private double ErrorOfRounding(Blocks<Matrix> packed, Matrix? rest, double range)
    {
        var whole = (learner with { Compression = UpdateCompression.None }).Open(rows.Schema, rows.Shards[0]).Contribute(_model, Round).Values[0].ToArray();
        for (var i = 0; rest is not null && i < whole.Length; i++) whole[i] += rest[i, 0];
        var rounded = learner.QuantizerOf(whole.Length, Round.Participants).Unpack(packed["packed"].Values, range, Round.Seed, Round.Index);
        double error = 0, length = 0;
        for (var i = 0; i < rounded.Length; i++)
        {
            error += (rounded[i] - whole[i]) * (rounded[i] - whole[i]);
            length += whole[i] * whole[i];
        }
        return Math.Sqrt(error / length);
    }

    private long Length(NeuralNetwork of, NetworkModel at) => of.Layout(rows.Schema, at, Round).Sum(b => (long)b.Length);

    private double ErrorOf(NetworkModel model) =>
        model.Target is null ? double.PositiveInfinity : RegressionEvaluation.Evaluate(learner.Predict(rows.Schema, model, test.Features), test.Targets!)["rmse"];
}
