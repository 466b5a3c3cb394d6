using System.Collections.Immutable;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Privacy.Sums;

namespace Coterie.Privacy.Stages;

/// <summary>Which participants a round of a stage takes: drawn from the run's public seed, so that nobody chooses them and everybody knows.</summary>
public static class Sampling
{
    /// <summary>Apart from the draws of other users of a run's seed.</summary>
    private const ulong StreamOfDraws = 0x73616D70_00000000;

    /// <summary>How many of so many: the fraction rounded up, and no fewer than a sum needs.</summary>
    public static int CountOf(int participants, double fraction, bool allowSmallRoster) =>
        Math.Min(participants, Math.Max((int)Math.Ceiling(fraction * participants), allowSmallRoster ? 1 : SumPolicy.MinimumRoster));

    /// <summary>The participants of a round, in roster order; all of them where the stage does not sample.</summary>
    internal static ImmutableArray<PartyId> Of(Roster roster, TrainingStage stage, int round)
    {
        var count = CountOf(roster.Participants.Length, stage.SampleFraction, roster.AllowSmallRoster);
        if (count == roster.Participants.Length) return roster.Participants;
        var order = Enumerable.Range(0, roster.Participants.Length).ToArray();
        new SeededRandom(stage.Seed, StreamOfDraws + (ulong)round).Shuffle<int>(order);
        return [.. order.Take(count).Order().Select(i => roster.Participants[i])];
    }

    /// <summary>
    /// The session of a round. The threshold counts within it: the smallest that is accepted of so many, or all but as many as the roster's own lets go.
    /// </summary>
    internal static Session SessionOf(Session session, TrainingStage stage, int round)
    {
        var (roster, sampled) = (session.Roster, Of(session.Roster, stage, round));
        if (sampled.Length == roster.Participants.Length) return session;
        var threshold = roster.Threshold == 0 ? 0 : Math.Max(SumPolicy.SmallestThreshold(sampled.Length), sampled.Length - (roster.Participants.Length - roster.Threshold));
        return session.Under(roster.Among(sampled, threshold));
    }
}
