using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Privacy.Traffic;

namespace Coterie.Federation.Runs.Planning;

/// <summary>Consecutive rounds of a stage with contributions of one shape.</summary>
/// <param name="First">0-based.</param>
/// <param name="Count">How many.</param>
/// <param name="Layout">The contribution's blocks.</param>
/// <param name="Sum">Bytes of adding the contributions.</param>
/// <param name="Told">Bytes of the model that the coordinator tells when the stage goes on.</param>
public sealed record PlannedRounds(int First, int Count, ImmutableArray<BlockSpec> Layout, TrafficEstimate Sum, TrafficEstimate Told)
{
    /// <summary>Bytes of one of the rounds, the broadcast that ends it included.</summary>
    public TrafficEstimate PerRound => Sum + Told;

    /// <summary>Bytes of adding the contributions, prepared or not.</summary>
    internal TrafficEstimate SumOf(bool isPrepared) => isPrepared && Prepared is { } prepared ? prepared.Sum : Sum;

    /// <summary>Bytes of adding the contributions if they were not compressed; null where they are not.</summary>
    public TrafficEstimate? UncompressedSum { get; init; }

    /// <summary>Bytes of one of the rounds where it is prepared; null where nothing can be.</summary>
    public PreparedTraffic? Prepared { get; init; }

    /// <summary>Entries of a contribution.</summary>
    public int Entries => Layout.Sum(b => b.Length);
}

/// <summary>A stage of a run: the schema agreement, a preprocessor, or the learner.</summary>
/// <param name="Name">The name in task files.</param>
/// <param name="IsLearner">Whether it is the learner, whose rounds are bounded and not known.</param>
/// <param name="Rounds">Its rounds, in order; the learner's at most.</param>
/// <param name="End">Bytes of what the coordinator tells after the last round: the final model where participants may read it.</param>
public sealed record PlannedStage(string Name, bool IsLearner, ImmutableArray<PlannedRounds> Rounds, TrafficEstimate End)
{
    /// <summary>Its rounds in all; the learner's at most.</summary>
    public int MaximumRounds => Rounds.Sum(r => r.Count);

    /// <summary>The rounds a run in clear takes on the task's rows, where that was found out; the learner only.</summary>
    public int? RoundsInClear { get; init; }

    /// <summary>Bytes before its first round.</summary>
    public TrafficEstimate Beginning { get; init; }

    /// <summary>Bytes when it ends after so many rounds.</summary>
    /// <param name="rounds">How many.</param>
    /// <param name="isPrepared">Whether they are prepared, and what is sent ahead is not counted.</param>
    public TrafficEstimate Over(int rounds, bool isPrepared = false)
    {
        if (rounds == 0) return default;
        var total = Beginning;
        // In the order of time; what is told after the last round is the end.
        foreach (var part in Rounds.Where(part => part.First < rounds))
        {
            var sum = part.SumOf(isPrepared);
            total += part.First + part.Count < rounds ? (sum + part.Told) * part.Count : ((sum + part.Told) * (rounds - part.First - 1)) + sum;
        }
        return total + End;
    }

    /// <summary>Bytes of preparing besides those of rounds.</summary>
    public TrafficEstimate AheadOnce { get; init; }

    /// <summary>Bytes sent ahead, where so many rounds are prepared and run; null where nothing can be.</summary>
    public TrafficEstimate? AheadOver(int rounds)
    {
        if (rounds == 0 || Rounds.IsEmpty || !Rounds.All(part => part.Prepared is not null)) return null;
        var total = AheadOnce;
        foreach (var part in Rounds) total += part.Prepared!.Ahead * Math.Clamp(rounds - part.First, 0, part.Count);
        return total;
    }

    /// <summary>Bytes that compression saves in so many rounds.</summary>
    public TrafficEstimate SavedOver(int rounds)
    {
        TrafficEstimate saved = default;
        foreach (var part in Rounds)
            if (part.UncompressedSum is { } whole) saved += new TrafficEstimate(whole.EachParticipant - part.Sum.EachParticipant, whole.Coordinator - part.Sum.Coordinator) * Math.Clamp(rounds - part.First, 0, part.Count);
        return saved;
    }
}
