namespace Coterie.Cryptography.SecureAggregation;

/// <summary>The search behind <see cref="AggregationParameters.Compute"/>.</summary>
internal sealed class ParameterSearch(
    int participants, int corrupt, int dropped, int privacyBits, int completionBits, AggregationAdversary adversary)
{
    private readonly Hypergeometric _tails = new(participants);
    private readonly double _log2Participants = Math.Log2(participants);

    /// <summary>The smallest degree that has a threshold, with its smallest threshold; null when there is none.</summary>
    public AggregationParameters? Smallest()
    {
        for (var k = 1; k < participants; k++)
        {
            if (AggregationGraph.FeasibleDegree(participants, k) != k || !StaysConnected(k)) continue;
            if (SmallestPrivateThreshold(k) is { } t && Completes(k, t)) return new AggregationParameters(k, t);
        }
        return null;
    }

    /// <summary>Condition (ii). The complete graph needs none.</summary>
    private bool StaysConnected(int k) =>
        k == participants - 1
        || _log2Participants + (k / 2 * Math.Log2((double)(corrupt + dropped) / participants)) <= -privacyBits;

    /// <summary>Condition (iii): fewer than t survive when more than k - t neighbours drop out.</summary>
    private bool Completes(int k, int t) =>
        _log2Participants + _tails.Log2UpperTail(participants - 1, dropped, k, k - t + 1) <= -completionBits;

    /// <summary>Condition (i) is monotone in t: bisection.</summary>
    private int? SmallestPrivateThreshold(int k)
    {
        if (!IsPrivate(k, k)) return null;
        int low = 1, high = k;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (IsPrivate(k, middle)) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    private bool IsPrivate(int k, int t) => adversary switch
    {
        AggregationAdversary.SemiHonest => FewCorrupt(k, t, occasions: 1),
        _ => FewCorrupt(k, (2 * t) - k, occasions: 1) && NoArcOpens(k, t),
    };

    /// <summary>
    /// At the end of an arc cut out of the ring, a participant has neighbours on one side, the one opposite where k is odd,
    /// and on the other side the corrupt ones alone. The complete graph has no arcs.
    /// </summary>
    private bool NoArcOpens(int k, int t) => k == participants - 1 || FewCorrupt(k / 2, t - ((k + 1) / 2), occasions: 2);

    /// <summary>Except with probability 2^-privacyBits, nobody has <paramref name="limit"/> corrupt among so many neighbours.</summary>
    private bool FewCorrupt(int neighbours, int limit, int occasions) =>
        limit > 0
        && Math.Log2(occasions) + _log2Participants + _tails.Log2UpperTail(participants - 1, corrupt, neighbours, limit) <= -privacyBits;
}
