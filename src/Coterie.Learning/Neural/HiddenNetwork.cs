using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Neural;

/// <summary>
/// A network with one hidden layer, by gradient descent on the loss of all rows, on values that may be hidden. In clear it is <see cref="NeuralNetwork"/> with
/// <see cref="FederatedScheme.FedSgd"/> and batches of all rows, but that gradients are not cut.
/// <list type="bullet">
/// <item>A step goes against the mean over rows of the gradient of <see cref="NetworkObjective"/>'s losses, and of alpha / (2 n) times the squared weights, biases excepted, n all rows; with momentum.</item>
/// <item>Several classes are outputs each for one class against the rest: a softmax would take exponentials and divisions of hidden numbers.</item>
/// <item>With squared loss the first round finds mean and deviation of the target, and its gradient, of another scale, moves nothing: all rounds contribute alike.</item>
/// </list>
/// </summary>
public sealed record HiddenNetwork : IHiddenLearner<NetworkModel>
{
    /// <summary>Mean row weight and share of rows present: from one row of n up to this.</summary>
    private const double LargestShare = 1024;

    private const string Memory = "memory", Steps = "steps", Scale = "scale";

    /// <summary>Width of the hidden layer, from 1.</summary>
    public int Hidden { get; init; } = 16;

    /// <summary>Of the hidden layer.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>What is predicted; not softmax.</summary>
    /// <exception cref="ArgumentException">Softmax.</exception>
    public NetworkObjective Objective
    {
        get;
        init => field = value != NetworkObjective.Softmax ? value : throw new ArgumentException("Softmax cannot be trained on values that may be hidden; squared, logistic and one-vs-rest are accepted.", nameof(value));
    }

    /// <summary>Length of steps, above 0.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>How much of a step carries over to the next, in [0, 1).</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Whether momentum looks ahead.</summary>
    public bool IsNesterov { get; init; }

    /// <summary>Steps, one a round.</summary>
    public int Epochs { get; init; } = 60;

    /// <summary>Strength of the penalty, not negative.</summary>
    public double Alpha { get; init; } = 1e-4;

    /// <inheritdoc/>
    public string Name => "neural-network";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant(
        $"{Name} descent hidden={Hidden} activation={Activation} objective={Objective} rate={LearningRate:R} momentum={Momentum:R} nesterov={IsNesterov} epochs={Epochs} alpha={Alpha:R}");

    /// <inheritdoc/>
    public LearningTask Task => Objective switch
    {
        NetworkObjective.Squared => LearningTask.Regression,
        NetworkObjective.Logistic => LearningTask.BinaryClassification,
        _ => LearningTask.MulticlassClassification,
    };

    /// <summary>A round for every step, and one for the target of a regression.</summary>
    public StopRule DefaultStop => new(Epochs + (IsRegression ? 1 : 0), null);

    /// <inheritdoc/>
    public bool ToleratesSampling => true;

    private bool IsRegression => Objective == NetworkObjective.Squared;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The target is not what the objective needs, or its range is not known.</exception>
    public NetworkModel Initialize(Schema schema, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var shape = ShapeOf(schema);
        var model = new NetworkModel(NetworkModel.LayersOf(shape, shape.Draw(seed)));
        return IsRegression ? OnScale(schema, model, new TargetScale(0, 1)) : model;
    }

    /// <summary>
    /// <c>weights_l</c> (inputs x outputs) and <c>biases_l</c> (1 x outputs) for the layers 1 and 2; for a regression <c>target</c> (2 x 1), while training instead
    /// <c>scale</c> (2 x 1), the same where the agreed range is [-1, 1]; while training with momentum <c>memory</c> and <c>steps</c>.
    /// </summary>
    public Blocks<Matrix> Pack(NetworkModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Pack();
    }

    /// <inheritdoc/>
    public NetworkModel Unpack(Schema schema, Blocks<Matrix> parameters)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(parameters);
        var model = NetworkModel.Unpack(ShapeOf(schema), parameters);
        return model.Scale is { } scale ? OnScale(schema, model, scale) : model;
    }

    /// <summary>What was kept for the next step is for whoever takes it.</summary>
    public Blocks<Matrix> Told(Blocks<Matrix> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return parameters.Where(static name => name is not (Memory or Steps));
    }

    /// <summary>
    /// With n all rows, rounded up to a power of two, and W the largest row weight: <c>gradient</c> (parameters x 1), over n, at most W times what <see cref="HiddenBounds"/> finds;
    /// <c>share</c> (1 x 1), the weight of the rows over n; in the first round of a regression also <c>target</c> (2 x 1), sums over n of the target and its square where its range is [-1, 1].
    /// </summary>
    public ImmutableArray<BlockSpec> Layout(Schema schema, NetworkModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(round);
        var weight = LinearRows.Positive(schema.WeightBound);
        BlockSpec gradient = new("gradient", ShapeOf(schema).ParameterCount, 1, LinearRows.Positive(weight * LossFactor * HiddenBounds.OfGradient(this, schema, model))), share = new("share", 1, 1, weight);
        return IsFirstOfRegression(round) ? [gradient, share, new BlockSpec("target", 2, 1, weight)] : [gradient, share];
    }

    /// <summary>Features as they are; targets as probabilities, a column for every output, or on the scale of their agreed range.</summary>
    /// <exception cref="ShardException">A cell or a target cannot be used.</exception>
    public Shard Featurize(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(shard);
        var given = BatchReader.Of(schema, shard, Objective).Targets.ToArray();
        var (centre, half) = IsRegression ? TargetSums.RangeOf(schema) : (0, 1);
        var outputs = ShapeOf(schema).Outputs;
        return shard with
        {
            Targets = Matrix.Create(given.Length, outputs, targets =>
            {
                for (var i = 0; i < targets.Length; i++)
                    targets[i] = Objective == NetworkObjective.OneVsRest ? (given[i / outputs] == i % outputs ? 1 : 0) : (given[i] - centre) / half;
            }),
        };
    }

    /// <inheritdoc/>
    public async ValueTask<(Blocks<T> Contribution, Blocks<T> Local)> ContributeAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> local, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(round);
        var scale = RowScale.Of(round);
        var gradient = await new HiddenPass(Activation, Objective).GradientAsync(math, model, local, cancellationToken);
        var weight = local.Find("weights")?.ColumnSums() ?? math.Public(Matrix.Scalar(local["features"].Rows));
        var contribution = Blocks<T>.Of(
            ("gradient", await math.ScaleAsync(LossFactor * scale, gradient, cancellationToken)), ("share", await math.ScaleAsync(scale, weight, cancellationToken)));
        return (IsFirstOfRegression(round) ? contribution.With("target", await HiddenScale.SumsAsync(math, local, scale, cancellationToken)) : contribution, local);
    }

    /// <inheritdoc/>
    public async ValueTask<Blocks<T>> UpdateAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> total, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        ArgumentNullException.ThrowIfNull(round);
        var perShare = await math.ReciprocalAsync(total["share"], RowScale.Of(round), LargestShare, cancellationToken);
        var parameters = FlatParameters.Of(model);
        if (IsFirstOfRegression(round)) return FlatParameters.ToBlocks(model, parameters).With(Scale, await HiddenScale.OfAsync(math, total["target"], perShare, cancellationToken));
        var rate = await math.ScaleAsync(LearningRate, perShare, cancellationToken);
        if (IsRegression) rate = await math.MultiplyAsync(rate, await math.ReciprocalAsync(model[Scale].Slice(1, 0, 1, 1), HiddenScale.SmallestDeviation / 2, 2, cancellationToken), cancellationToken);
        var step = await math.MultiplyAsync(total["gradient"], rate, cancellationToken);
        if (Alpha > 0) step += await math.ScaleAsync(LearningRate * Alpha / Math.Max(1, round.TotalRows), FlatParameters.Of(WithoutBiases(math, model)), cancellationToken);
        if (Momentum == 0) return After(model, parameters - step);
        var velocity = (model.Find(Memory) is { } before ? await math.ScaleAsync(Momentum, before, cancellationToken) : math.Public(Matrix.Zero(step.Rows, 1))) - step;
        var moved = parameters + (IsNesterov ? await math.ScaleAsync(Momentum, velocity, cancellationToken) - step : velocity);
        return After(model, moved).With(Memory, velocity).With(Steps, math.Public(Matrix.Scalar(round.Index + (IsRegression ? 0 : 1))));
    }

    /// <summary>The blocks that the finished model is read from: parameters and, for a regression, the scale of the target.</summary>
    public ImmutableArray<string> Opened(NetworkModel first)
    {
        ArgumentNullException.ThrowIfNull(first);
        return Told(Pack(first)).Names;
    }

    /// <inheritdoc/>
    public NetworkModel Finish(NetworkModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model with { Memory = null, Scale = null };
    }

    /// <inheritdoc/>
    public Matrix Predict(Schema schema, NetworkModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(features);
        return NetworkPredictions.Of(ShapeOf(schema), model, features);
    }

    /// <summary>Of gradients of a pass: that of squares is of their halves.</summary>
    private double LossFactor => IsRegression ? 2 : 1;

    private bool IsFirstOfRegression(Round round) => IsRegression && round.Index == 0;

    private NetworkShape ShapeOf(Schema schema) => NetworkShape.Of(schema, [Hidden], Activation, Objective);

    private static NetworkModel OnScale(Schema schema, NetworkModel model, TargetScale scale)
    {
        var (centre, half) = TargetSums.RangeOf(schema);
        return model with { Scale = scale, Target = new TargetScale(centre + (half * scale.Mean), half * scale.Deviation) };
    }

    private static Blocks<T> After<T>(Blocks<T> model, T parameters) where T : class, ISecret<T>
    {
        var after = FlatParameters.ToBlocks(model, parameters);
        return model.Find(Scale) is { } scale ? after.With(Scale, scale) : after;
    }

    /// <summary>The layers, with zeros for biases.</summary>
    private static Blocks<T> WithoutBiases<T>(IArithmetic<T> math, Blocks<T> model) where T : class, ISecret<T> =>
        new(model.Names, [.. model.Names.Zip(model.Values, (name, value) => name.StartsWith("biases", StringComparison.Ordinal) ? math.Public(Matrix.Zero(value.Rows, value.Columns)) : value)]);
}
