using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Cryptography.GarbledCircuits;
using Coterie.Cryptography.ObliviousTransfer;
using Coterie.Privacy.SecretSharing;
using Coterie.Privacy.TwoParty;

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
    private readonly Dictionary<string, TrafficEstimate> _known = [];

    private int Participants => _rows.Length;

    /// <summary>Base transfers with every participant, from which transfers come in both directions, and how many rows it has.</summary>
    public TrafficEstimate Beginning => TrafficEstimate.FromEach(BaseTransferSender.OfferBytes) + TrafficEstimate.ToEach(Participants, BaseTransferReceiver.ReplyBytes)
        + (TrafficEstimate.FromEach(ReversedSeeds.MessageBytes + RowShapes.Length) with { Messages = new(2, 0) });

    /// <summary>That training goes on, at a model of the first one's shapes.</summary>
    public TrafficEstimate Told { get; } = TrafficEstimate.ToEach(shards.Count, ToldShapes.Of(told).ToBytes().Length);

    /// <summary>That it has ended.</summary>
    public TrafficEstimate End { get; } = TrafficEstimate.ToEach(shards.Count, ToldShapes.End.ToBytes().Length);

    /// <summary>Shares of all contributions to a round, by running the learner on nothing.</summary>
    /// <param name="round">The round.</param>
    /// <param name="layout">What tells rounds of different shapes apart.</param>
    public TrafficEstimate Shares(Round round, IEnumerable<BlockSpec> layout)
    {
        var key = $"{round.Index == 0} {string.Join(' ', layout.Select(b => FormattableString.Invariant($"{b.Name} {b.Rows} {b.Columns}")))}";
        if (_known.TryGetValue(key, out var known)) return known;
        long first = 0, second = 0, firstMessages = 0, secondMessages = 0;
        MessageChain chain = default;
        foreach (var group in _rows.GroupBy(r => r))
        {
            var tally = new TwoPartyTally(ChainParty.Participants);
            tally.Add(ValueHolder.First, Garbler.StartLength);
            using var link = TwoPartyLink.Counting(tally);
            var math = new TwoPartyArithmetic(link, products);
            var local = AtOnce.Of(learner.PrepareAsync(math, group.Key.Unseen(math), CancellationToken.None));
            var model = told.Select(m => math.Known(ValueHolder.First, m.Rows, m.Columns, m));
            AtOnce.Of(learner.ContributeAsync(math, model, local, round, CancellationToken.None));
            first += group.Count() * tally.First;
            second += group.Count() * tally.Second;
            firstMessages += group.Count() * tally.FirstMessages;
            secondMessages += group.Count() * tally.SecondMessages;
            chain = chain.Beside(tally.Chain);
        }
        return _known[key] = new TrafficEstimate(second / Participants, first) { Messages = new(secondMessages / Participants, firstMessages), Chain = chain };
    }
}
