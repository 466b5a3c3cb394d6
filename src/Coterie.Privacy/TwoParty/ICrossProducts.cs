using Coterie.Core.Arithmetic;

namespace Coterie.Privacy.TwoParty;

/// <summary>
/// How products of what one party holds with what the other holds become shares. Both parties of a link multiply in the same way; whichever it is, each is left with uniform numbers.
/// </summary>
internal interface ICrossProducts
{
    /// <summary>This party's shares of several products, in one round trip; the products are the same, in the same order, at both.</summary>
    /// <exception cref="Core.Parties.ProtocolException">The other party sent what is no message of this step.</exception>
    ValueTask<RingMatrix[]> ShareAsync(TwoPartyLink link, IReadOnlyList<CrossProduct> products, CancellationToken cancellationToken);

    /// <summary>Whether what does not depend on the factors of a step can be done ahead; where it cannot, the step runs as ever.</summary>
    bool IsPreparable(IReadOnlyList<CrossProduct> products) => true;
}
