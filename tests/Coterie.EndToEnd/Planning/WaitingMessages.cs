using Coterie.Core.Parties;
using Coterie.Federation.Transports;

namespace Coterie.EndToEnd.Planning;

/// <summary>
/// A network that finds the longest chain of messages of which each waits for the one before. A party sends after everything it has received; a coordinator that computes with several
/// participants at the same time, with each after what it received from that one.
/// </summary>
internal sealed class WaitingMessages
{
    private readonly Lock _lock = new();
    private readonly Dictionary<PartyId, long> _stands = [];
    private readonly Dictionary<(PartyId Party, PartyId Peer), long> _pairs = [];
    private readonly Dictionary<(PartyId From, PartyId To, string Step), Queue<long>> _under = [];

    public WaitingMessages() => Network = new InProcessNetwork(TimeSpan.FromSeconds(60)) { Intercept = Sent, Received = Received };

    /// <summary>The network.</summary>
    public InProcessNetwork Network { get; }

    /// <summary>The longest chain so far.</summary>
    public long Longest { get; private set; }

    private Envelope Sent(Envelope message)
    {
        lock (_lock)
        {
            var depth = StandOf(message.From, message.To, message.Step) + 1;
            Longest = Math.Max(Longest, depth);
            var key = (message.From, message.To, message.Step.Path);
            if (!_under.TryGetValue(key, out var queue)) _under[key] = queue = new();
            queue.Enqueue(depth);
        }
        return message;
    }

    private void Received(PartyId from, PartyId to, StepTag step)
    {
        lock (_lock)
        {
            var depth = Math.Max(StandOf(to, from, step), _under[(from, to, step.Path)].Dequeue());
            if (IsOfAPair(step)) _pairs[(to, from)] = depth;
            else _stands[to] = depth;
        }
    }

    /// <summary>What a party's next message to a peer comes after.</summary>
    private long StandOf(PartyId party, PartyId peer, StepTag step)
    {
        if (IsOfAPair(step)) return Math.Max(_stands.GetValueOrDefault(party), _pairs.GetValueOrDefault((party, peer)));
        // What it did with each of them is over.
        foreach (var pair in _pairs.Keys.Where(p => p.Party == party).ToArray())
        {
            _stands[party] = Math.Max(_stands.GetValueOrDefault(party), _pairs[pair]);
            _pairs.Remove(pair);
        }
        return _stands.GetValueOrDefault(party);
    }

    /// <summary>Whether a step is one of two parties' computing with each other, or prepares it.</summary>
    private static bool IsOfAPair(StepTag step) => step.Path.Contains("/pair/", StringComparison.Ordinal) || step.Path.Contains("/shares/", StringComparison.Ordinal);
}
