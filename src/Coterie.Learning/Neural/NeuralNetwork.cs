using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Neural;

/// <summary>
/// A network of dense layers, trained by averaging what participants send: the change of the weights after passes over their own rows, or one gradient.
/// <list type="bullet">
/// <item>Every row's loss is <see cref="NetworkObjective"/>'s; a batch of m rows costs their weighted mean and alpha / (2 m) times the squared weights, biases excepted.</item>
/// <item>A participant's change or mean gradient is cut to the length <see cref="NormBound"/> and weighted by its rows.</item>
/// <item>Participants keep nothing between rounds but what rounding took (<see cref="ErrorFeedback"/>): moments of local optimisers start anew in every round,
/// moments of central steps are part of the model until training ends, order and rounding are drawn from the run's seed. A participant that restarts sends the same.</item>
/// <item>With squared loss the first round finds mean and deviation of the target over all rows; the network learns the standardised target.</item>
/// </list>
/// </summary>
public sealed record NeuralNetwork : ILearner<NetworkModel>
{
    /// <summary>Rounds for batches of all rows together: how many a pass has is known only with the rows, and <see cref="Update"/> says when the last is done.</summary>
    private const int ManyRounds = 100_000;

    /// <summary>Widths of the hidden layers, from the features on; empty: none.</summary>
    public ImmutableArray<int> Hidden { get; init; } = [16];

    /// <summary>Of the hidden layers.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>What is predicted.</summary>
    public NetworkObjective Objective { get; init; } = NetworkObjective.Squared;

    /// <summary>What participants send.</summary>
    public FederatedScheme Scheme { get; init; } = FederatedScheme.FedAvg;

    /// <summary>Of local steps; without effect in <see cref="FederatedScheme.FedSgd"/>.</summary>
    public LocalOptimizer Optimizer { get; init; } = LocalOptimizer.Adam;

    /// <summary>Length of steps, local ones or, in <see cref="FederatedScheme.FedSgd"/>, central ones; above 0.</summary>
    public double LearningRate { get; init; } = 0.001;

    /// <summary>How much of a plain step carries over to the next, in [0, 1).</summary>
    public double Momentum { get; init; }

    /// <summary>Whether momentum looks ahead.</summary>
    public bool IsNesterov { get; init; }

    /// <summary>Rows of a local batch, or in <see cref="FederatedScheme.FedSgd"/> of all participants together in a round; 0: all.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Passes over all rows in the whole run, from 1.</summary>
    public int Epochs { get; init; } = 60;

    /// <summary>Passes over the own rows in a round, from 1; without effect in <see cref="FederatedScheme.FedSgd"/>.</summary>
    public int LocalEpochs { get; init; } = 1;

    /// <summary>Strength of the penalty, not negative.</summary>
    public double Alpha { get; init; } = 1e-4;

    /// <summary>mu: <see cref="FederatedScheme.FedProx"/> adds mu / 2 times the squared distance from the common weights to every batch.</summary>
    public double Proximal { get; init; } = 0.01;

    /// <summary>How the common weights move.</summary>
    public ServerOptimizer ServerOptimizer { get; init; } = ServerOptimizer.None;

    /// <summary>Length of central steps; null: the learning rate for gradients, 1 for plain averages, 0.01 for averages through Adam.</summary>
    public double? ServerLearningRate { get; init; }

    /// <summary>What changes and mean gradients are cut to, public; positive.</summary>
    public double NormBound { get; init; } = 10;

    /// <summary>How contributions are made shorter.</summary>
    public UpdateCompression Compression { get; init; } = UpdateCompression.None;

    /// <summary>Bits of a participant's number, 2 to 16; compressed contributions only.</summary>
    public int CompressionBits { get; init; } = 8;

    /// <summary>Whether what rounding took from a participant's vector is added to its next one; compressed contributions only.</summary>
    public bool ErrorFeedback { get; init; } = true;

    /// <inheritdoc/>
    public string Name => "neural-network";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant(
        $"{Name} hidden={string.Join('-', Hidden)} activation={Activation} objective={Objective} scheme={Scheme} optimizer={Optimizer} rate={LearningRate:R} momentum={Momentum:R} nesterov={IsNesterov} batch={BatchSize} epochs={Epochs} local-epochs={LocalEpochs} alpha={Alpha:R} mu={Proximal:R} server={ServerOptimizer} server-rate={ServerLearningRate:R} norm={NormBound:R} compression={Compression} bits={CompressionBits} feedback={ErrorFeedback}");

    /// <inheritdoc/>
    public LearningTask Task => Objective switch
    {
        NetworkObjective.Squared => LearningTask.Regression,
        NetworkObjective.Logistic => LearningTask.BinaryClassification,
        _ => LearningTask.MulticlassClassification,
    };

    /// <summary>
    /// All passes: by averaging ceil(epochs / local epochs) rounds, by whole gradients one a pass, by gradients of batches as many as the rows ask for, at most
    /// 100000; one more for the target of a regression.
    /// </summary>
    public StopRule DefaultStop => new(
        Preliminary + (Scheme != FederatedScheme.FedSgd ? (Epochs + LocalEpochs - 1) / LocalEpochs : BatchSize == 0 ? Epochs : ManyRounds), null);

    /// <inheritdoc/>
    public bool ToleratesSampling => true;

    /// <inheritdoc/>
    public bool Remembers => Compression != UpdateCompression.None && ErrorFeedback;

    /// <inheritdoc/>
    public ContributionCompression? CompressionAmong(int participants) => Compression == UpdateCompression.None
        ? null
        : new(this with { Compression = UpdateCompression.None }, QuantizerOf(1, participants).ErrorAt(RangeOf(participants, participants)), ErrorFeedback);

    /// <summary>Rounds before training.</summary>
    private int Preliminary => Objective == NetworkObjective.Squared ? 1 : 0;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The target is not what the objective needs.</exception>
    public NetworkModel Initialize(Schema schema, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var shape = ShapeOf(schema);
        return new NetworkModel(NetworkModel.LayersOf(shape, shape.Draw(seed)));
    }

    /// <summary>
    /// <c>weights_l</c> (inputs x outputs) and <c>biases_l</c> (1 x outputs) for every layer l from 1; <c>target</c> (2 x 1) for a regression; while training
    /// also <c>memory</c> and <c>steps</c> of central steps and <c>range</c> of compression.
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
        return NetworkModel.Unpack(ShapeOf(schema), parameters);
    }

    /// <summary>
    /// With W the largest row weight: in the first round of a regression <c>target</c> (2 x 1), means of the target and its square on a scale on which its range
    /// is [-1, 1], at most W. Then <c>change</c> or <c>gradient</c> (parameters x 1), a cut vector times the shard's share, at most W times the norm bound; or,
    /// once a round has told how long such vectors are, <c>packed</c>, whole numbers. <c>size</c> (1 x 1, with compression) is the fourth power of that
    /// vector's length; <c>share</c> (1 x 1) the weight of the rows over n, all rows rounded up to a power of two.
    /// </summary>
    public ImmutableArray<BlockSpec> Layout(Schema schema, NetworkModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(round);
        var weight = LinearRows.Positive(schema.WeightBound);
        var share = new BlockSpec("share", 1, 1, weight);
        if (IsPreliminary(round)) return [new BlockSpec("target", 2, 1, weight), share];
        var longest = LongestOf(schema);
        var size = new BlockSpec("size", 1, 1, longest * longest * longest * longest);
        var parameters = ShapeOf(schema).ParameterCount;
        if (IsPacked(round))
        {
            var quantizer = QuantizerOf(parameters, round.Participants);
            return [new BlockSpec("packed", quantizer.Entries, 1, quantizer.Bound), share, size];
        }
        var whole = new BlockSpec(Scheme == FederatedScheme.FedSgd ? "gradient" : "change", parameters, 1, longest);
        return Compression == UpdateCompression.None ? [whole, share] : [whole, share, size];
    }

    /// <inheritdoc/>
    /// <exception cref="ShardException">A cell or a target cannot be used.</exception>
    public ILocal<NetworkModel> Open(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(shard);
        return new NetworkLocal(this, ShapeOf(schema), schema, shard);
    }

    /// <inheritdoc/>
    public Step<NetworkModel> Update(Schema schema, NetworkModel model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        ArgumentNullException.ThrowIfNull(round);
        var share = total["share"][0, 0];
        if (IsPreliminary(round))
            return share > 0 ? new(model with { Target = TargetSums.ScaleOf(schema, total["target"], share) }, Done: false, Change: 1) : new(model, Done: true, 0);
        var isLast = RoundOfTraining(round) + 1 >= TrainingRounds(round);
        if (!(share > 0)) return new(model, isLast, Change: isLast ? 0 : 1);
        var shape = ShapeOf(schema);
        var sum = IsPacked(round)
            ? QuantizerOf(shape.ParameterCount, round.Participants).Unpack(total["packed"].Values, model.Range ?? LongestOf(schema), round.Seed, round.Index)
            : total[Scheme == FederatedScheme.FedSgd ? "gradient" : "change"].ToArray();
        var next = new CentralStep(this, shape).Move(model, sum, share, RowsOfBatch(round));
        if (total.Find("size") is { } size) next = next with { Range = RangeOf(size[0, 0], round.Participants) };
        return new(next, isLast, NewtonStep.RelativeChange(Matrix.Column(model.ToVector()), Matrix.Column(next.ToVector())));
    }

    /// <inheritdoc/>
    public NetworkModel Finish(NetworkModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model with { Memory = null, Range = null };
    }

    /// <inheritdoc/>
    public Matrix Predict(Schema schema, NetworkModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(features);
        return NetworkPredictions.Of(ShapeOf(schema), model, features);
    }

    /// <summary>Settings are equal where their terms are, which name them all.</summary>
    public bool Equals(NeuralNetwork? other) => other is not null && Terms == other.Terms;

    /// <inheritdoc/>
    public override int GetHashCode() => Terms.GetHashCode(StringComparison.Ordinal);

    /// <summary>How much longer a vector may be than those of the round before, where what the grid cuts is lost.</summary>
    private const double RangeSlack = 1.25;

    /// <summary>
    /// The length grids are made for, from the sum of the fourth powers of lengths: no participant's was greater. With feedback their fourth-power mean, for
    /// steps may then be too short but not too long: what a longer vector has beyond the grid is sent later, what is below half a step waits.
    /// </summary>
    private double RangeOf(double size, int participants) =>
        ErrorFeedback ? Math.Sqrt(Math.Sqrt(Math.Max(0, size) / participants)) : RangeSlack * Math.Sqrt(Math.Sqrt(Math.Max(0, size)));

    internal NetworkShape ShapeOf(Schema schema) => NetworkShape.Of(schema, Hidden, Activation, Objective);

    /// <summary>Whether the round finds the scale of the target.</summary>
    internal bool IsPreliminary(Round round) => round.Index < Preliminary;

    /// <summary>Whether contributions are packed: in every round of training but the first, which tells how long they are.</summary>
    internal bool IsPacked(Round round) => Compression != UpdateCompression.None && round.Index > Preliminary;

    /// <summary>What no weighted contribution exceeds in length.</summary>
    internal double LongestOf(Schema schema) => LinearRows.Positive(schema.WeightBound) * NormBound;

    internal PackedQuantizer QuantizerOf(int parameters, int participants) => new(parameters, CompressionBits, participants) { HasFeedback = ErrorFeedback };

    internal int RoundOfTraining(Round round) => Math.Max(0, round.Index - Preliminary);

    /// <summary>Rounds in which gradients have seen every row once.</summary>
    internal long RoundsPerPass(Round round) => BatchSize == 0 ? 1 : Math.Max(1, (round.TotalRows + BatchSize - 1) / BatchSize);

    /// <summary>Passes in this round: the last round has what is left.</summary>
    internal int PassesIn(Round round) => Math.Clamp(Epochs - (RoundOfTraining(round) * LocalEpochs), 0, LocalEpochs);

    private long TrainingRounds(Round round) => Scheme == FederatedScheme.FedSgd ? Epochs * RoundsPerPass(round) : (Epochs + LocalEpochs - 1) / LocalEpochs;

    private double RowsOfBatch(Round round) => Math.Max(1, (double)round.TotalRows / RoundsPerPass(round));
}
