using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Coterie.Core.Parties;
using Coterie.Federation.Protos;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports.Carriers.InMemory;
using Coterie.Federation.Transports.Durable;

namespace Coterie.Tests.Transports.Durable;

/// <summary>What may kill a party in a drill.</summary>
public enum Blow
{
    Write,
    FrameSent,
    FrameReceived,
}

/// <summary>
/// A small protocol that all parties run, and one of them dies in, at a chosen moment, and starts again. Each round: every participant claims and sends a
/// number to the coordinator and one to its neighbour, the coordinator adds and tells the sum, everybody saves and lets go of the round.
/// </summary>
internal sealed class Drill(Roster roster, string folder, MemoryFaults? faults = null, int largeBytes = 0)
{
    public const int Rounds = 2;

    private readonly ConcurrentDictionary<string, TestNode> _nodes = new();
    private readonly ConcurrentDictionary<(PartyId From, PartyId To, ulong Sequence), string> _digests = new();
    private readonly TaskCompletionSource _allDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _death = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MemoryCarriers _hub = new();
    private int _left = roster.Parties.Length;
    private int _events;
    private volatile bool _dead, _revived;

    public PartyId? Victim { get; init; }

    public Blow Blow { get; init; }

    /// <summary>The victim dies at this event, from 1.</summary>
    public int At { get; init; }

    /// <summary>Whether the drill got that far.</summary>
    public bool Struck { get; private set; }

    /// <summary>Messages that were sent a second time with other bytes.</summary>
    public ConcurrentQueue<string> Altered { get; } = [];

    /// <summary>Runs all parties to their end; returns what each reached.</summary>
    public async Task<string[]> RunAsync()
    {
        _hub.Fate = frame =>
        {
            Note(frame);
            if ((frame.From == Victim && Blow == Blow.FrameSent) || (frame.To == Victim && Blow == Blow.FrameReceived)) Count();
            return faults?.Next(frame) ?? MemoryFate.Deliver;
        };
        return await Task.WhenAll(roster.Parties.Select(p => Task.Run(() => LiveAsync(p.Id))));
    }

    private async Task<string> LiveAsync(PartyId party)
    {
        var finished = false;
        while (true)
        {
            TestNode? node = null;
            try
            {
                node = Start(party);
                var result = await ActAsync(node);
                if (!finished && Interlocked.Decrement(ref _left) == 0) _allDone.SetResult();
                finished = true;
                // It stays to answer the others, and may die of that.
                if (await Task.WhenAny(_allDone.Task, party == Victim && !_revived ? _death.Task : _allDone.Task) == _allDone.Task) return result;
                throw new OperationCanceledException("dead");
            }
            catch (Exception) when (party == Victim && _dead)
            {
                // It died; below it starts again.
            }
            finally
            {
                _nodes.TryRemove(party.Name, out _);
                if (node is not null) await node.DisposeAsync();
                if (party == Victim && _dead) (_dead, _revived) = (false, true);
            }
        }
    }

    private TestNode Start(PartyId party)
    {
        var settings = new StoreSettings
        {
            Retries = [],
            Probe = (_, _) =>
            {
                if (party != Victim) return;
                if (!_dead && Blow == Blow.Write) Count();
                if (_dead) throw new OperationCanceledException("dead");
            },
        };
        var node = TestNode.Start(_hub, roster, party, folder, settings, o => o with { Stall = TimeSpan.FromMilliseconds(100), Patience = new RunPatience { Absence = TimeSpan.FromSeconds(30) } });
        _nodes[party.Name] = node;
        if (_dead && party == Victim) _ = Task.Run(() => node.DisposeAsync().AsTask());
        return node;
    }

    private void Count()
    {
        if (Struck || Interlocked.Increment(ref _events) != At) return;
        Struck = _dead = true;
        _hub.Detach(Victim!.Value);
        // The process is gone: nothing waits any more and nothing gets through.
        if (_nodes.TryGetValue(Victim.Value.Name, out var node)) node.Channel.Abandon();
        _death.SetResult();
    }

    private async Task<string> ActAsync(TestNode node)
    {
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var state = await node.Run.LoadAsync("run/position", time.Token) is { } saved ? Encoding.UTF8.GetString(saved.Span) : "0";
        for (var round = int.Parse(state.Split('|')[0]); round < Rounds; round++)
        {
            var step = new StepTag("run").Then(round);
            var heard = node.Party.Role == PartyRole.Coordinator ? await AddAsync(node, step, time.Token) : await ContributeAsync(node, step, state, time.Token);
            state = $"{round + 1}|{state[(state.IndexOf('|') + 1)..]};{heard}";
            await node.Run.RecordAsync(new RunProgress("drill", step, round, Rounds, null, round, 3), time.Token);
            node.Run.RecordOpening(new Opening("sum", node.Party.Id, step, 1, 3));
            await node.Run.SaveAsync("run/position", Encoding.UTF8.GetBytes(state), step, time.Token);
        }
        await node.Channel.DrainAsync(time.Token);
        return $"{state} history {node.Run.History().Count} openings {node.Run.Openings().Count}";
    }

    private async Task<string> AddAsync(TestNode node, StepTag step, CancellationToken cancellationToken)
    {
        var parts = await Task.WhenAll(roster.Participants.Select(async p =>
            Convert.ToHexStringLower(SHA256.HashData((await node.Channel.ReceiveAsync(p, step.Then("in"), 1 << 24, cancellationToken)).Span))[..8]));
        var sum = Encoding.UTF8.GetBytes(string.Join('+', parts));
        foreach (var participant in roster.Participants) await node.Channel.SendAsync(participant, step.Then("out"), sum, cancellationToken);
        // A second message of the same step is another message.
        foreach (var participant in roster.Participants) await node.Channel.SendAsync(participant, step.Then("out"), new byte[] { 7 }, cancellationToken);
        return Encoding.UTF8.GetString(sum);
    }

    private async Task<string> ContributeAsync(TestNode node, StepTag step, string state, CancellationToken cancellationToken)
    {
        var at = roster.IndexOf(node.Party.Id);
        var (next, before) = (roster.Participants[(at + 1) % roster.Participants.Length], roster.Participants[(at + roster.Participants.Length - 1) % roster.Participants.Length]);
        var mine = Encoding.UTF8.GetBytes($"{node.Party.Id} in {step} after {state}");
        if (largeBytes > 0) mine = [.. mine, .. new byte[largeBytes]];
        await node.Run.ClaimAsync(step.Path, SHA256.HashData(mine), cancellationToken);
        await node.Channel.SendAsync(roster.Coordinator, step.Then("in"), mine, cancellationToken);
        await node.Channel.SendAsync(next, step.Then("ring"), new byte[] { (byte)at }, cancellationToken);
        var neighbour = await node.Channel.ReceiveAsync(before, step.Then("ring"), 1, cancellationToken);
        var sum = await node.Channel.ReceiveAsync(roster.Coordinator, step.Then("out"), 1 << 16, cancellationToken);
        var second = await node.Channel.ReceiveAsync(roster.Coordinator, step.Then("out"), 1 << 16, cancellationToken);
        return $"{Encoding.UTF8.GetString(sum.Span)}/{second.Span[0]}/{neighbour.Span[0]}";
    }

    private void Note(MemoryFrame frame)
    {
        if (FrameCodec.Read(frame.Content.Span) is not { BodyCase: Frame.BodyOneofCase.Run, Run: { BodyCase: RunFrame.BodyOneofCase.Chunk } run }) return;
        var text = $"{run.Chunk.Step} {run.Chunk.Index} {run.Chunk.Total} {Convert.ToHexStringLower(run.Chunk.Digest.Span)}";
        var first = _digests.GetOrAdd((frame.From, frame.To, run.Chunk.Sequence), text);
        if (first != text) Altered.Enqueue($"{frame.From} to {frame.To}: {first} became {text}");
    }
}
