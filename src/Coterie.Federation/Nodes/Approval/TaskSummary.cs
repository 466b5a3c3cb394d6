using System.Collections.Immutable;
using System.Globalization;
using Coterie.Core.Modes;
using Coterie.Federation.Nodes.Offers;
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
        void Add(string word, string text) => facts.Add(new(word, Printable(text)));
        Add("coordinator", $"{offered.Coordinator.Party.Id}, certificate {offered.Coordinator.Fingerprint}");
        Add("participants", string.Join(", ", offer.Participants));
        Add("mode", $"{mode.Name}. {mode.Summary}");
        foreach (var knowledge in mode.Learns) Add($"{knowledge.Party} learn{(knowledge.Party.EndsWith('s') ? "" : "s")}", knowledge.Learns);
        Add("assumed", mode.Assumes);
        Add("learner", task.File.Learner.Name + string.Concat(task.File.Learner.Parameters.Select(p => string.Create(CultureInfo.InvariantCulture, $", {p.Key} {p.Value}"))));
        Add("columns", string.Join(", ", offer.Schema.Features.Select(c => c.Name)));
        if (offer.Schema.Target is { } target) Add("target", target.Name);
        if (task.File.Data.Weights is { } weights) Add("weights", weights);
        Add("preprocessing", task.File.Preprocessing.IsEmpty ? "none" : string.Join(", ", task.File.Preprocessing.Select(p => p.Name)));
        Add("rounds", string.Create(CultureInfo.InvariantCulture, $"at most {task.Plan.Stop.Rounds}"));
        Add("model to", task.Plan.ModelTo == ModelAudience.Everyone ? "all parties" : "the coordinator");
        if (task.Mode.AllowSmallRoster) Add("small roster", "agreed to: a sum over two participants shows each the other's part, over one that participant's");
        if (offer.Deadline is { } deadline) Add("deadline", deadline.ToString("u", CultureInfo.InvariantCulture));
        return new TaskSummary(offer.Run, task.File.Name, facts.ToImmutable());
    }

    /// <summary>Names come from somebody else: nothing in them steers a terminal.</summary>
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? '?' : c));
}
