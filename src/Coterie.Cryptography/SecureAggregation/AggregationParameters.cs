namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// Neighbours and threshold of a sparse <see cref="AggregationGraph"/>. Source: Bell et al. (CCS 2020), section 3 (semi-honest)
/// and section 4 (a coordinator that lies).
/// </summary>
/// <param name="Neighbours">k, the degree of the graph: every participant shares its secrets among so many others.</param>
/// <param name="Threshold">t, how many of the k shares reconstruct a secret.</param>
public readonly record struct AggregationParameters(int Neighbours, int Threshold)
{
    /// <summary>
    /// The smallest k, and for it the smallest t, such that over the random graph, for any fixed set of at most
    /// corruptFraction n corrupt and any fixed set of at most dropoutFraction n dropped participants:
    /// (i) except with probability 2^-privacyBits no participant has t corrupt neighbours;
    /// (ii) except with probability 2^-privacyBits the honest survivors stay connected, by the bound n (corrupt + dropped)^floor(k/2)
    /// on a run of floor(k/2) absent positions of the ring, without which a Harary graph does not fall apart;
    /// (iii) except with probability 2^-completionBits every participant keeps t surviving neighbours.
    /// (i) and (iii) are exact hypergeometric tails over the n - 1 others, times n for all participants at once.
    /// Against a coordinator that lies, (i) becomes: fewer than 2t - k corrupt neighbours, as each corrupt one gives both shares
    /// and each honest one gives one; and fewer than t - ceil(k/2) among the floor(k/2) neighbours on either side of the ring, so
    /// that no arc cut out of the ring by false drop-outs can be opened on its own. The latter assumes that participants agree on
    /// one signed survivor set.
    /// </summary>
    /// <param name="participants">n, at least 2.</param>
    /// <param name="corruptFraction">In [0, 1); floor(corruptFraction n) participants work with the coordinator.</param>
    /// <param name="dropoutFraction">In [0, 1); floor(dropoutFraction n) participants vanish.</param>
    /// <param name="privacyBits">At least 1.</param>
    /// <param name="completionBits">At least 1.</param>
    /// <param name="adversary">What the coordinator may do.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="ArgumentException">Not even the complete graph fulfils the conditions.</exception>
    public static AggregationParameters Compute(
        int participants, double corruptFraction, double dropoutFraction, int privacyBits = 40, int completionBits = 30,
        AggregationAdversary adversary = AggregationAdversary.SemiHonest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(participants, 2);
        ThrowUnlessFraction(corruptFraction, nameof(corruptFraction));
        ThrowUnlessFraction(dropoutFraction, nameof(dropoutFraction));
        ArgumentOutOfRangeException.ThrowIfLessThan(privacyBits, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(completionBits, 1);
        var search = new ParameterSearch(
            participants, Count(corruptFraction, participants), Count(dropoutFraction, participants), privacyBits, completionBits, adversary);
        return search.Smallest() ?? throw new ArgumentException(
            $"No graph over {participants} participants withstands {corruptFraction:P0} corrupt and {dropoutFraction:P0} dropped.", nameof(participants));
    }

    /// <summary>floor(fraction n), forgiving a fraction that rounding put just below the whole number it stands for.</summary>
    private static int Count(double fraction, int participants) => (int)Math.Floor((fraction * participants) + 1e-9);

    private static void ThrowUnlessFraction(double value, string name)
    {
        if (!(value is >= 0 and < 1)) throw new ArgumentOutOfRangeException(name, value, "A fraction lies in [0, 1).");
    }
}
