using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Privacy.Stages;

namespace Coterie.Tests.Privacy.Stages;

public sealed class SamplingTests
{
    [Theory]
    [InlineData(10, 0.5, false, 5)]
    [InlineData(10, 0.41, false, 5)]
    [InlineData(10, 0.01, false, 3)]
    [InlineData(10, 0.01, true, 1)]
    [InlineData(2, 0.5, false, 2)]
    [InlineData(10, 1, false, 10)]
    public void CountOf_RoundsUpAndKeepsTheMinimum(int participants, double fraction, bool allowSmallRoster, int expected) =>
        Assert.Equal(expected, Sampling.CountOf(participants, fraction, allowSmallRoster));

    [Fact]
    public void Of_ManyRounds_TakesEverybodyEquallyOften()
    {
        var (roster, stage) = (Roster(10, 7), Stage(0.3));
        var counts = new Dictionary<PartyId, int>();
        for (var round = 0; round < 10_000; round++)
        {
            var sampled = Sampling.Of(roster, stage, round);
            Assert.Equal(3, sampled.Distinct().Count());
            Assert.Equal(sampled.ToArray(), Sampling.Of(Roster(10, 7), stage, round).ToArray());
            foreach (var participant in sampled) counts[participant] = counts.GetValueOrDefault(participant) + 1;
        }
        // 3000 expected each; six deviations of a binomial are 275.
        Assert.All(counts.Values, c => Assert.InRange(c, 2725, 3275));
        Assert.Equal(10, counts.Count);
    }

    [Theory]
    [InlineData(10, 7, 0.5, 5, 4)]     // more than two thirds of five
    [InlineData(10, 9, 0.5, 5, 4)]     // one may go, as of ten
    [InlineData(10, 10, 0.5, 5, 5)]
    [InlineData(10, 0, 0.5, 5, 0)]     // the mode has none
    [InlineData(10, 7, 1, 10, 7)]
    public void SessionOf_Sampled_HasAThresholdOfItsOwn(int participants, int threshold, double fraction, int sampled, int expected)
    {
        var roster = Sampling.SessionOf(Session(Roster(participants, threshold)), Stage(fraction), 4).Roster;
        Assert.Equal((sampled, expected), (roster.Participants.Length, roster.Threshold));
        Assert.Equal(new PartyId("coordinator"), roster.Coordinator);
    }

    private static TrainingStage Stage(double fraction) => new(new StepTag("run/learner"), new StopRule(5, null), 3, ModelAudience.Owner) { SampleFraction = fraction };

    private static Roster Roster(int participants, int threshold) => new(
        "run",
        [new Party(new PartyId("coordinator"), PartyRole.Coordinator, [0]), .. Enumerable.Range(0, participants).Select(i => new Party(new PartyId($"p{i}"), PartyRole.Participant, [(byte)i]))],
        "secure-aggregation", threshold, allowSmallRoster: false, new byte[32]);

    private static Session Session(Roster roster) => new()
    {
        Self = roster.Coordinator,
        Roster = roster,
        Channel = null!,
        Signer = null!,
        Checkpoints = null!,
        OnceOnly = null!,
    };
}
