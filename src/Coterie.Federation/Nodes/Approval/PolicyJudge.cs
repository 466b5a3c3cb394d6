using System.Collections.Immutable;
using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.Tasks;
using Coterie.Privacy;

namespace Coterie.Federation.Nodes.Approval;

/// <summary>Compares a task with a party's policy. Nothing but the offer is looked at.</summary>
internal static class PolicyJudge
{
    /// <summary>The verdict of <paramref name="policy"/> over a task; <paramref name="self"/> is whoever would take part in it.</summary>
    public static PolicyVerdict Judge(ApprovalPolicy policy, OfferedTask offered, Party self)
    {
        var objections = ImmutableArray.CreateBuilder<string>();
        var (task, schema) = (offered.Task, offered.Offer.Schema);
        if (Stranger(offered, self) is { } stranger) objections.Add(stranger);
        if (Unknown(policy, offered, self.Id) is { } unknown) objections.Add(unknown);
        if (!policy.Coordinators.IsEmpty && !policy.Coordinators.Any(c => c.Matches(offered.Coordinator)))
            objections.Add($"coordinators: {offered.Coordinator.Party.Id} with the certificate {offered.Coordinator.Fingerprint[..16]}... is none of {List(policy.Coordinators.Select(c => c.Name))}.");
        if (!policy.Learners.IsEmpty && !policy.Learners.Contains(task.File.Learner.Name))
            objections.Add($"learners: {task.File.Learner.Name} is none of {List(policy.Learners)}.");
        if (!policy.Modes.IsEmpty && !policy.Modes.Contains(task.Mode.Mode))
            objections.Add($"modes: {task.Mode.Mode} is none of {List(policy.Modes)}.");
        // A column that decides which rows train is used as much as one that trains.
        var used = schema.Features.Append(schema.Target).OfType<Column>().Select(c => c.Name).Append(task.File.Data.Weights).OfType<string>().Concat(TaskColumns.Dealing(task.File).Select(c => c.Column));
        var columns = used.Distinct(StringComparer.Ordinal).Where(n => !policy.Columns.IsEmpty && !policy.Columns.Contains(n)).ToArray();
        if (columns.Length > 0) objections.Add($"columns: {List(columns)} {(columns.Length == 1 ? "is" : "are")} not among those approved.");
        if (task.Mode.AllowSmallRoster && !policy.AllowSmallRoster)
            objections.Add("allow-small-roster: the task agrees to sums over one or two participants, this party does not.");
        if (Known(policy, offered, self.Id) is var known && known < policy.MinimumParticipants)
            objections.Add(string.Create(CultureInfo.InvariantCulture, $"minimum-participants: {known} participants that this one knows are to take part; {policy.MinimumParticipants} are needed."));
        if (policy.MaximumRounds is { } rounds && task.Plan.Stop.Rounds > rounds)
            objections.Add(string.Create(CultureInfo.InvariantCulture, $"maximum-rounds: {task.Plan.Stop.Rounds} rounds are asked for; {rounds} are approved."));
        if (policy.Preprocessing == PreprocessingRule.DeclaredOnly) objections.AddRange(Learned(offered));
        if (policy.Epsilon is { } epsilon)
            objections.Add(string.Create(CultureInfo.InvariantCulture, $"epsilon: the task has no differential privacy; an epsilon of at most {epsilon} is approved."));
        return new PolicyVerdict(objections.ToImmutable(), policy.Ask);
    }

    /// <summary>Whether the policy knows a participant: then it counts toward the minimum.</summary>
    public static bool Knows(ApprovalPolicy policy, VerifiedParty participant) => policy.Participants.IsEmpty || policy.Participants.Any(p => p.Matches(participant));

    /// <summary>A helper is told by the coordinator where none is needed.</summary>
    private static string? Stranger(OfferedTask offered, Party self) => self.Role switch
    {
        PartyRole.Participant when !offered.Offer.Participants.Contains(self.Id) => $"the task does not name {self.Id} among its participants.",
        PartyRole.ModelOwner when offered.Task.Mode.ModelOwner != self.Id => $"the task does not name {self.Id} as its model's owner.",
        PartyRole.Helper when ModeCatalogue.NamedPartyFor(offered.Task.Mode) is { Role: PartyRole.Helper } helper && helper.Id != self.Id => $"the task does not name {self.Id} as its helper.",
        _ => null,
    };

    /// <summary>
    /// Coordinator and model owner together open single contributions, coordinator and helper rows: one that the coordinator has invented must not get by where nobody looks.
    /// </summary>
    private static string? Unknown(ApprovalPolicy policy, OfferedTask offered, PartyId self)
    {
        if (ModeCatalogue.NamedPartyFor(offered.Task.Mode) is not { } named || named.Id == self) return null;
        var (key, known, would) = named.Role == PartyRole.Helper ? ("helpers", policy.Helpers, "help") : ("model-owners", policy.ModelOwners, "own the model");
        if (known.Any(o => o.Name == named.Id.Name)) return null;
        if (!known.IsEmpty) return $"{key}: {named.Id} is none of {List(known.Select(o => o.Name))}.";
        return policy.Ask ? null : $"{key}: {named.Id} would {would}, and is not approved; without a person to ask it has to be named.";
    }

    /// <summary>Of an offer only names are known; certificates are compared when the run begins.</summary>
    private static int Known(ApprovalPolicy policy, OfferedTask offered, PartyId self) =>
        offered.Offer.Participants.Count(p => p == self || policy.Participants.IsEmpty || policy.Participants.Any(k => k.Name == p.Name));

    private static IEnumerable<string> Learned(OfferedTask offered)
    {
        var steps = offered.Task.Plan.Preprocessors.Zip(offered.Task.File.Preprocessing).Where(p => p.First.DefaultStop.Rounds > 0).Select(p => p.Second.Name).ToArray();
        if (steps.Length > 0) yield return $"preprocessing: {List(steps)} would learn from the rows and open what it learned.";
        var schema = offered.Offer.Schema;
        var open = schema.Features.Append(schema.Target).OfType<Column>().Where(c => !c.IsRangeDeclared).Select(c => c.Name).ToArray();
        if (open.Length > 0) yield return $"preprocessing: no range is declared for {List(open)}, so it would be learned from the rows and opened.";
    }

    private static string List(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take(8)) + (all.Length > 8 ? string.Create(CultureInfo.InvariantCulture, $" and {all.Length - 8} more") : "");
    }
}
