using System.Collections.Immutable;
using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.Observability;
using Coterie.Federation.Protos;
using Coterie.Federation.RunStore;
using Coterie.Federation.Tasks;
using Google.Protobuf;

namespace Coterie.Federation.Nodes;

/// <summary>How a run ended at a party.</summary>
/// <param name="Run">The run.</param>
/// <param name="Failure">Why there is no result; null: there is.</param>
internal sealed record RunEnd(string Run, Exception? Failure);

/// <summary>
/// The part of a participant, a helper or a model owner: it judges what the coordinator offers before it opens any file, answers, checks the roster it is to begin
/// with, runs, and goes on with unfinished runs after a restart.
/// </summary>
internal sealed class PartyNode : IDisposable
{
    /// <summary>Offers that are judged at the same time, and agreed ones whose rows wait in memory.</summary>
    private const int MaximumOpen = 16;

    private readonly NodeContext _node;
    private readonly ParticipantSettings _settings;
    private readonly TaskConsent _consent;
    private readonly NodeEvents _events;
    private readonly Func<OfferedTask, NodeRunResult, Task> _results;
    private readonly Dictionary<string, ParticipantData?> _accepted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _declined = new(StringComparer.Ordinal);
    private readonly HashSet<string> _judging = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _overBefore = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Begun> _running = new(StringComparer.Ordinal);
    private readonly List<Task> _work = [];
    private readonly TaskCompletionSource<RunEnd> _firstEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="node">What it stands on.</param>
    /// <param name="settings">Its config.</param>
    /// <param name="approved">Names of runs and tasks that were agreed to beforehand.</param>
    /// <param name="results">Called with what a run gave, before it counts as finished.</param>
    public PartyNode(NodeContext node, ParticipantSettings settings, ImmutableArray<string> approved, Func<OfferedTask, NodeRunResult, Task> results)
    {
        (_node, _settings, _results) = (node, settings, results);
        _consent = new TaskConsent(node, settings, approved);
        _events = new NodeEvents(node, (_, _) => ValueTask.CompletedTask, ControlAsync);
        node.Board.Carrier.Expect(settings.Coordinator);
    }

    /// <summary>The first run that ends, one way or the other, while the node runs.</summary>
    public Task<RunEnd> FirstEnd => _firstEnd.Task;

    /// <summary>Goes on with unfinished runs and takes what the coordinator offers, until cancelled or, with <paramref name="once"/>, a run has ended.</summary>
    public async Task RunAsync(bool once, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _events.Post(token =>
        {
            foreach (var record in _node.Store.Runs().Where(r => r.State == RunState.Running)) Resume(record, token);
            return ValueTask.CompletedTask;
        });
        if (once) Start(WaitForAnOfferAsync, stop.Token);
        try
        {
            await _events.RunAsync(once ? _firstEnd.Task : new TaskCompletionSource().Task, stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var (_, running) in _running) await running.Stop.CancelAsync();
            await Task.WhenAll(_work);
        }
    }

    public void Dispose()
    {
        _events.Dispose();
        foreach (var (_, running) in _running) running.Stop.Dispose();
    }

    /// <summary>The coordinator may have ended before this party came: who is to see one run does not wait for ever.</summary>
    private async Task WaitForAnOfferAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(_node.TimeOuts.Gathering, _node.Time, cancellationToken);
            _events.Post(_ =>
            {
                if (_judging.Count + _accepted.Count + _running.Count == 0)
                    Ended("", new RunFailedException(string.Create(CultureInfo.InvariantCulture, $"{_settings.Coordinator} has offered no task for {_node.TimeOuts.Gathering.TotalSeconds} s.")));
                return ValueTask.CompletedTask;
            });
        }
    }

    private async ValueTask ControlAsync(Party peer, Control control, CancellationToken cancellationToken)
    {
        try
        {
            if (peer.Role != PartyRole.Coordinator || peer.Id != _settings.Coordinator)
                throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"only the coordinator {_settings.Coordinator} is listened to", "", peer.Id);
            switch (control.BodyCase)
            {
                case Control.BodyOneofCase.Offer:
                    await OfferedAsync(RunStart.VerifySender(peer, control.Certificate.Span, _node.Identity.Peers), control.Offer, cancellationToken);
                    break;
                case Control.BodyOneofCase.Beginning:
                    await BeginningAsync(peer, control.Beginning, cancellationToken);
                    break;
                case Control.BodyOneofCase.Ending:
                    await EndingAsync(control.Ending, cancellationToken);
                    break;
                default:
                    throw new ProtocolException(ProtocolErrorCode.MalformedMessage, "an offer, a beginning or an ending is expected", "", peer.Id);
            }
        }
        catch (Exception refused) when (refused is ProtocolException or IdentityException)
        {
            NodeLog.Refused(_node.Log, peer.Id, refused.Message);
            _node.Observer.Say($"{peer.Id} is not followed: {refused.Message}");
        }
        catch (Exception unforeseen) when (unforeseen is not (OperationCanceledException or StoreException))
        {
            // What a peer sends ends no node, whatever it is.
            NodeLog.Refused(_node.Log, peer.Id, unforeseen.GetType().Name);
            _node.Observer.Warn(unforeseen);
        }
    }

    private async ValueTask OfferedAsync(VerifiedParty coordinator, Offer message, CancellationToken cancellationToken)
    {
        var offer = TaskOffer.Read(message, coordinator.Party.Id);
        var bytes = message.ToByteArray();
        var record = _node.Store.Find(offer.Run);
        if (record is not null && !record.Offer.Span.SequenceEqual(bytes))
        {
            await AnswerAsync(offer.Run, "it was offered before with other terms", cancellationToken);
            return;
        }
        if (record is { State: RunState.Failed }) await AnswerAsync(offer.Run, $"it has failed there: {record.Reason}", cancellationToken);
        else if (_declined.TryGetValue(offer.Run, out var reason)) await AnswerAsync(offer.Run, reason, cancellationToken);
        else if (record is { State: RunState.Running or RunState.Finished } || _accepted.ContainsKey(offer.Run)) await AnswerAsync(offer.Run, null, cancellationToken);
        else if (_judging.Contains(offer.Run)) return;
        else if (_judging.Count >= MaximumOpen) await AnswerAsync(offer.Run, "too many other offers wait for an answer there", cancellationToken);
        else
        {
            _judging.Add(offer.Run);
            record ??= new RunRecord(offer.Run, RunState.Offered, bytes, default, null, _node.Time.GetUtcNow(), offer.Deadline);
            await _node.SaveAsync(record, cancellationToken);
            Start(stop => JudgeAsync(coordinator, offer, record, stop), cancellationToken);
        }
    }

    /// <summary>Judging takes as long as a person takes; other things happen meanwhile.</summary>
    private async Task JudgeAsync(VerifiedParty coordinator, TaskOffer offer, RunRecord record, CancellationToken cancellationToken)
    {
        var (data, refusal) = await DecideAsync(coordinator, offer, wasAccepted: record.State == RunState.Accepted, cancellationToken);
        _events.Post(async stop =>
        {
            _judging.Remove(offer.Run);
            if (_overBefore.Remove(offer.Run, out var over))
            {
                await FailAsync(record, over, stop);
                return;
            }
            await _node.SaveAsync(record with { State = refusal is null ? RunState.Accepted : RunState.Declined, Reason = refusal }, stop);
            // Of offers that are many, the earlier ones are judged again when they come again or begin.
            if (refusal is null) Keep(_accepted, MaximumOpen, offer.Run, data);
            else Keep(_declined, OfferRecords.Kept, offer.Run, refusal);
            await PruneAsync();
            await AnswerAsync(offer.Run, refusal, stop);
            if (refusal is not null) Ended(offer.Run, new RunFailedException($"Run {offer.Run} was declined: {refusal}"));
        });
    }

    private async Task<(ParticipantData? Data, string? Refusal)> DecideAsync(VerifiedParty coordinator, TaskOffer offer, bool wasAccepted, CancellationToken cancellationToken)
    {
        try
        {
            return await _consent.DecideAsync(coordinator, offer, wasAccepted, cancellationToken);
        }
        catch (Exception unforeseen) when (unforeseen is not (OperationCanceledException or StoreException))
        {
            NodeLog.RowsRefused(_node.Log, offer.Run, unforeseen.GetType().Name);
            _node.Observer.Warn(unforeseen);
            return (null, $"it failed there ({unforeseen.GetType().Name})");
        }
    }

    private async Task PruneAsync()
    {
        try
        {
            foreach (var run in await OfferRecords.PruneAsync(_node.Store)) _node.Figures.Forget(run);
        }
        catch (StoreException failed)
        {
            _node.Figures.StoreFailed();
            NodeLog.StoreFailed(_node.Log, failed.Message);
            throw;
        }
    }

    private static void Keep<T>(Dictionary<string, T> kept, int most, string run, T value)
    {
        if (kept.Count >= most && !kept.ContainsKey(run)) kept.Remove(kept.Keys.First());
        kept[run] = value;
    }

    private async ValueTask AnswerAsync(string run, string? refusal, CancellationToken cancellationToken) => await _node.Board.SendControlAsync(
        _settings.Coordinator,
        new Control { Answer = new Answer { Run = run, Accepted = refusal is null, Reason = refusal ?? "" }, Certificate = ByteString.CopyFrom(_node.Certificate) },
        cancellationToken);

    private async ValueTask BeginningAsync(Party peer, Beginning message, CancellationToken cancellationToken)
    {
        if (_running.ContainsKey(message.Run)) return;
        var record = _node.Store.Find(message.Run);
        if (record is { State: RunState.Finished or RunState.Failed }) return;
        var start = RunStart.Read(message, peer.Id, _node.Identity.Peers);
        var coordinator = start.Parties.First(p => p.Party.Role == PartyRole.Coordinator);
        if (record is not { State: RunState.Accepted } || !_accepted.TryGetValue(message.Run, out var data))
        {
            // After a restart the task is judged again before anything is opened, and its coordinator will say once more when it begins.
            if (record is { State: RunState.Accepted } && _judging.Add(message.Run))
            {
                var offer = TaskOffer.Read(Offer.Parser.ParseFrom(record.Offer.Span), peer.Id);
                Start(
                    async stop =>
                    {
                        await JudgeAsync(coordinator, offer, record, stop);
                        _events.Post(again => BeginningAsync(peer, message, again));
                    },
                    cancellationToken);
                return;
            }
            if (_judging.Contains(message.Run)) return;
            throw new ProtocolException(ProtocolErrorCode.RosterMismatch, $"run {message.Run} begins, but this party has not agreed to take part", message.Run, peer.Id);
        }
        var task = _consent.TaskOf(TaskOffer.Read(Offer.Parser.ParseFrom(record.Offer.Span), peer.Id), coordinator);
        RosterCheck.Require(start, task, _node.Self, peer, _settings.Approve);
        record = record with { State = RunState.Running, Roster = message.ToByteArray() };
        await _node.SaveAsync(record, cancellationToken);
        _accepted.Remove(message.Run);
        Begin(record, task, start, data, cancellationToken);
    }

    private void Resume(RunRecord record, CancellationToken cancellationToken)
    {
        try
        {
            var start = RunStart.Restore(Beginning.Parser.ParseFrom(record.Roster.Span), _node.Identity.Name);
            var coordinator = start.Parties.First(p => p.Party.Role == PartyRole.Coordinator);
            var task = _consent.TaskOf(TaskOffer.Read(Offer.Parser.ParseFrom(record.Offer.Span), coordinator.Party.Id), coordinator);
            var data = _settings.Data is { } location ? task.ReadRows(_node.Identity.Name, location) : null;
            NodeLog.GoesOn(_node.Log, record.Run);
            _node.Observer.Say($"Run {record.Run} goes on.");
            Begin(record, task, start, data, cancellationToken);
        }
        catch (Exception refused) when (refused is not (OperationCanceledException or StoreException))
        {
            // The run stays on the disk: once its cause is gone, the same command goes on with it.
            _node.Observer.Warn(refused);
            NodeLog.RowsRefused(_node.Log, record.Run, refused.GetType().Name);
            Ended(record.Run, refused);
        }
    }

    private void Begin(RunRecord record, OfferedTask task, RunStart start, ParticipantData? data, CancellationToken cancellationToken)
    {
        var begun = new Begun(CancellationTokenSource.CreateLinkedTokenSource(cancellationToken));
        _running[record.Run] = begun;
        NodeLog.Begins(_node.Log, record.Run, start.Roster.Participants.Length);
        _node.Observer.Say($"Run {record.Run} begins with {string.Join(", ", start.Roster.Parties.Where(p => p.Role != PartyRole.Coordinator).Select(p => p.Id))}.");
        foreach (var party in start.Roster.Parties.Where(p => p.Id != _node.Identity.Name)) _node.Board.Carrier.Expect(party.Id);
        var proven = start.Parties.ToImmutableDictionary(p => p.Party.Id);
        var run = new NodeRun(_node, task.Terms, start) { Deadline = record.Deadline, IsPinned = p => PolicyJudge.Knows(_settings.Approve, proven[p.Id]) };
        Start(token => RunAsync(record, task, run, data, begun, token), begun.Stop.Token);
    }

    private async Task RunAsync(RunRecord record, OfferedTask task, NodeRun run, ParticipantData? data, Begun begun, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        var isOver = true;
        try
        {
            if (data is not null && !await ShardDigest.IsSameAsync(_node.Store.OpenRun(record.Run), data.Shard, cancellationToken))
            {
                isOver = false;
                throw new ShardException($"The rows are not those that run {record.Run} began with. Put them back, then the same command goes on with it.");
            }
            await _results(task, await run.RunAsync(data?.Shard, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && begun.Reason is null)
        {
            NodeLog.Stopped(_node.Log, record.Run);
            return;
        }
        catch (OperationCanceledException) when (begun.Reason is { } reason)
        {
            failure = new RunFailedException($"Run {record.Run} was ended by the coordinator: {reason}");
        }
        catch (Exception failed)
        {
            // Whatever it is ends this run and is told; other runs go on.
            failure = failed;
            if (failed is StoreException)
            {
                isOver = false;
                _node.Figures.StoreFailed();
            }
        }
        _events.Post(async stop =>
        {
            _running.Remove(record.Run);
            if (failure is null) NodeLog.Finished(_node.Log, record.Run);
            else NodeLog.Failed(_node.Log, record.Run, NodeRun.ReasonFor(failure));
            if (isOver)
                await _node.SaveAsync(record with { State = failure is null ? RunState.Finished : RunState.Failed, Reason = failure is null ? null : NodeRun.ReasonFor(failure) }, stop);
            Ended(record.Run, failure);
        });
    }

    private async ValueTask EndingAsync(Ending ending, CancellationToken cancellationToken)
    {
        if (_node.Store.Find(ending.Run) is not { } record) return;
        if (_running.TryGetValue(ending.Run, out var running))
        {
            // A party whose own part is done needs no ending; one that still waits would wait in vain.
            if (!ending.Failed) return;
            running.Reason = Printable.Of(ending.Reason, Printable.ReasonLength);
            await running.Stop.CancelAsync();
            return;
        }
        if (record.State is not (RunState.Offered or RunState.Accepted)) return;
        var reason = ending.Reason.Length == 0 ? "it has ended" : Printable.Of(ending.Reason, Printable.ReasonLength);
        if (_judging.Contains(ending.Run)) _overBefore[ending.Run] = reason;
        else await FailAsync(record, reason, cancellationToken);
    }

    private async ValueTask FailAsync(RunRecord record, string reason, CancellationToken cancellationToken)
    {
        _accepted.Remove(record.Run);
        await _node.SaveAsync(record with { State = RunState.Failed, Reason = reason }, cancellationToken);
        await PruneAsync();
        NodeLog.Failed(_node.Log, record.Run, reason);
        Ended(record.Run, new RunFailedException($"Run {record.Run} takes place without this party: {reason.TrimEnd('.')}."));
    }

    /// <summary>Work that fails unexpectedly ends the node, instead of leaving it waiting for ever.</summary>
    private void Start(Func<CancellationToken, Task> work, CancellationToken cancellationToken) => _work.Add(Task.Run(
        async () =>
        {
            try
            {
                await work(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The node stops.
            }
            catch (Exception failed)
            {
                _events.Post(_ => ValueTask.FromException(failed));
            }
        },
        CancellationToken.None));

    private void Ended(string run, Exception? failure)
    {
        _node.Observer.Say(failure is null ? $"Run {run} is finished." : failure.Message);
        _firstEnd.TrySetResult(new RunEnd(run, failure));
    }

    /// <summary>A run that goes on, on a thread of its own.</summary>
    private sealed class Begun(CancellationTokenSource stop)
    {
        private volatile string? _reason;

        public CancellationTokenSource Stop => stop;

        /// <summary>Why the coordinator has ended it; null: it has not.</summary>
        public string? Reason
        {
            get => _reason;
            set => _reason = value;
        }
    }
}
