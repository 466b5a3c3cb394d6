using Coterie.Core.Randomness;
using Coterie.Privacy.EncryptedModel.Value;
using Coterie.Testing;

namespace Coterie.Tests.Privacy.EncryptedModel.Value;

/// <summary>Errors of coalitions from sums of products, against residuals in clear; Shapley values against all orders.</summary>
public sealed class CoalitionErrorsTests
{
    private const int Rows = 17, Players = 4;

    [Fact]
    public void Errors_AreThoseOfResiduals()
    {
        var (products, columns) = Sums(Players);
        var errors = new CoalitionErrors(Players, products, Rows);
        for (var coalition = 0; coalition < 1 << Players; coalition++)
            Assert.Equal(PlainError(columns, coalition), errors[coalition], 1e-12);
        Assert.Equal(errors[0b1111], errors.OfAll);
        Assert.Equal(errors[0b1101], errors.Without(1));
    }

    [Fact]
    public void Shapley_IsTheMeanOverAllOrders_AndAddsUp()
    {
        var (products, _) = Sums(Players);
        var errors = new CoalitionErrors(Players, products, Rows);
        var expected = new double[Players];
        var orders = Orders([.. Enumerable.Range(0, Players)]).ToArray();
        foreach (var order in orders)
        {
            var before = 0;
            foreach (var k in order)
            {
                expected[k] += (errors[before] - errors[before | (1 << k)]) / orders.Length;
                before |= 1 << k;
            }
        }
        var shapley = errors.Shapley();
        for (var k = 0; k < Players; k++) Assert.Equal(expected[k], shapley[k], 1e-12);
        Assert.Equal(errors[0] - errors.OfAll, shapley.Sum(), 1e-12);
    }

    /// <summary>Against an independent implementation, on games in which every coalition is trained.</summary>
    [ReferenceTheory]
    [InlineData("balanced_ridge")]
    [InlineData("contiguous_ridge")]
    [InlineData("poisoned_ridge")]
    public void ShapleyOf_ReferenceGames_IsTheirs(string name)
    {
        var game = References.Results("shapley.json").GetProperty("games").GetProperty(name);
        double[] errors = [.. References.Numbers(game.GetProperty("v_by_bitmask")).Select(v => -v)];
        var expected = References.Numbers(game.GetProperty("shapley"));
        var found = CoalitionErrors.ShapleyOf(errors, expected.Length);
        for (var k = 0; k < expected.Length; k++) Assert.Equal(expected[k], found[k], 1e-8);
    }

    // A move of zero earns nothing, and equal moves earn the same.
    [Fact]
    public void Shapley_OfNothing_IsZero()
    {
        var errors = new CoalitionErrors(3, [10, -2, 0, -2, 1, 0, 0.5, 0, 0, 1], 1);
        var shapley = errors.Shapley();
        Assert.Equal(0, shapley[1], 1e-15);
        Assert.Equal(shapley[0], shapley[2], 1e-15);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(21)]
    public void Errors_OfOtherNumbersOfPlayers_AreRefused(int players) => Assert.Throws<ArgumentOutOfRangeException>(() => new CoalitionErrors(players, [1], 1));

    [Fact]
    public void Errors_OfAnotherNumberOfSums_AreRefused() => Assert.Throws<ArgumentException>(() => new CoalitionErrors(2, new double[5], 1));

    private static (double[] Products, double[][] Columns) Sums(int players)
    {
        var random = new SeededRandom(11);
        double[][] columns = [.. Enumerable.Range(0, players + 1).Select(_ => Enumerable.Range(0, Rows).Select(_ => random.NextGaussian()).ToArray())];
        var products = new List<double>();
        for (var k = 0; k <= players; k++)
            for (var l = k; l <= players; l++) products.Add(columns[k].Zip(columns[l], (a, b) => a * b).Sum());
        return ([.. products], columns);
    }

    private static double PlainError(double[][] columns, int coalition) => Enumerable.Range(0, Rows)
        .Average(i => Math.Pow(columns[0][i] + Enumerable.Range(0, Players).Where(k => (coalition >> k & 1) == 1).Sum(k => columns[k + 1][i]), 2));

    private static IEnumerable<int[]> Orders(int[] players) => players.Length <= 1
        ? [players]
        : players.SelectMany(first => Orders([.. players.Where(p => p != first)]).Select(rest => (int[])[first, .. rest]));
}
