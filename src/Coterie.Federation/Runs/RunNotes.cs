using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Reports;
using Coterie.Privacy;
using Coterie.Privacy.Sums;

namespace Coterie.Federation.Runs;

/// <summary>Remarks that a run's report owes its readers.</summary>
internal static class RunNotes
{
    public static ImmutableArray<ReportNote> Of(TaskResult result)
    {
        var notes = ImmutableArray.CreateBuilder<ReportNote>();
        var participants = result.Outcome.Roster.Participants.Length;
        if (participants < SumPolicy.MinimumRoster)
            notes.Add(new ReportNote(
                participants == 1
                    ? "One participant: every sum is that participant's own contribution, whatever the mode."
                    : "Two participants: each can subtract its own contribution from a sum and is left with the other's.",
                IsWarning: true));
        if (result.Task.Mode.Mode == ModeCatalogue.Federated)
            notes.Add(new ReportNote("The coordinator saw every contribution in clear. Contributions of few rows can give rows away; secure-aggregation opens sums only.", IsWarning: true));
        if (ModeCatalogue.Find(result.Task.Mode.Mode) is { HidesModel: true })
            notes.Add(new ReportNote("The model and its figures are the participants'. They are here because all parties ran on this machine; the coordinator held neither."));
        if (result.Task.Mode.ModelOwner is { } owner)
            notes.Add(new ReportNote($"The model is {owner}'s alone. It and its figures are here because all parties ran on this machine; coordinator and participants held ciphertexts."));
        if (result.Task.SamplingNote is { } sampled) notes.Add(new ReportNote(sampled));
        if (result.Outcome.History.Select(r => Asked(result, r.Step) - r.Survivors).Distinct().Count() > 1)
            notes.Add(new ReportNote("Participants left during the run. The difference of two sums over different survivors is the contribution of those that left between them; differential privacy bounds what it says.", IsWarning: true));
        foreach (var local in result.Local.Where(l => l.Metrics is null))
            notes.Add(new ReportNote($"{local.Name} alone gets no model: {local.Reason}"));
        return notes.ToImmutable();
    }

    /// <summary>How many participants a round takes if nobody has left.</summary>
    private static int Asked(TaskResult result, StepTag step) =>
        step.Path.Contains("/learner/", StringComparison.Ordinal) ? result.Task.ParticipantsPerRound : result.Outcome.Roster.Participants.Length;
}
