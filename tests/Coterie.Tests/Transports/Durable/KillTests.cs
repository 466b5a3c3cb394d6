using Coterie.Core.Parties;
using Coterie.Federation.Transports.Carriers.InMemory;

namespace Coterie.Tests.Transports.Durable;

/// <summary>A party that dies at any moment and starts again leaves no trace in what anybody computes.</summary>
public sealed class KillTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("c", Blow.Write)]
    [InlineData("c", Blow.FrameSent)]
    [InlineData("c", Blow.FrameReceived)]
    [InlineData("p1", Blow.Write)]
    [InlineData("p1", Blow.FrameSent)]
    [InlineData("p1", Blow.FrameReceived)]
    public async Task Run_APartyDiesAtEveryMoment_EndsAsIfItHadNot(string victim, Blow blow)
    {
        var roster = TestNode.RosterOf(3);
        var undisturbed = await DrillAsync(roster, null, blow, 0);
        var at = 1;
        while (true)
        {
            var (struck, results) = await DrillAsync(roster, new PartyId(victim), blow, at);
            Assert.True(undisturbed.Results.SequenceEqual(results), $"{victim} died at {blow} {at}: {string.Join(", ", results)} instead of {string.Join(", ", undisturbed.Results)}");
            if (!struck) break;
            at++;
        }
        Assert.True(at > 10, $"Only {at - 1} moments were tried.");
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    [InlineData(4UL)]
    public async Task Run_ConnectionsBreakAndFramesArePlayedWith_EndsAsIfNotAndAPartyDiesBesides(ulong seed)
    {
        var roster = TestNode.RosterOf(3);
        var undisturbed = await DrillAsync(roster, null, Blow.Write, 0, largeBytes: 1_300_000);
        var faults = new MemoryFaults(seed) { Breaks = 0.05, Delays = 0.1, Duplicates = 0.1, Corruptions = 0.03 };
        var (_, results) = await DrillAsync(roster, new PartyId(seed % 2 == 0 ? "c" : "p2"), Blow.Write, (int)(7 * seed), faults, 1_300_000);
        Assert.Equal(undisturbed.Results, results);
    }

    private static async Task<(bool Struck, string[] Results)> DrillAsync(Roster roster, PartyId? victim, Blow blow, int at, MemoryFaults? faults = null, int largeBytes = 0)
    {
        var folder = TestNode.TemporaryFolder();
        try
        {
            var drill = new Drill(roster, folder.FullName, faults, largeBytes) { Victim = victim, Blow = blow, At = at };
            string[] results;
            try
            {
                results = await drill.RunAsync().WaitAsync(Bound);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"{victim} died at {blow} {at}: {error.Message}", error);
            }
            if (faults is null or { Corruptions: 0 }) Assert.Empty(drill.Altered);
            return (drill.Struck, results);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
