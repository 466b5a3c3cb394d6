using Coterie.Core.Parties;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Offers;

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
        var owner = task.Task.Mode.ModelOwner;
        Insist(roster.Parties.Length == roster.Participants.Length + (owner is null ? 1 : 2), "it has parties that the task does not name, or not all of them");
        // By name and role; its certificate says the same. With nobody of that role on it the coordinator would be the owner.
        Insist(roster.ModelOwner == (owner ?? coordinator.Id), "its model owner is another than the task names");
        Insist(owner is null || roster.Parties[^1].Id == owner, "its model owner is not the last on it");
        Insist(owner is null || policy.ModelOwners.IsEmpty || policy.ModelOwners.Any(o => o.Matches(start.Parties[^1])), "the policy does not name this model owner's certificate");
        Insist(roster.Participants.SequenceEqual(offer.Participants.Where(roster.Contains)), "its participants are in another order");
        var known = start.Parties.Count(p => p.Party.Role == PartyRole.Participant && (p.Party.Id == self.Id || PolicyJudge.Knows(policy, p)));
        Insist(known >= policy.MinimumParticipants, $"{known} participants that this one knows are on it, {policy.MinimumParticipants} are needed");
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
