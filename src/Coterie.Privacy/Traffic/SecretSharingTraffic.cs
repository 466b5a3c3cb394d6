using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Cryptography.ObliviousTransfer;
using Coterie.Privacy.SecretSharing;
using Coterie.Privacy.TwoParty;
using Coterie.Privacy.TwoParty.Preparing;

namespace Coterie.Privacy.Traffic;

/// <summary>What training on shares sends besides a secure sum's messages. Participants with more rows send more: a participant's figure is the mean.</summary>
/// <param name="learner">What is trained.</param>
/// <param name="schema">The agreed schema.</param>
/// <param name="told">The model, of which shapes are told.</param>
/// <param name="shards">Every participant's rows.</param>
/// <param name="products">How two parties multiply.</param>
internal sealed class SecretSharingTraffic<TModel>(IHiddenLearner<TModel> learner, Schema schema, Blocks<Matrix> told, IReadOnlyList<Shard> shards, ICrossProducts products)
    where TModel : class
{
    private readonly RowShapes[] _rows = [.. shards.Select(s => RowShapes.Of(learner.Featurize(schema, s)))];
    private readonly Dictionary<string, (TrafficEstimate Plain, PreparedTraffic Prepared)> _known = [];

    private int Participants => _rows.Length;

    /// <summary>Base transfers with every participant, from which transfers come in both directions, how many rows it has, and that nothing is prepared.</summary>
    public TrafficEstimate Beginning => TrafficEstimate.FromEach(BaseTransferSender.OfferBytes) + TrafficEstimate.ToEach(Participants, BaseTransferReceiver.ReplyBytes)
        + (TrafficEstimate.FromEach(ReversedSeeds.MessageBytes + RowShapes.Length) with { Messages = new(2, 0) })
        + TrafficEstimate.ToEach(Participants, PreparationOrder.NoneLength);

    /// <summary>That training goes on, at a model of the first one's shapes.</summary>
    public TrafficEstimate Told { get; } = TrafficEstimate.ToEach(shards.Count, ToldShapes.Of(told).ToBytes().Length);

    /// <summary>That it has ended.</summary>
    public TrafficEstimate End { get; } = TrafficEstimate.ToEach(shards.Count, ToldShapes.End.ToBytes().Length);

    /// <summary>What preparing takes besides: the model's shapes, and that all is ready.</summary>
    public TrafficEstimate AheadOnce { get; } = TrafficEstimate.FromEach(sizeof(long)) + new TrafficEstimate(0, shards.Count * (long)ToldShapes.Of(told).ToBytes().Length);

    /// <summary>Shares of all contributions to a round, by running the learner on nothing.</summary>
    /// <param name="round">The round.</param>
    /// <param name="layout">What tells rounds of different shapes apart.</param>
    public TrafficEstimate Shares(Round round, IEnumerable<BlockSpec> layout) => Count(round, layout).Plain;

    /// <summary>The same, prepared.</summary>
    /// <inheritdoc cref="Shares" path="/param"/>
    public PreparedTraffic Prepared(Round round, IEnumerable<BlockSpec> layout) => Count(round, layout).Prepared;

    private (TrafficEstimate Plain, PreparedTraffic Prepared) Count(Round round, IEnumerable<BlockSpec> layout)
    {
        var key = $"{round.Index == 0} {string.Join(' ', layout.Select(b => FormattableString.Invariant($"{b.Name} {b.Rows} {b.Columns}")))}";
        if (_known.TryGetValue(key, out var known)) return known;
        var groups = _rows.GroupBy(r => r).Select(group =>
        {
            var tally = new PhaseTally(products, ChainParty.Participants);
            tally.Begin();
            using var link = tally.Link();
            var math = new TwoPartyArithmetic(link, tally);
            var local = AtOnce.Of(learner.PrepareAsync(math, group.Key.Unseen(math), CancellationToken.None));
            var model = told.Select(m => math.Known(ValueHolder.First, m.Rows, m.Columns, m));
            AtOnce.Of(learner.ContributeAsync(math, model, local, round, CancellationToken.None));
            return (Tally: tally, Count: group.Count());
        }).ToArray();
        TrafficEstimate Of(Func<PhaseTally, TwoPartyTally> phase) => Estimate([.. groups.Select(g => (phase(g.Tally), g.Count))]);
        return _known[key] = (Of(t => t.Plain), new PreparedTraffic(Of(t => t.Ahead), Of(t => t.Later)));
    }

    /// <summary>Participants of so many kinds, side by side.</summary>
    private TrafficEstimate Estimate((TwoPartyTally Tally, int Count)[] groups)
    {
        long Sum(Func<TwoPartyTally, long> of) => groups.Sum(g => of(g.Tally) * g.Count);
        MessageChain chain = default;
        foreach (var (tally, _) in groups) chain = chain.Beside(tally.Chain);
        return new TrafficEstimate(Sum(t => t.Second) / Participants, Sum(t => t.First)) { Messages = new(Sum(t => t.SecondMessages) / Participants, Sum(t => t.FirstMessages)), Chain = chain };
    }
}
