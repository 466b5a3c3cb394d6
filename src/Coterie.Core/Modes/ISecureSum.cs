using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;

namespace Coterie.Core.Modes;

/// <summary>The only thing a mode of tier A implements: adding what participants contribute.</summary>
public interface ISecureSum
{
    /// <summary>
    /// Every party calls it with the same request; <paramref name="mine"/> is this party's contribution, null at parties without rows.
    /// </summary>
    /// <exception cref="ProtocolException">Too few participants are left, or a party broke the protocol.</exception>
    ValueTask<SumOutcome> SumAsync(Session session, SumRequest request, Blocks<Matrix>? mine, CancellationToken cancellationToken);
}
