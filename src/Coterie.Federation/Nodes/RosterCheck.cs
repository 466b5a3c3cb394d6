using Coterie.Core.Parties;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Offers;
using Coterie.Privacy;

namespace Coterie.Federation.Nodes;

/// <summary>What a party insists on before it begins: the run is the one it agreed to, with the parties it was told of.</summary>
internal static class RosterCheck
{
    /// <exception cref="ProtocolException">The roster is not that of the approved task.</exception>
    public static void Require(RunStart start, OfferedTask task, Party self, Party coordinator, ApprovalPolicy policy)
    {
        var roster = start.Roster;
        var offer = task.Offer;
        void Insist(bool holds, string what)
        {
            if (!holds)
                throw new ProtocolException(ProtocolErrorCode.RosterMismatch, $"the roster of run {offer.Run} is not that of the task that was approved: {what}", $"{offer.Run}/beginning", coordinator.Id);
        }
        Insist(roster.RunId == offer.Run, "it names another run");
        Insist(roster.Coordinator == coordinator.Id && IsSame(roster[coordinator.Id], coordinator), "it names another coordinator");
        // The offer's connection is not this one: a second key under the coordinator's name would have passed there, too, only by the policy.
        Insist(policy.Coordinators.IsEmpty || policy.Coordinators.Any(c => c.Matches(start.Parties.First(p => p.Party.Id == coordinator.Id))), "the policy does not name this coordinator's certificate");
        Insist(roster.Contains(self.Id) && IsSame(roster[self.Id], self), "this party is not on it, or under another key");
        Insist(roster.Participants.All(offer.Participants.Contains), "it has participants that were not offered");
        var named = ModeCatalogue.NamedPartyFor(task.Task.Mode);
        Insist(roster.Parties.Length == roster.Participants.Length + (named is null ? 1 : 2), "it has parties that the task does not name, or not all of them");
        // By name and role; its certificate says the same. With nobody of that role on it the coordinator would be the owner.
        var owner = named is { Role: PartyRole.ModelOwner } ? named.Id : coordinator.Id;
        Insist(roster.ModelOwner == owner, "its model owner is another than the task names");
        Insist(named is not { Role: PartyRole.Helper } || roster.Helper == named.Id, "its helper is another than the task names");
        Insist(named is null || roster.Parties[^1].Id == named.Id, $"{named?.Id}, which the task names, is not the last on it");
        var known = named is { Role: PartyRole.Helper } ? policy.Helpers : policy.ModelOwners;
        Insist(named is null || known.IsEmpty || known.Any(o => o.Matches(start.Parties[^1])), named is { Role: PartyRole.Helper } ? "the policy does not name this helper's certificate" : "the policy does not name this model owner's certificate");
        Insist(roster.Participants.SequenceEqual(offer.Participants.Where(roster.Contains)), "its participants are in another order");
        var trusted = start.Parties.Count(p => p.Party.Role == PartyRole.Participant && (p.Party.Id == self.Id || PolicyJudge.Knows(policy, p)));
        Insist(trusted >= policy.MinimumParticipants, $"{trusted} participants that this one knows are on it, {policy.MinimumParticipants} are needed");
        try
        {
            Insist(task.Terms.RosterOf(offer.Run, roster.Parties).Digest.SequenceEqual(roster.Digest), "mode, threshold, columns or other terms differ");
        }
        catch (ArgumentException refused)
        {
            Insist(false, refused.Message);
        }
    }

    private static bool IsSame(Party one, Party other) => one.Role == other.Role && one.IdentityKey.AsSpan().SequenceEqual(other.IdentityKey.AsSpan());
}
