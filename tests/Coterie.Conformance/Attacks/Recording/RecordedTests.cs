using System.Runtime.InteropServices;
using Coterie.Core.Parties;
using Coterie.Federation.Training;
using Coterie.Privacy;

namespace Coterie.Conformance.Attacks.Recording;

/// <summary>Everything that every party is sent in whole runs, in every mode: nothing is there that is not declared.</summary>
public sealed class RecordedTests
{
    private const int Runs = 3;

    private static readonly PartyId Victim = new("participant-1");

    public static TheoryData<string, string> EveryMode => new()
    {
        { "federated", "ridge" },
        { "federated", "logistic" },
        { "secure-aggregation", "ridge" },
        { "secure-aggregation", "logistic" },
        { "secure-aggregation on a ring", "logistic" },
        { "shared-key", "logistic" },
        { "separate-keys", "ridge" },
        { "encrypted-model", "ridge" },
        { "encrypted-model", "ridge-descent" },
        { "encrypted-model", "logistic-bound" },
        { RecordedRun.Owned, "ridge-descent" },
        { "secret-sharing", "ridge" },
        { "secret-sharing", "logistic-bound" },
        { "encrypted-data", "ridge-descent" },
        { "encrypted-data", "logistic-descent" },
    };

    [Theory]
    [MemberData(nameof(EveryMode))]
    public async Task Run_Recorded_HoldsNothingThatIsNotDeclared(string mode, string learner)
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, Runs).Select(_ => RecordedRun.RunAsync(mode, learner)));
        var stages = await RecordedRun.PlanAsync(mode, learner);
        foreach (var run in runs)
        {
            run.Recorder.AssertComplete(run.Outcome.Roster);
            foreach (var party in run.Outcome.Roster.Parties)
                Assert.Equal(Declarations.Of(BaseOf(mode), party.Role, stages, run.Participants.Length), Declarations.Of(run.Outcome.Openings[party.Id]));
        }
        AssertNothingInClear(mode, runs[0]);
        var recordings = new Recordings([.. runs]);
        recordings.AssertUniform(mode);
        if (mode != "federated") recordings.AssertNothingRepeats();
    }

    // What a helper would be sent that shares no mask with anybody: the sum of both shares is the rows, at 20 bits after the point.
    [Fact]
    public async Task NaiveSharing_RowsWithoutAMask_AreFound()
    {
        var run = await RecordedRun.RunAsync("encrypted-data", "logistic-descent");
        ReadOnlyMemory<byte>[] shares = [.. run.Messages.Where(m => m.From == Victim && Recorder.KindOf(m) == "share").Select(m => m.Payload)];
        Assert.Equal(2, shares.Length);
        var hidden = MemoryMarshal.Cast<byte, ulong>(shares[0].Span[sizeof(int)..]);
        var mask = MemoryMarshal.Cast<byte, ulong>(shares[1].Span[sizeof(int)..]);
        var rows = new ulong[hidden.Length];
        for (var i = 0; i < rows.Length; i++) rows[i] = unchecked(hidden[i] + mask[i]);
        Assert.Equal(0, run.RowsOf(Victim).FoundIn(shares));
        Assert.InRange(run.RowsOf(Victim).FoundIn([MemoryMarshal.AsBytes(rows.AsSpan()).ToArray()]), 50, int.MaxValue);
    }

    // Parties that all make the secrets of another run again: what a recorder sees is the other run.
    [Fact]
    public async Task NaiveMasking_TheSameMaskInEveryRun_IsFound()
    {
        var first = await RecordedRun.RunAsync("secure-aggregation", "ridge");
        var again = await RecordedRun.RunAsync("secure-aggregation", "ridge");
        new Recordings([first, again]).AssertNothingRepeats();
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(new Recordings([first, first]).AssertNothingRepeats);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => new Recordings([first, first]).AssertUniform("secure-aggregation"));
    }

    /// <summary>Rows, contributions and the final model, looked for in what the others are sent. In clear modes contributions are found: the search finds what is there.</summary>
    private static void AssertNothingInClear(string mode, RecordedRun run)
    {
        var coordinator = FederatedTraining.Coordinator;
        foreach (var party in run.Outcome.Roster.Parties.Select(p => p.Id))
        {
            var received = run.Recorder.ReceivedBy(party).ToLookup(m => Recorder.KindOf(m) == "answer", m => m.Payload);
            // Words that zeros fill up come by the thousand in answers: short needles would be found by chance.
            int Found(Needles needles) => needles.FoundIn(received[false]) + needles.FoundIn(received[true], leastBytes: 6);
            foreach (var other in run.Participants.Where(p => p != party))
            {
                Assert.InRange(run.RowsOf(other).Count, 500, int.MaxValue);
                Assert.Equal(0, Found(run.RowsOf(other)));
                Assert.Equal(mode == "federated" && party == coordinator, Found(run.ContributionsOf(other)) > 0);
            }
            Assert.Equal(0, Found(run.Model));
        }
    }

    private static string BaseOf(string mode) => mode.EndsWith(" on a ring", StringComparison.Ordinal) ? ModeCatalogue.SecureAggregation : mode;
}
