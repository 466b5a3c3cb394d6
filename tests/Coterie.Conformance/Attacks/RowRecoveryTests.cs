using System.Collections.Concurrent;
using Coterie.Conformance.Sums;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Privacy.Sums;

namespace Coterie.Conformance.Attacks;

/// <summary>
/// A coordinator that knows the models w_t and sees s_t = X w_t of one participant in as many rounds as there are features solves
/// X W = S for the rows X. Models that differ in one coordinate at a time make the solution a subtraction.
/// </summary>
public sealed class RowRecoveryTests
{
    private const int Rows = 512, Features = 3;

    [Fact]
    public async Task Solve_ContributionsInClear_GivesTheRows()
    {
        var (recovered, rows, _) = await AttackAsync(() => new FederatedSum(), "contribution", BitConverter.UInt64BitsToDouble);
        for (var i = 0; i < recovered.Length; i++) Assert.Equal(rows[i], recovered[i], 1e-12);
    }

    [Theory]
    [InlineData(Topology.Star, "masked")]
    [InlineData(Topology.Ring, "ring-sum")]
    public async Task Solve_MaskedContributions_GivesUniformNoise(Topology topology, string step)
    {
        var (recovered, rows, raw) = await AttackAsync(() => new SecureAggregationSum(topology), step, v => unchecked((long)v));
        Assert.Equal(Rows * Features, recovered.Length);
        Uniformity.AssertUniform(raw);
        Uniformity.AssertUncorrelated(raw, rows);
    }

    private static async Task<(double[] Recovered, double[] Rows, ulong[] Raw)> AttackAsync(Func<ISecureSum> sum, string step, Func<ulong, double> value)
    {
        var victim = new PartyId("p002");
        var round = 0;
        var seen = new ConcurrentDictionary<int, ulong[]>();
        var bench = new SumBench(5, shape: (Rows, 1))
        {
            Contribution = p => new Matrix(Rows, 1, [.. Enumerable.Range(0, Rows).Select(i => Enumerable.Range(0, round + 1).Sum(j => Cell(p, i, j)))]),
            Intercept = e =>
            {
                if (e.From != victim || !e.IsAt(step)) return e;
                var vector = new ulong[Rows];
                new WireReader(e.Payload.Span, e.From, e.Step).ReadUInt64s(vector);
                seen[round] = vector;
                return e;
            },
        };
        for (round = 0; round < Features; round++) Assert.Null((await bench.RunAsync(_ => sum(), $"{round}")).Error);
        ulong[] raw = [.. Enumerable.Range(0, Features).SelectMany(t => t == 0 ? seen[0] : seen[t].Zip(seen[t - 1], (a, b) => unchecked(a - b)))];
        double[] recovered = [.. Enumerable.Range(0, Features).SelectMany(t => seen[t].Select((v, i) => value(v) - (t == 0 ? 0 : value(seen[t - 1][i]))))];
        return (recovered, [.. Enumerable.Range(0, Features).SelectMany(j => Enumerable.Range(0, Rows).Select(i => Cell(2, i, j)))], raw);
    }

    private static double Cell(int participant, int row, int feature) => ((row * 7) + (feature * 3) + (participant * 5)) % 23;
}
