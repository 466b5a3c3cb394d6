using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Cryptography.ObliviousTransfer;
using Coterie.Privacy.EncryptedData;
using Coterie.Privacy.SecretSharing;
using Coterie.Privacy.Sums;
using Coterie.Privacy.TwoParty;
using Coterie.Privacy.TwoParty.Preparing;

namespace Coterie.Privacy.Traffic;

/// <summary>What training on shares of rows sends: by running the learner, round after round, on a link that sends nothing. Participants with more rows send more: a participant's figure is the mean.</summary>
internal sealed class EncryptedDataTraffic<TModel> where TModel : class
{
    private readonly IHiddenLearner<TModel> _learner;
    private readonly SharedForms<TModel> _forms;
    private readonly ArrivedShares[] _rows;
    private readonly List<(TrafficEstimate Plain, PreparedTraffic Prepared)> _rounds = [];
    private readonly Dictionary<string, (PhaseTally Steps, Blocks<TwoPartyMatrix> Total)> _contributions = [];
    private Blocks<TwoPartyMatrix> _model;

    /// <exception cref="ShardException">Sums over all rows have no room.</exception>
    public EncryptedDataTraffic(IHiddenLearner<TModel> learner, Schema schema, Round round, IReadOnlyList<Shard> shards)
    {
        (_learner, _forms) = (learner, new SharedForms<TModel>(learner, schema, round));
        _forms.RequireRoom();
        _rows = [.. shards.Select(s => RowShapes.Of(learner.Featurize(schema, s))).Select(r => new ArrivedShares(default, r, _forms.Of(r), new ulong[_forms.Of(r).Length]))];
        var first = learner.Initialize(schema, round.Seed);
        _model = learner.Pack(first).Select(m => TwoPartyMatrix.Known(Format, ValueHolder.Both, m.Rows, m.Columns, m));
        End = new TrafficEstimate(0, 0)
        {
            Helper = VectorStream.BytesOf(learner.Opened(first).Sum(name => learner.Pack(first)[name].Values.Length)),
            Messages = new(0, 0, 1),
            Chain = MessageChain.Of(ChainParty.Helper, ChainParty.Coordinator),
        };
    }

    private static TwoPartyFormat Format { get; } = new(IsFirst: true);

    private int Participants => _rows.Length;

    /// <summary>Shares from every participant to both, base transfers between the two, who is in, and that nothing is prepared.</summary>
    public TrafficEstimate Beginning
    {
        get
        {
            var set = MessageSizes.Set(Participants);
            var shares = _rows.Sum(r => 2 * (RowShapes.Length + VectorStream.BytesOf((int)r.Form.Length)));
            // Of two messages each to both, one is as late as the other.
            var arriving = MessageChain.Of(ChainParty.Helper, ChainParty.Coordinator).Sent(ChainParty.Coordinator, ChainParty.Helper).Sent(ChainParty.Helper, ChainParty.Coordinator)
                .Sent(ChainParty.Participants, ChainParty.Coordinator).Sent(ChainParty.Participants, ChainParty.Helper)
                .Sent(ChainParty.Helper, ChainParty.Coordinator).Sent(ChainParty.Coordinator, ChainParty.Helper).Sent(ChainParty.Coordinator, ChainParty.Helper);
            return new(shares / Participants, BaseTransferReceiver.ReplyBytes + PreparationOrder.NoneLength + set) { Messages = new(4, 3, 3), Chain = arriving, Helper = BaseTransferSender.OfferBytes + ReversedSeeds.MessageBytes + set + (Participants * (long)MessageSizes.Bytes(RowShapes.Length)) };
        }
    }

    /// <summary>The helper's shares of the final model.</summary>
    public TrafficEstimate End { get; }

    /// <summary>What preparing takes besides: that all is ready.</summary>
    public static TrafficEstimate AheadOnce => new(0, 0) { Helper = sizeof(long), Messages = new(0, 0, 1), Chain = MessageChain.Of(ChainParty.Helper, ChainParty.Coordinator) };

    /// <summary>One round between the two.</summary>
    /// <param name="round">The round.</param>
    /// <param name="layout">What tells rounds of different shapes apart.</param>
    public TrafficEstimate Round(Round round, ImmutableArray<BlockSpec> layout) => Count(round, layout).Plain;

    /// <summary>The same, prepared.</summary>
    /// <inheritdoc cref="Round" path="/param"/>
    public PreparedTraffic Prepared(Round round, ImmutableArray<BlockSpec> layout) => Count(round, layout).Prepared;

    private (TrafficEstimate Plain, PreparedTraffic Prepared) Count(Round round, ImmutableArray<BlockSpec> layout)
    {
        // Where contributions are the same in every round there is one.
        if (_forms.IsContribution && round.Index > 0) return (default, new PreparedTraffic(default, default));
        while (_rounds.Count <= round.Index) _rounds.Add(Next(round with { Index = _rounds.Count }, layout));
        return _rounds[round.Index];
    }

    private (TrafficEstimate Plain, PreparedTraffic Prepared) Next(Round round, ImmutableArray<BlockSpec> layout)
    {
        var shapes = string.Join(' ', layout.Select(b => FormattableString.Invariant($"{b.Name} {b.Rows} {b.Columns}")).Concat(_model.Values.Select(v => FormattableString.Invariant($"{v.Holder} {v.Rows} {v.Columns} {v.FractionBits}"))));
        // What rows contribute costs most to count, and is the same for models of the same shapes.
        if (!_contributions.TryGetValue(shapes, out var counted))
        {
            var steps = new PhaseTally(ProductsByTransfers.Instance, ChainParty.Helper);
            steps.Begin();
            using var apart = steps.Link();
            var sum = SharedRound.SumAsync(_learner, new RefinedArithmetic(new TwoPartyArithmetic(apart, steps)), SharedData.Of(_rows, Format), _model, round, _forms.IsContribution, CancellationToken.None);
            _contributions[shapes] = counted = (steps, AtOnce.Of(new ValueTask<Blocks<TwoPartyMatrix>>(sum)));
        }
        var tally = new PhaseTally(ProductsByTransfers.Instance, ChainParty.Helper);
        tally.Add(counted.Steps);
        using var link = tally.Link();
        _model = AtOnce.Of(_learner.UpdateAsync(new RefinedArithmetic(new TwoPartyArithmetic(link, tally)), _model, counted.Total, round, CancellationToken.None));
        return (Estimate(tally.Plain), new PreparedTraffic(Estimate(tally.Ahead), Estimate(tally.Later)));
    }

    private static TrafficEstimate Estimate(TwoPartyTally tally) => new(0, tally.First) { Helper = tally.Second, Messages = new(0, tally.FirstMessages, tally.SecondMessages), Chain = tally.Chain };
}
