using Coterie.Core.Arithmetic;
using Coterie.Cryptography.GarbledCircuits;
using Coterie.Cryptography.ObliviousTransfer;
using Coterie.Privacy.TwoParty;
using Coterie.Privacy.TwoParty.Preparing;

namespace Coterie.Privacy.Traffic;

/// <summary>What a round's steps between two parties send: as ever, ahead of the round, and in the round where they are prepared. Nothing is computed.</summary>
/// <param name="products">How the two multiply.</param>
internal sealed class PhaseTally(ICrossProducts products) : ICircuitSteps, ICrossProducts
{
    private const int NonceLength = 16;

    private readonly TwoPartyTally _plain = new(), _ahead = new(), _later = new();

    /// <summary>Unprepared, the link's beginning included.</summary>
    public (long First, long Second) Plain => (_plain.First + Garbler.StartLength, _plain.Second);

    /// <summary>Ahead of the round.</summary>
    public (long First, long Second) Ahead => (_ahead.First + Garbler.StartLength, _ahead.Second + NonceLength);

    /// <summary>In the round, where it is prepared.</summary>
    public (long First, long Second) Later => (_later.First + Garbler.StartLength + PreparedAnswer.NameLength, _later.Second + 1);

    /// <summary>What steps count on.</summary>
    public TwoPartyLink Link() => TwoPartyLink.Noting(this, new TwoPartyFormat(IsFirst: true));

    /// <summary>Adds steps that were counted apart.</summary>
    public void Add(PhaseTally steps)
    {
        foreach (var (mine, theirs) in ((TwoPartyTally, TwoPartyTally)[])[(_plain, steps._plain), (_ahead, steps._ahead), (_later, steps._later)])
        {
            mine.Add(ValueHolder.First, theirs.First);
            mine.Add(ValueHolder.Second, theirs.Second);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<RingMatrix> ApplyAsync(GarbledFunction function, TwoPartyLink link, RingMatrix values, ulong[]? marks, CancellationToken cancellationToken)
    {
        foreach (var (_, _, rows) in function.Parts(values.Rows))
        {
            _ahead.Add(ValueHolder.Second, ExtensionReceiver.MessageBytes(rows * function.Circuit.EvaluatorInputs));
            _ahead.Add(ValueHolder.First, PreparedCircuit.GarbledBytes(function, rows));
            _later.Add(ValueHolder.Second, PreparedCircuit.DifferenceBytes(function, rows));
            _later.Add(ValueHolder.First, function.LabelBytes(rows));
        }
        using var plain = TwoPartyLink.Counting(_plain);
        return await function.ApplyAsync(plain, values, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<RingMatrix[]> ShareAsync(TwoPartyLink link, IReadOnlyList<CrossProduct> factors, CancellationToken cancellationToken)
    {
        if (products.IsPreparable(factors))
        {
            using var ahead = TwoPartyLink.Counting(_ahead);
            await ProductsByTransfers.Instance.ShareAsync(ahead, [.. factors.Select(PreparedProducts.Wide)], cancellationToken);
            foreach (var product in factors)
            {
                _later.Add(product.LeftHolder, PreparedProducts.DifferenceBytes(product, isLeft: true));
                _later.Add(product.RightHolder, PreparedProducts.DifferenceBytes(product, isLeft: false));
            }
        }
        else
        {
            using var later = TwoPartyLink.Counting(_later);
            await products.ShareAsync(later, factors, cancellationToken);
        }
        using var plain = TwoPartyLink.Counting(_plain);
        return await products.ShareAsync(plain, factors, cancellationToken);
    }
}
