using System.Globalization;
using Coterie.Core.Parties;
using Coterie.Federation.Training;

namespace Coterie.Federation.Runs;

/// <summary>Writes <c>history.csv</c>: a row per round of every stage.</summary>
public static class HistoryCsv
{
    /// <summary>Writes the rounds of a run.</summary>
    public static void Write(TextWriter writer, TrainingOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(outcome);
        var parties = outcome.Roster.Parties.Select(p => p.Id).ToArray();
        writer.Write("stage,round,loss,change,survivors,seconds_computing,seconds_waiting");
        foreach (var party in parties) writer.Write($",bytes_{party}");
        writer.WriteLine();
        foreach (var round in outcome.History)
        {
            var times = outcome.Times[outcome.Roster.Coordinator];
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{round.Stage},{round.Round},{round.Loss:R},{round.Change:R},{round.Survivors},{Computing(outcome, round.Step):0.000000},{times.Spent(Activity.Summing, s => s == round.Step.Path).TotalSeconds:0.000000}"));
            foreach (var party in parties) writer.Write(string.Create(CultureInfo.InvariantCulture, $",{outcome.Traffic.SentBy(party, IsWithin(round.Step))}"));
            writer.WriteLine();
        }
    }

    /// <summary>Seconds all parties together computed in a round.</summary>
    internal static double Computing(TrainingOutcome outcome, StepTag step) =>
        outcome.Times.Values.Sum(t => t.Spent(Activity.Computing, s => s == step.Path).TotalSeconds);

    /// <summary>Steps of a round.</summary>
    internal static Func<string, bool> IsWithin(StepTag step) => path => path.StartsWith(step.Path + "/", StringComparison.Ordinal);
}
