using Coterie.Core.Arithmetic;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>Applies circuits in another way than by garbling them when they are wanted: notes them, or takes those that were garbled ahead.</summary>
internal interface ICircuitSteps
{
    /// <summary>Shares (rows x outputs) of the function of what the shares <paramref name="values"/> (rows x inputs) stand for.</summary>
    /// <param name="function">The function.</param>
    /// <param name="link">The round's link.</param>
    /// <param name="values">This party's shares.</param>
    /// <param name="marks">Takes exclusive-or shares of whether results are not 0, where these are wanted.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask<RingMatrix> ApplyAsync(GarbledFunction function, TwoPartyLink link, RingMatrix values, ulong[]? marks, CancellationToken cancellationToken);
}
