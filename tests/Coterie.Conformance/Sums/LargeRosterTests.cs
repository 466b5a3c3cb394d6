using Coterie.Core.Parties;
using Coterie.Privacy.Keys;
using Coterie.Privacy.Sums;
using Coterie.Privacy.Sums.SecureAggregation;
using Xunit.Abstractions;

namespace Coterie.Conformance.Sums;

/// <summary>
/// Rosters above 32 under keys of their own: everybody encrypts for everybody, whatever graph the masks follow, so a contribution has as many parts as
/// there are participants. At 40 the graph is complete, at 64 it is sparse.
/// </summary>
public sealed class LargeRosterTests(ITestOutputHelper output)
{
    /// <summary>The larger one in longer soaks: it takes as long as all other sums together.</summary>
    public static TheoryData<int, bool> Rosters => Soak.SoakTests.IsThorough ? new() { { 40, true }, { 64, false } } : new() { { 40, true } };

    [Theory]
    [MemberData(nameof(Rosters))]
    public async Task SumAsync_ThreeVanishAtDifferentSteps_EveryoneLeftOpensTheSumOfThoseWhoGaveInput(int participants, bool isComplete)
    {
        Assert.Equal(isComplete, Neighbourhoods.IsComplete(participants));
        (string Name, string Step)[] leavers = [("p001", "shares"), ("p017", "masked"), ("p033", "unmask")];
        var bench = new SumBench(participants)
        {
            Patience = TimeSpan.FromSeconds(60),
            Intercept = e => leavers.Any(l => e.From.Name == l.Name && e.Step.Path.EndsWith("0/" + l.Step, StringComparison.Ordinal)) ? throw new PartyGoneException() : e,
        };
        var run = await bench.RunAsync(_ => new SeparateKeysSum(new PaillierKeySize(Learners.Runs.InsecureKeyBits, IsInsecure: true)));
        Assert.Null(run.Error);
        var expected = bench.Names.Remove(new PartyId("p001")).Remove(new PartyId("p017"));
        Assert.Equal(string.Join(' ', expected), string.Join(' ', run.Outcome!.Survivors));
        foreach (var name in expected.Remove(new PartyId("p033")))
        {
            var (outcome, error) = run.Participants[name];
            Assert.Null(error);
            for (var i = 0; i < 4; i++) Assert.Equal(bench.PlainSum(expected).Values[i], outcome!.Total!["values"].Values[i], 1e-11);
        }
        output.WriteLine($"{participants} participants: a participant sends {run.Traffic.SentBy(bench.Names[5])} bytes and receives {run.Traffic.ReceivedBy(bench.Names[5])}, the coordinator sends {run.Traffic.SentBy(SumBench.Coordinator)}.");
    }
}
