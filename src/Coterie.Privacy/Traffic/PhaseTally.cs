using Coterie.Core.Arithmetic;
using Coterie.Cryptography.GarbledCircuits;
using Coterie.Cryptography.ObliviousTransfer;
using Coterie.Privacy.TwoParty;
using Coterie.Privacy.TwoParty.Preparing;

namespace Coterie.Privacy.Traffic;

/// <summary>What a round's steps between two parties send: as ever, ahead of the round, and in the round where they are prepared. Nothing is computed.</summary>
/// <param name="products">How the two multiply.</param>
/// <param name="second">Who the second party is.</param>
internal sealed class PhaseTally(ICrossProducts products, ChainParty second) : ICircuitSteps, ICrossProducts
{
    private const int NonceLength = 16;

    /// <summary>Unprepared.</summary>
    public TwoPartyTally Plain { get; } = new(second);

    /// <summary>Ahead of the round.</summary>
    public TwoPartyTally Ahead { get; } = new(second);

    /// <summary>In the round, where it is prepared.</summary>
    public TwoPartyTally Later { get; } = new(second);

    /// <summary>The link's beginning, before all steps.</summary>
    public void Begin()
    {
        Plain.Add(ValueHolder.First, Garbler.StartLength);
        Ahead.Add(ValueHolder.First, Garbler.StartLength);
        Ahead.Add(ValueHolder.Second, NonceLength);
        Later.Add(ValueHolder.First, Garbler.StartLength + PreparedAnswer.NameLength);
        Later.Add(ValueHolder.Second, 1);
    }

    /// <summary>What steps count on.</summary>
    public TwoPartyLink Link() => TwoPartyLink.Noting(this, new TwoPartyFormat(IsFirst: true));

    /// <summary>Adds steps that were counted apart, after these.</summary>
    public void Add(PhaseTally next)
    {
        Plain.Add(next.Plain);
        Ahead.Add(next.Ahead);
        Later.Add(next.Later);
    }

    /// <inheritdoc/>
    public async ValueTask<RingMatrix> ApplyAsync(GarbledFunction function, TwoPartyLink link, RingMatrix values, ulong[]? marks, CancellationToken cancellationToken)
    {
        foreach (var (_, _, rows) in function.Parts(values.Rows))
        {
            Ahead.Add(ValueHolder.Second, ExtensionReceiver.MessageBytes(rows * function.Circuit.EvaluatorInputs));
            Ahead.Add(ValueHolder.First, PreparedCircuit.GarbledBytes(function, rows));
            Later.Add(ValueHolder.Second, PreparedCircuit.DifferenceBytes(function, rows));
            Later.Add(ValueHolder.First, function.LabelBytes(rows));
        }
        using var plain = TwoPartyLink.Counting(Plain);
        return await function.ApplyAsync(plain, values, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<RingMatrix[]> ShareAsync(TwoPartyLink link, IReadOnlyList<CrossProduct> factors, CancellationToken cancellationToken)
    {
        if (products.IsPreparable(factors))
        {
            using var ahead = TwoPartyLink.Counting(Ahead);
            await ProductsByTransfers.Instance.ShareAsync(ahead, [.. factors.Select(PreparedProducts.Wide)], cancellationToken);
            // Both send all that they have before either reads.
            var sent = factors.SelectMany(p => new[] { (p.LeftHolder, Later.Send(p.LeftHolder, PreparedProducts.DifferenceBytes(p, isLeft: true))), (p.RightHolder, Later.Send(p.RightHolder, PreparedProducts.DifferenceBytes(p, isLeft: false))) }).ToArray();
            foreach (var (sender, depth) in sent) Later.Receive(sender, depth);
        }
        else
        {
            using var later = TwoPartyLink.Counting(Later);
            await products.ShareAsync(later, factors, cancellationToken);
        }
        using var plain = TwoPartyLink.Counting(Plain);
        return await products.ShareAsync(plain, factors, cancellationToken);
    }
}
