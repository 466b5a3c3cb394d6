using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.Observability;
using Coterie.Federation.Protos;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports.Durable;
using Coterie.Privacy;
using Coterie.Privacy.Sums;
using Google.Protobuf;

namespace Coterie.Federation.Nodes;

/// <summary>
/// A coordinator's part in how a run comes about: it offers the task to every party that connects, begins when all have answered or the time to gather
/// is over, runs, and tells everybody how it ended. Every step is on the disk before it is told. Without participants that are enough, or without the
/// helper or owner of the model that the task names, there is no run.
/// </summary>
internal sealed class CoordinatorNode : IDisposable
{
    private readonly NodeContext _node;
    private readonly OfferedTask _task;
    private readonly NodeEvents _events;
    private readonly Dictionary<PartyId, (Answer Answer, RunMember? Member)> _answers = [];
    private readonly TaskCompletionSource _gathered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RunRecord _record;
    private RunStart? _start;
    private Ending? _ending;

    /// <param name="node">What it stands on.</param>
    /// <param name="task">The task.</param>
    /// <param name="record">What is on the disk about the run; a new one has only the offer.</param>
    public CoordinatorNode(NodeContext node, OfferedTask task, RunRecord record)
    {
        (_node, _task, _record) = (node, task, record);
        if (!record.Roster.IsEmpty) _start = RunStart.Restore(Beginning.Parser.ParseFrom(record.Roster.Span), node.Identity.Name);
        _events = new NodeEvents(node, UpAsync, ControlAsync);
        foreach (var party in Invited) node.Board.Carrier.Expect(party);
    }

    /// <summary>Rounds to prepare, and no more.</summary>
    public Preparation? Preparation { get; init; }

    private string Run => _task.Offer.Run;

    /// <summary>The helper, or the model's owner where it is a party of its own.</summary>
    private NamedParty? Named => ModeCatalogue.NamedPartyFor(_task.Task.Mode);

    /// <summary>Everybody that the task names, in the roster's order.</summary>
    private IEnumerable<PartyId> Invited => Named is { } named ? _task.Offer.Participants.Append(named.Id) : _task.Offer.Participants;

    /// <summary>Gathers, runs, ends; or prepares and leaves the run as it is.</summary>
    /// <param name="results">Called with what the run gave, before anybody is told that it has ended.</param>
    /// <param name="cancellationToken">Stops; the run can be gone on with.</param>
    /// <exception cref="RunFailedException">Too few participants take part, the helper or the model's owner does not, or the deadline is over.</exception>
    /// <inheritdoc cref="NodeRun.RunAsync" path="/exception"/>
    public async Task RunAsync(Func<NodeRunResult, Task> results, CancellationToken cancellationToken)
    {
        RequireFits(_task.Offer.ToMessage().CalculateSize(), "The offer");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var never = new TaskCompletionSource();
        var handling = _events.RunAsync(never.Task, stop.Token);
        try
        {
            await GatherAsync(handling, stop.Token);
            NodeLog.Begins(_node.Log, Run, _start!.Roster.Participants.Length);
            _node.Observer.Say($"Run {Run} begins with {string.Join(", ", _start.Roster.Parties.Where(p => p.Role != PartyRole.Coordinator).Select(p => p.Id))}.");
            var run = new NodeRun(_node, _task.Terms, _start) { Deadline = _record.Deadline, Preparation = Preparation };
            var running = run.RunAsync(null, stop.Token);
            Task prepared = Preparation?.Done ?? never.Task;
            var first = await Task.WhenAny(running, handling, prepared);
            if (first == prepared)
            {
                // As if it were interrupted: all parties have on their disks what they need to go on.
                await stop.CancelAsync();
                await Task.WhenAny(running);
                return;
            }
            if (first == handling)
            {
                // What a run keeps is forgotten at its end: it has to stand still before.
                await stop.CancelAsync();
                await Task.WhenAny(running);
                await handling;
            }
            await results(await running);
            await EndAsync(null, cancellationToken);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            await EndAsync(failed is RunFailedException ? failed.Message : NodeRun.ReasonFor(failed), cancellationToken);
            throw;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAny(handling);
        }
    }

    /// <summary>Goes on answering parties that come late, until cancelled.</summary>
    public Task StayAsync(CancellationToken cancellationToken) => _events.RunAsync(new TaskCompletionSource().Task, cancellationToken);

    public void Dispose() => _events.Dispose();

    private async Task GatherAsync(Task handling, CancellationToken cancellationToken)
    {
        if (_start is not null)
        {
            NodeLog.GoesOn(_node.Log, Run);
            return;
        }
        _node.Observer.Say($"Run {Run}: waiting for {string.Join(", ", Invited)}.");
        var ending = Task.Delay(_node.TimeOuts.Gathering, _node.Time, cancellationToken);
        if (await Task.WhenAny(_gathered.Task, ending, handling) == handling) await handling;
        if (ending.IsCanceled) cancellationToken.ThrowIfCancellationRequested();
        // Answers are handled one after the other: the roster is fixed in line with them.
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _events.Post(async stop =>
        {
            try
            {
                await BeginAsync(stop);
                begun.TrySetResult();
            }
            catch (Exception failed) when (failed is RunFailedException or IOException)
            {
                begun.TrySetException(failed);
            }
        });
        if (await Task.WhenAny(begun.Task, handling) == handling) await handling;
        await begun.Task;
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (Named is { } named && _answers.GetValueOrDefault(named.Id).Member is null) throw Without(named);
        var members = Invited.Select(p => _answers.GetValueOrDefault(p).Member).OfType<RunMember>().ToImmutableArray();
        var participants = members.Count(m => m.Verified.Party.Role == PartyRole.Participant);
        if (!IsEnough(participants)) throw TooFew(participants);
        var roster = _task.Terms.RosterOf(Run, [_node.Self, .. members.Select(m => m.Verified.Party)]);
        _start = new RunStart(roster, [_node.Verified, .. members.Select(m => m.Verified)], [[.. _node.Certificate], .. members.Select(m => m.Certificate)]);
        var beginning = _start.ToMessage();
        RequireFits(beginning.CalculateSize(), "The roster with its certificates");
        _record = _record with { State = RunState.Running, Roster = beginning.ToByteArray() };
        await _node.SaveAsync(_record, cancellationToken);
        foreach (var member in members) await TellAsync(member.Verified.Party.Id, new Control { Beginning = beginning }, cancellationToken);
    }

    private async ValueTask UpAsync(Party peer, CancellationToken cancellationToken)
    {
        var isNamed = IsNamed(peer);
        if (!isNamed && peer.Role != PartyRole.Helper)
        {
            NodeLog.NotNamed(_node.Log, peer.Id);
            _node.Observer.Say($"{peer.Id} is connected, but the task does not name it.");
            if (peer.Role == PartyRole.Participant) return;
        }
        if (_ending is not null) await TellAsync(peer.Id, new Control { Ending = _ending }, cancellationToken);
        else if (_start is null || !isNamed)
        {
            NodeLog.Offered(_node.Log, Run, peer.Id);
            await TellAsync(peer.Id, new Control { Offer = _task.Offer.ToMessage(), Certificate = ByteString.CopyFrom(_node.Certificate) }, cancellationToken);
        }
        else if (_start.Roster.Contains(peer.Id)) await TellAsync(peer.Id, new Control { Beginning = _start.ToMessage() }, cancellationToken);
        else await TellAsync(peer.Id, Refusal("the run has begun without this party"), cancellationToken);
    }

    private async ValueTask ControlAsync(Party peer, Control control, CancellationToken cancellationToken)
    {
        if (control.BodyCase != Control.BodyOneofCase.Answer || control.Answer.Run != Run)
        {
            NodeLog.Refused(_node.Log, peer.Id, "an answer to this run's offer is expected");
            return;
        }
        if (!IsNamed(peer))
        {
            // A participant that is not named was offered nothing.
            if (peer.Role == PartyRole.Helper) await TellAsync(peer.Id, Refusal(Named is { Role: PartyRole.Helper } ? $"the task does not name {peer.Id} as its helper" : $"the mode {_task.Task.Mode.Mode} needs no helper"), cancellationToken);
            else if (peer.Role == PartyRole.ModelOwner) await TellAsync(peer.Id, Refusal($"the task does not name {peer.Id} as its model's owner"), cancellationToken);
            return;
        }
        if (_start is not null) return;
        Take(peer, control.Answer, control.Certificate.Span);
        // Who declined is missed at once where there is no run without it.
        if (Invited.All(_answers.ContainsKey) || !CanBegin) _gathered.TrySetResult();
    }

    /// <summary>Whether the answers so far leave room for a run.</summary>
    private bool CanBegin => (Named is not { } named || IsOpen(named.Id)) && Enumerable.Range(1, _task.Offer.Participants.Count(IsOpen)).Any(IsEnough);

    private bool IsOpen(PartyId party) => !_answers.TryGetValue(party, out var answer) || answer.Member is not null;

    /// <summary>Whether the task names the party in its role.</summary>
    private bool IsNamed(Party peer) => peer.Role switch
    {
        PartyRole.Participant => _task.Offer.Participants.Contains(peer.Id),
        var role => Named is { } named && named.Role == role && named.Id == peer.Id,
    };

    private void Take(Party peer, Answer answer, ReadOnlySpan<byte> certificate)
    {
        if (!answer.Accepted)
        {
            var reason = Printable.Of(answer.Reason, Printable.ReasonLength);
            NodeLog.Declined(_node.Log, Run, peer.Id, reason);
            _node.Observer.Say($"{peer.Id} declines: {reason}");
            _answers[peer.Id] = (new Answer { Reason = reason }, null);
            return;
        }
        try
        {
            var verified = RunStart.VerifySender(peer, certificate, _node.Identity.Peers);
            if (!_answers.TryGetValue(peer.Id, out var before) || before.Member is null) _node.Observer.Say($"{peer.Id} takes part.");
            NodeLog.Accepted(_node.Log, Run, peer.Id);
            _answers[peer.Id] = (answer, new RunMember(verified, [.. certificate]));
        }
        catch (IdentityException refused)
        {
            NodeLog.Refused(_node.Log, peer.Id, refused.Message);
        }
    }

    private async Task EndAsync(string? failure, CancellationToken cancellationToken)
    {
        _ending = new Ending { Run = Run, Failed = failure is not null, Reason = failure ?? "" };
        if (failure is null) NodeLog.Finished(_node.Log, Run);
        else NodeLog.Failed(_node.Log, Run, failure);
        await _node.SaveAsync(_record with { State = failure is null ? RunState.Finished : RunState.Failed, Reason = failure }, cancellationToken);
        foreach (var party in Invited) await TellAsync(party, new Control { Ending = _ending }, cancellationToken);
    }

    private async ValueTask TellAsync(PartyId peer, Control control, CancellationToken cancellationToken) => await _node.Board.SendControlAsync(peer, control, cancellationToken);

    private Control Refusal(string reason) => new() { Ending = new Ending { Run = Run, Failed = true, Reason = reason } };

    private bool IsEnough(int participants)
    {
        if (participants < (_task.Task.Mode.AllowSmallRoster ? 1 : SumPolicy.MinimumRoster)) return false;
        try
        {
            ModeCatalogue.ThresholdFor(_task.Task.Mode, participants);
            return true;
        }
        catch (ArgumentException)
        {
            // The task's threshold was chosen for another number of participants.
            return false;
        }
    }

    /// <summary>What cannot be said to anybody ends the run with a reason, before it is tried.</summary>
    private static void RequireFits(int bytes, string what)
    {
        const int Most = ControlParts.MaximumControlBytes - (64 << 10);
        if (bytes > Most) throw new RunFailedException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{what} would take {bytes} bytes; at most {Most} can be sent. Fewer columns or participants are needed."));
    }

    private RunFailedException TooFew(int members)
    {
        var declined = _task.Offer.Participants.Where(p => _answers.ContainsKey(p) && !IsOpen(p)).Select(WhyNot);
        var silent = _task.Offer.Participants.Where(p => !_answers.ContainsKey(p)).Select(WhyNot);
        return new RunFailedException(
            $"Run {Run} has too few participants: {members} of {_task.Offer.Participants.Length} take part, which the mode {_task.Task.Mode.Mode} and its threshold do not allow ({string.Join("; ", declined.Concat(silent))}).");
    }

    private RunFailedException Without(NamedParty named) => new($"Run {Run} cannot begin without {named.Id}, which the task names as {named.Office} ({WhyNot(named.Id)}).");

    /// <summary>Why somebody does not take part.</summary>
    private string WhyNot(PartyId party) => _answers.TryGetValue(party, out var answer) ? $"{party} declines: {answer.Answer.Reason.TrimEnd('.')}" : $"{party} did not answer";

    private sealed record RunMember(Approval.VerifiedParty Verified, ImmutableArray<byte> Certificate);
}
