using Coterie.Core.Arithmetic;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>
/// Notes the steps of a round by running it on shapes: the same at both parties, as steps depend on shapes alone. Nothing is sent and every share is zero.
/// </summary>
/// <param name="isPrepared">Which products are prepared; null: all.</param>
internal sealed class StepNotes(Func<IReadOnlyList<CrossProduct>, bool>? isPrepared = null) : ICircuitSteps, ICrossProducts
{
    private readonly List<PreparedStep> _steps = [];

    /// <summary>The steps so far, in their order.</summary>
    public IReadOnlyList<PreparedStep> Steps => _steps;

    /// <inheritdoc/>
    public ValueTask<RingMatrix> ApplyAsync(GarbledFunction function, TwoPartyLink link, RingMatrix values, ulong[]? marks, CancellationToken cancellationToken)
    {
        _steps.Add(new CircuitStep(function, values.Rows));
        return new(new RingMatrix(values.Rows, function.Outputs, new ulong[values.Rows * function.Outputs]));
    }

    /// <inheritdoc/>
    public ValueTask<RingMatrix[]> ShareAsync(TwoPartyLink link, IReadOnlyList<CrossProduct> products, CancellationToken cancellationToken)
    {
        if (isPrepared is null || isPrepared(products)) _steps.Add(ProductStep.Of(products));
        return new([.. products.Select(p => new RingMatrix(p.Shape.Rows, p.Shape.Columns, new ulong[p.Shape.Rows * p.Shape.Columns]))]);
    }
}
