using System.Collections.Concurrent;
using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Transports;

namespace Coterie.Conformance.Attacks.Recording;

/// <summary>A network that keeps every byte that every party is sent.</summary>
internal sealed class Recorder
{
    private readonly ConcurrentQueue<Envelope> _messages = new();

    /// <param name="alter">What somebody does to a message before it is kept and delivered.</param>
    public Recorder(Func<Envelope, Envelope>? alter = null) => Network = new InProcessNetwork(TimeSpan.FromSeconds(60))
    {
        Intercept = message =>
        {
            if (alter is not null) message = alter(message);
            // Senders write into their buffers again.
            _messages.Enqueue(message with { Payload = message.Payload.ToArray() });
            return message;
        },
    };

    /// <summary>The network.</summary>
    public InProcessNetwork Network { get; }

    /// <summary>Everything, in the order in which it was sent.</summary>
    public ImmutableArray<Envelope> Messages => [.. _messages];

    /// <summary>What one party got.</summary>
    public IEnumerable<Envelope> ReceivedBy(PartyId party) => _messages.Where(m => m.To == party);

    /// <summary>What a message is: the last part of its step that is no number.</summary>
    public static string KindOf(Envelope message)
    {
        var part = message.Step.Path.Split('/').Last(p => p.Length > 0 && !p.All(char.IsAsciiDigit));
        return part.LastIndexOf('-') is > 0 and var dash && part[(dash + 1)..].All(char.IsAsciiDigit) ? part[..dash] : part;
    }

    /// <summary>Nothing was sent past this: each party's messages and bytes are as many as the network counted.</summary>
    public void AssertComplete(Roster roster)
    {
        foreach (var (party, _, _) in roster.Parties)
        {
            Assert.Equal((Network.Traffic.MessagesReceivedBy(party), Network.Traffic.ReceivedBy(party)), (ReceivedBy(party).Count(), ReceivedBy(party).Sum(m => (long)m.Payload.Length)));
            Assert.Equal((Network.Traffic.MessagesSentBy(party), Network.Traffic.SentBy(party)), (_messages.Count(m => m.From == party), _messages.Where(m => m.From == party).Sum(m => (long)m.Payload.Length)));
        }
    }
}
