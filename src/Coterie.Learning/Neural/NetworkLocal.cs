using System.Numerics.Tensors;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;

namespace Coterie.Learning.Neural;

/// <summary>
/// A participant's rows. What stays between rounds are the rows, memory to work in and, with feedback, what rounding took: what is contributed depends on
/// that, the model and the round alone.
/// </summary>
internal sealed class NetworkLocal : ILocal<NetworkModel>, IRemembering
{
    private const ulong StreamOfOrders = 0x6E_6574_736FUL << 24;

    private readonly NeuralNetwork _learner;
    private readonly NetworkShape _shape;
    private readonly Schema _schema;
    private readonly BatchReader _rows;
    private readonly NetworkPass _pass;

    /// <summary>What rounding took so far and the next contribution will have; null: nothing.</summary>
    private double[]? _residual;

    public NetworkLocal(NeuralNetwork learner, NetworkShape shape, Schema schema, Shard shard)
    {
        (_learner, _shape, _schema, _pass) = (learner, shape, schema, new NetworkPass(shape));
        _rows = BatchReader.Of(schema, shard, learner.Objective);
    }

    /// <summary><c>residual</c> (parameters x 1), weighted as contributions are.</summary>
    public Blocks<Matrix> Memory
    {
        get => _residual is null ? Blocks<Matrix>.Empty : Blocks<Matrix>.Of(("residual", new Matrix(_residual.Length, 1, _residual)));
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            var block = value.Find("residual");
            if (value.Count > (block is null ? 0 : 1) || (block is not null && (block.Rows != _shape.ParameterCount || block.Columns != 1)))
                throw new ArgumentException($"The memory of a network of {_shape.ParameterCount} parameters is one block 'residual' of so many rows, or none; there are: {string.Join(", ", value.Names)}.", nameof(value));
            _residual = block?.ToArray();
        }
    }

    public Blocks<Matrix> Contribute(NetworkModel model, Round round)
    {
        if (_learner.IsPreliminary(round))
            return Blocks<Matrix>.Of(
                ("target", RowScale.Of(round) * Matrix.Column(TargetSums.Of(_schema, _rows.Targets, _rows.Weights))), ("share", Matrix.Scalar(RowScale.Of(round) * _rows.TotalWeight)));
        var vector = new double[_shape.ParameterCount];
        var weight = _learner.Scheme == FederatedScheme.FedSgd ? Gradient(model, round, vector) : Change(model, round, vector);
        Cut(vector, _learner.NormBound, round);
        var share = RowScale.Of(round) * weight;
        TensorPrimitives.Multiply(vector, share, vector);
        if (_residual is not null && _learner.IsPacked(round))
        {
            TensorPrimitives.Add(vector, _residual, vector);
            // Never longer than a vector of all its rows, so that no residual is either: what this cut takes is gone, as what the first took is.
            Cut(vector, _learner.NormBound * RowScale.Of(round) * _rows.TotalWeight, round);
        }
        return Send(vector, share, model.Range ?? _learner.LongestOf(_schema), round);
    }

    /// <summary>The mean gradient of this round's rows; returns their weight. Over a pass every row is used once.</summary>
    private double Gradient(NetworkModel model, Round round, double[] gradient)
    {
        var steps = _learner.RoundsPerPass(round);
        var (pass, step) = Math.DivRem(_learner.RoundOfTraining(round), steps);
        var (start, end) = ((int)(step * _rows.Count / steps), (int)((step + 1) * _rows.Count / steps));
        var batch = _rows.Read(steps == 1 ? null : Order(round.Seed, (ulong)pass), start, end, model.Target);
        var weight = batch.Weight;
        if (!(weight > 0)) return 0;
        _pass.AddGradient(model.ToVector(), batch.Features, batch.Targets, batch.Weights, gradient);
        TensorPrimitives.Divide(gradient, weight, gradient);
        return weight;
    }

    /// <summary>How far the own passes move the weights; returns the weight of all rows.</summary>
    private double Change(NetworkModel model, Round round, double[] change)
    {
        if (!(_rows.TotalWeight > 0)) return 0;
        var start = model.ToVector();
        var parameters = (double[])start.Clone();
        var gradient = new double[start.Length];
        var steps = new LocalSteps(_learner, start.Length);
        var size = _learner.BatchSize == 0 ? _rows.Count : Math.Min(_learner.BatchSize, _rows.Count);
        var meanWeight = _rows.TotalWeight / _rows.Count;
        for (var pass = 0; pass < _learner.PassesIn(round); pass++)
        {
            var order = Order(round.Seed, ((ulong)_learner.RoundOfTraining(round) * (ulong)_learner.LocalEpochs) + (ulong)pass);
            for (var at = 0; at < _rows.Count; at += size)
            {
                var batch = _rows.Read(order, at, Math.Min(at + size, _rows.Count), model.Target);
                Array.Clear(gradient);
                _pass.AddGradient(parameters, batch.Features, batch.Targets, batch.Weights, gradient);
                // Rows count by their weight over the shard's mean weight, so that a batch of light rows moves less than one of heavy rows.
                TensorPrimitives.Divide(gradient, batch.Rows * meanWeight, gradient);
                Penalty.AddGradient(_shape, parameters, _learner.Alpha / batch.Rows, gradient);
                if (_learner.Scheme == FederatedScheme.FedProx) AddPull(parameters, start, gradient);
                steps.Take(parameters, gradient);
            }
        }
        TensorPrimitives.Subtract(parameters, start, change);
        return _rows.TotalWeight;
    }

    /// <summary>gradient += mu (parameters - start).</summary>
    private void AddPull(double[] parameters, double[] start, double[] gradient)
    {
        for (var i = 0; i < gradient.Length; i++) gradient[i] += _learner.Proximal * (parameters[i] - start[i]);
    }

    /// <summary>Cut to the public bound, so that no contribution exceeds it.</summary>
    private static void Cut(double[] vector, double bound, Round round)
    {
        var length = TensorPrimitives.Norm<double>(vector);
        if (!double.IsFinite(length))
            throw new ShardException($"The network's training left the finite numbers in round {round.Index}; a smaller learning-rate or standardised features are needed.");
        if (length > bound) TensorPrimitives.Multiply(vector, bound / length, vector);
    }

    private Blocks<Matrix> Send(double[] vector, double share, double range, Round round)
    {
        var squares = TensorPrimitives.SumOfSquares<double>(vector);
        var (name, entries) = _learner.IsPacked(round)
            ? ("packed", Pack(vector, range, round))
            : (_learner.Scheme == FederatedScheme.FedSgd ? "gradient" : "change", vector);
        var blocks = Blocks<Matrix>.Of((name, new Matrix(entries.Length, 1, entries)), ("share", Matrix.Scalar(share)));
        return _learner.Compression == UpdateCompression.None ? blocks : blocks.With("size", Matrix.Scalar(squares * squares));
    }

    /// <summary>With feedback, what the rounded vector lacks of the given one is kept.</summary>
    private double[] Pack(double[] vector, double range, Round round)
    {
        var quantizer = _learner.QuantizerOf(vector.Length, round.Participants);
        var entries = quantizer.Pack(vector, range, round.Seed, round.Index);
        if (!_learner.ErrorFeedback) return entries;
        var sent = quantizer.Unpack(entries, range, round.Seed, round.Index);
        TensorPrimitives.Subtract(vector, sent, sent);
        _residual = sent;
        return entries;
    }

    private int[] Order(ulong seed, ulong pass)
    {
        int[] order = [.. Enumerable.Range(0, _rows.Count)];
        new SeededRandom(seed, StreamOfOrders + pass).Shuffle<int>(order);
        return order;
    }
}
