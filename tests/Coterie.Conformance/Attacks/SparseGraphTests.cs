using Coterie.Conformance.Sums;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Commitments;
using Coterie.Privacy.Sums;

namespace Coterie.Conformance.Attacks;

/// <summary>Rosters above 32, where masks and shares follow a sparse graph that nobody may choose.</summary>
public sealed class SparseGraphTests
{
    [Theory]
    [InlineData(40)]
    [InlineData(SparseGraph.Participants)]
    public async Task SumAsync_ThreeVanishAtDifferentSteps_SumsOverThoseWhoGaveInput(int participants)
    {
        var bench = new SumBench(participants)
        {
            Contribution = i => new Matrix(2, 2, [i + 1, -i, 0.25 * i, 1]),
            Intercept = e => (e.From.Name, Tampering.Last(e.Step)) is ("p001", "shares") or ("p017", "masked") or ("p033", "unmask") ? throw new PartyGoneException() : e,
        };
        var run = await bench.RunAsync(_ => new SecureAggregationSum());
        Assert.Null(run.Error);
        var expected = bench.Names.Remove(new PartyId("p001")).Remove(new PartyId("p017"));
        Assert.Equal(string.Join(' ', expected), string.Join(' ', run.Outcome!.Survivors));
        for (var i = 0; i < 4; i++) Assert.Equal(bench.PlainSum(expected).Values[i], run.Outcome.Total!["values"].Values[i], 1e-11);
    }

    // The coordinator answers with commitments and reveals of its own making for everybody: it would choose the graph.
    [Fact]
    public async Task SumAsync_TheCoordinatorMakesUpTheCommitments_NobodyGoesOn()
    {
        var made = Enumerable.Range(0, SparseGraph.Participants).Select(i => HashCommitment.Draw(new PartyId($"p{i:000}"), CryptographicRandom.Instance)).ToArray();
        var reached = 0;
        var bench = new SumBench(SparseGraph.Participants)
        {
            Intercept = e =>
            {
                if (e.IsAt("keys")) Interlocked.Increment(ref reached);
                return Tampering.Last(e.Step) switch
                {
                    "commitments" => e with { Payload = Replaced(e.Payload, i => HashCommitment.Commit("test", made[i])) },
                    "reveals" => e with { Payload = Replaced(e.Payload, i => [.. made[i].Value.Span, .. made[i].Nonce.Span]) },
                    _ => e,
                };
            },
        };
        var run = await bench.RunAsync(_ => new SecureAggregationSum());
        Assert.Equal(0, reached);
        Assert.All(run.Participants.Values, p => Assert.Contains(SumBench.Coordinator, Assert.IsType<ProtocolException>(p.Error).Culprits));
    }

    [Fact]
    public async Task SumAsync_AParticipantRevealsSomethingElse_IsNamed()
    {
        var cheat = new PartyId("p007");
        var bench = new SumBench(SparseGraph.Participants)
        {
            Intercept = e => e.From == cheat && e.IsAt("reveal") ? e.Flipped(5) : e,
        };
        var run = await bench.RunAsync(_ => new SecureAggregationSum());
        Assert.All(run.Participants.Where(p => p.Key != cheat), p => Assert.Contains(cheat, Assert.IsType<ProtocolException>(p.Value.Error).Culprits));
    }

    [Fact]
    public async Task SumAsync_AParticipantCommitsAndDoesNotReveal_EndsTheRunNamingIt()
    {
        var cheat = new PartyId("p007");
        var bench = new SumBench(SparseGraph.Participants) { Intercept = e => e.From == cheat && e.IsAt("reveal") ? throw new PartyGoneException() : e };
        var run = await bench.RunAsync(_ => new SecureAggregationSum());
        Assert.Equal(cheat.Name, Tampering.Blamed(run.Error));
    }

    /// <summary>The beginning of every participant's part replaced; what follows it stays.</summary>
    private static byte[] Replaced(ReadOnlyMemory<byte> payload, Func<int, byte[]> beginning) => Tampering.Joined(Tampering.Parts(payload).Select((part, i) =>
    {
        beginning(i).CopyTo(part, 0);
        return part;
    }));

    /// <summary>On the sparse graph most participants hold no share of each other: one that sends one all the same is refused.</summary>
    [Fact]
    public async Task SumAsync_AParticipantSendsAShareItWasNeverDealt_IsNamed()
    {
        var cheat = new PartyId("p007");
        var bench = new SumBench(SparseGraph.Participants) { Intercept = e => e.From == cheat && e.IsAt("unmask") ? e.WithShareOfAnother(SparseGraph.Participants) : e };
        var run = await bench.RunAsync(_ => new SecureAggregationSum());
        Assert.Equal(cheat.Name, Tampering.Blamed(run.Error));
    }
}
