using System.Collections.Immutable;
using System.Globalization;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.Tasks;
using Coterie.Learning;
using Coterie.Learning.External;
using Coterie.Privacy;

namespace Coterie.Federation.Nodes.Approval;

/// <summary>A task as a person decides about it.</summary>
/// <param name="Run">Names the run it would be.</param>
/// <param name="Task">The task's name.</param>
/// <param name="Facts">What is said about it, as pairs of a word and a sentence.</param>
public sealed record TaskSummary(string Run, string Task, ImmutableArray<KeyValuePair<string, string>> Facts)
{
    internal static TaskSummary Of(OfferedTask offered)
    {
        var (task, offer) = (offered.Task, offered.Offer);
        var mode = ModeCatalogue.Find(task.Mode.Mode)!;
        var facts = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        void Add(string word, string text) => facts.Add(new(word, Printable.Of(text)));
        Add("coordinator", $"{offered.Coordinator.Party.Id}, certificate {offered.Coordinator.Fingerprint}");
        Add("participants", string.Join(", ", offer.Participants));
        if (ModeCatalogue.NamedPartyFor(task.Mode) is { Role: PartyRole.Helper } helper) Add("helper", $"{helper.Id}; with the coordinator it could open rows");
        Add("mode", $"{mode.Name}. {mode.Summary}");
        foreach (var knowledge in mode.Learns) Add($"{knowledge.Party} learn{(knowledge.Party.EndsWith('s') ? "" : "s")}", knowledge.Learns);
        Add("assumed", mode.Assumes);
        if (ModeCatalogue.KeyBitsFor(task.Mode) is > 0 and var bits) Add("keys", string.Create(CultureInfo.InvariantCulture, $"{(mode.Name == ModeCatalogue.EncryptedModel ? "the model's owner a" : "every participant its own")} Paillier key of {bits} bits"));
        // A command in an offer is not run, so it is not for a person to judge either.
        var local = LearnerCatalogue.Find(task.File.Learner.Name)?.Parameters.Where(p => p.IsLocal).Select(p => p.Name).ToArray() ?? [];
        Add("learner", task.File.Learner.Name + string.Concat(task.File.Learner.Parameters.Where(p => !local.Contains(p.Key)).Select(p => $", {p.Key} {NamedParameters.TextOf(p.Value)}")));
        if (task.Plan.Learner is ExternalLearner { Programs: { } programs }) Add("program", $"{programs.Command} (as this party's config says)");
        Add("columns", string.Join(", ", offer.Schema.Features.Select(c => c.Name)));
        if (offer.Schema.Target is { } target) Add("target", target.Name);
        Add("dealing", Dealt(task.File.Data.Participants));
        Add("test rows", Kept(task.File.Data.Test));
        Add("validation", Kept(task.File.Data.Validation));
        Add("weights", task.File.Data.Weights ?? "every row counts once");
        Add("preprocessing", task.File.Preprocessing.IsEmpty ? "none" : string.Join(", ", task.File.Preprocessing.Select(p => p.Name)));
        Add("rounds", string.Create(CultureInfo.InvariantCulture, $"at most {task.Plan.Stop.Rounds}"));
        Add("model to", offered.Terms.ModelTo switch
        {
            ModelAudience.Everyone => "all parties",
            ModelAudience.Participants => "the participants, not the coordinator",
            _ when task.Mode.ModelOwner is { } owner => $"{owner}, the model's owner, and nobody else",
            _ => "the coordinator",
        });
        if (task.Mode.AllowSmallRoster) Add("small roster", "agreed to: a sum over two participants shows each the other's part, over one that participant's");
        if (offer.Deadline is { } deadline) Add("deadline", deadline.ToString("u", CultureInfo.InvariantCulture));
        return new TaskSummary(offer.Run, task.File.Name, facts.ToImmutable());
    }

    private static string Dealt(ParticipantsSettings participants) => participants switch
    {
        FileParticipants => "every participant trains on a file of its own",
        ColumnParticipants { Values: { IsEmpty: false } values } column => $"by column {column.Column}: {string.Join(", ", values)}",
        ColumnParticipants column => $"by column {column.Column}",
        DealtParticipants { By: DealRule.Dirichlet } dealt => string.Create(CultureInfo.InvariantCulture, $"one file among {dealt.Count}, dirichlet, alpha {dealt.Alpha}"),
        DealtParticipants dealt => string.Create(CultureInfo.InvariantCulture, $"one file among {dealt.Count}, {(dealt.By == DealRule.RoundRobin ? "round-robin" : dealt.By.ToString().ToLowerInvariant())}"),
        _ => throw new System.Diagnostics.UnreachableException($"{participants.GetType().Name} is no way to deal rows."),
    };

    private static string Kept(HoldOut? rows) => rows switch
    {
        null => "none",
        EveryHoldOut every => string.Create(CultureInfo.InvariantCulture, $"one row of {every.Every}"),
        FractionHoldOut fraction => string.Create(CultureInfo.InvariantCulture, $"{fraction.Fraction} of the rows"),
        ColumnHoldOut column => $"rows with {column.Column} {string.Join(", ", column.Values)}",
        FileHoldOut => "a file of the coordinator's",
        _ => throw new System.Diagnostics.UnreachableException($"{rows.GetType().Name} is no way to hold rows out."),
    };
}
