using Coterie.Core.Parties;

namespace Coterie.Tests.Core;

public sealed class TranscriptTests
{
    private static Opening Of(int step) => new("sum", new PartyId("ada"), new StepTag($"run/{step}"), 4, 3);

    [Fact]
    public void Record_TheSameTwiceInOneLife_CountsTwice()
    {
        var transcript = new Transcript();
        transcript.Record(Of(0));
        transcript.Record(Of(0));
        Assert.Equal(2, transcript.Openings.Count);
    }

    [Fact]
    public void Record_ARoundGoneThroughAgainAfterARestart_CountsOnce()
    {
        var kept = new List<Opening>();
        var first = new Transcript(keep: kept.Add);
        foreach (var opening in new[] { Of(0), Of(1), Of(1) }) first.Record(opening);
        var second = new Transcript([.. kept], kept.Add);
        foreach (var opening in new[] { Of(1), Of(1), Of(1), Of(2) }) second.Record(opening);   // one more of step 1 than before
        Assert.Equal([Of(0), Of(1), Of(1), Of(1), Of(2)], second.Openings);
        Assert.Equal(second.Openings, kept);
    }
}
