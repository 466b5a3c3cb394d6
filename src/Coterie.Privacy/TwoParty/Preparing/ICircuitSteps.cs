using Coterie.Core.Arithmetic;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>Applies circuits in another way than by garbling them when they are wanted: notes them, or takes those that were garbled ahead.</summary>
internal interface ICircuitSteps
{
    /// <summary>Shares (rows x outputs) of the function of what the shares <paramref name="values"/> (rows x inputs) stand for.</summary>
    ValueTask<RingMatrix> ApplyAsync(GarbledFunction function, TwoPartyLink link, RingMatrix values, CancellationToken cancellationToken);
}
