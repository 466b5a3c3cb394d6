using System.Numerics;

namespace Coterie.Privacy.EncryptedModel.Value;

/// <summary>
/// The mean squared error of every coalition S of K trainers: (sum e^2 + 2 sum over k in S of sum e u_k + sum over k, l in S of sum u_k u_l) / rows.
/// Local and public: a function of the opened sums. A coalition is a set of bits, bit k for trainer k.
/// </summary>
internal sealed class CoalitionErrors
{
    /// <summary>2^20 coalitions are the most that are written down.</summary>
    public const int PlayersAtMost = 20;

    private readonly double[] _errors;

    /// <param name="players">K.</param>
    /// <param name="products">Sums of e^2, e u_1, ..., e u_K, u_1^2, u_1 u_2, ..., u_K^2: the pairs of (e, u_1, ..., u_K) row by row.</param>
    /// <param name="rows">Over so many rows.</param>
    /// <exception cref="ArgumentException">Another number of sums.</exception>
    public CoalitionErrors(int players, ReadOnlySpan<double> products, long rows)
    {
        if (players is < 1 or > PlayersAtMost) throw new ArgumentOutOfRangeException(nameof(players), players, $"1 to {PlayersAtMost} trainers.");
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        if (products.Length != (players + 1) * (players + 2) / 2) throw new ArgumentException($"{products.Length} sums for {players} trainers; {(players + 1) * (players + 2) / 2} expected.", nameof(products));
        Players = players;
        _errors = new double[1 << players];
        var sums = new double[players + 1, players + 1];
        var index = 0;
        for (var k = 0; k <= players; k++)
            for (var l = k; l <= players; l++) sums[k, l] = sums[l, k] = products[index++] / rows;
        _errors[0] = sums[0, 0];
        for (var coalition = 1; coalition < _errors.Length; coalition++)
        {
            var last = BitOperations.Log2((uint)coalition);
            var others = coalition ^ (1 << last);
            var added = (2 * sums[0, last + 1]) + sums[last + 1, last + 1];
            for (var l = 0; l < last; l++)
                if ((others >> l & 1) == 1) added += 2 * sums[last + 1, l + 1];
            _errors[coalition] = _errors[others] + added;
        }
    }

    /// <summary>K.</summary>
    public int Players { get; }

    /// <summary>Of a coalition; noise may take an error of zero slightly below.</summary>
    public double this[int coalition] => _errors[coalition];

    /// <summary>Of all trainers together: the model's.</summary>
    public double OfAll => _errors[^1];

    /// <summary>Of all but one.</summary>
    public double Without(int player)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(player);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(player, Players);
        return _errors[(_errors.Length - 1) ^ (1 << player)];
    }

    /// <summary>By how much each trainer lowers the error (Shapley 1953): the mean, over all orders of joining, of what its joining takes off. They add up to what all take off together.</summary>
    public double[] Shapley() => ShapleyOf(_errors, Players);

    /// <summary>The same for any errors, one for each coalition.</summary>
    public static double[] ShapleyOf(ReadOnlySpan<double> errors, int players)
    {
        // weight of a coalition of s others: s! (K - s - 1)! / K!
        var weights = new double[players];
        weights[0] = 1.0 / players;
        for (var s = 1; s < players; s++) weights[s] = weights[s - 1] * s / (players - s);
        var values = new double[players];
        for (var coalition = 0; coalition < errors.Length; coalition++)
            for (var k = 0; k < players; k++)
                if ((coalition >> k & 1) == 0) values[k] += weights[BitOperations.PopCount((uint)coalition)] * (errors[coalition] - errors[coalition | (1 << k)]);
        return values;
    }
}
