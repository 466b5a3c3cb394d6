using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Privacy.Stages;

namespace Coterie.Federation.Runs;

/// <summary>What compression of contributions saves and costs in a run: from its public terms, so that nothing is opened for it.</summary>
/// <param name="Entries">Entries of all contributions of a participant that takes part in every round of the learner.</param>
/// <param name="UncompressedEntries">The same, were every number an entry.</param>
/// <param name="Error">As <see cref="ContributionCompression.Error"/>.</param>
/// <param name="HasFeedback">Whether what compression takes is sent in later rounds.</param>
public sealed record CompressionFigures(long Entries, long UncompressedEntries, double Error, bool HasFeedback)
{
    /// <summary>How many times shorter contributions are.</summary>
    public double Ratio => (double)UncompressedEntries / Entries;

    /// <summary>One sentence.</summary>
    public string Sentence => string.Create(
        CultureInfo.InvariantCulture,
        $"Contributions are {Ratio:0.0} times shorter than uncompressed ones; by its grid, rounding takes {100 * Error:0.0##} % of their length{(HasFeedback ? ", and later rounds send it" : ", and it is lost")}.");

    /// <summary>The figures of so many rounds; null where nothing is compressed or sent.</summary>
    /// <param name="learner">What is trained.</param>
    /// <param name="input">The schema it sees.</param>
    /// <param name="participants">Participants of a round.</param>
    /// <param name="rounds">Rounds of the learner.</param>
    public static CompressionFigures? Of(ILearner learner, Schema input, int participants, int rounds)
    {
        ArgumentNullException.ThrowIfNull(learner);
        ArgumentNullException.ThrowIfNull(input);
        if (rounds == 0 || learner.CompressionAmong(participants) is not { } compression) return null;
        var count = new EntryCount(input, participants, rounds);
        return new CompressionFigures(learner.Accept(count), compression.Uncompressed.Accept(count), compression.Error, compression.HasFeedback);
    }

    /// <summary>The figures of a finished run.</summary>
    internal static CompressionFigures? Of(TaskResult result)
    {
        var (plan, outcome) = (result.Task.Plan, result.Outcome);
        var participants = Sampling.CountOf(outcome.Roster.Participants.Length, plan.SampleFraction, result.Task.Mode.AllowSmallRoster);
        return Of(outcome.Model.Learner, outcome.Model.Input, participants, outcome.Rounds);
    }

    /// <summary>Entries of a participant's contributions. Shapes of a learner that compresses follow from the round.</summary>
    private sealed class EntryCount(Schema input, int participants, int rounds) : ILearnerVisitor<long>
    {
        public long Visit<TModel>(ILearner<TModel> learner) where TModel : class
        {
            var model = learner.Initialize(input, 0);
            return Enumerable.Range(0, rounds).Sum(index => learner.Layout(input, model, new Round(index, input.TotalRows, participants, 0)).Sum(b => (long)b.Length));
        }
    }
}
