using System.Globalization;
using Coterie.Core.Parties;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;

namespace Coterie.Federation.Runs;

/// <summary>Writes <c>history.csv</c>: a row per round of every stage.</summary>
public static class HistoryCsv
{
    /// <summary>Writes the rounds of a run.</summary>
    public static void Write(TextWriter writer, TrainingOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(outcome);
        Write(writer, outcome.Roster, outcome.History, outcome.Traffic, outcome.Times, outcome.Roster.Coordinator);
    }

    /// <summary>Writes the rounds as one party can tell them; seconds of waiting are that party's.</summary>
    internal static void Write(
        TextWriter writer, Roster roster, IEnumerable<RoundRecord> history, TrafficMeter traffic, IReadOnlyDictionary<PartyId, TimeLedger> times, PartyId waiting)
    {
        var parties = roster.Parties.Select(p => p.Id).ToArray();
        writer.Write("stage,round,loss,change,survivors,seconds_computing,seconds_waiting");
        foreach (var party in parties) writer.Write($",bytes_{party}");
        writer.WriteLine();
        foreach (var round in history)
        {
            // A coordinator that does not know the model does not know how far it moved.
            double? change = double.IsNaN(round.Change) ? null : round.Change;
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{round.Stage},{round.Round},{round.Loss:R},{change:R},{round.Survivors},{Computing(times, round.Step):0.000000},{times[waiting].Spent(Activity.Summing, s => s == round.Step.Path).TotalSeconds:0.000000}"));
            foreach (var party in parties) writer.Write(string.Create(CultureInfo.InvariantCulture, $",{traffic.SentBy(party, IsWithin(round.Step))}"));
            writer.WriteLine();
        }
    }

    /// <summary>Seconds all parties together computed in a round.</summary>
    internal static double Computing(TrainingOutcome outcome, StepTag step) => Computing(outcome.Times, step);

    private static double Computing(IReadOnlyDictionary<PartyId, TimeLedger> times, StepTag step) =>
        times.Values.Sum(t => t.Spent(Activity.Computing, s => s == step.Path).TotalSeconds);

    /// <summary>Steps of a round.</summary>
    internal static Func<string, bool> IsWithin(StepTag step) => path => path.StartsWith(step.Path + "/", StringComparison.Ordinal);
}
