using System.Collections.Concurrent;
using Coterie.Core.Parties;

namespace Coterie.Federation.Transports;

/// <summary>Payload bytes and messages by party and step. Thread-safe.</summary>
public sealed class TrafficMeter
{
    private readonly ConcurrentDictionary<(PartyId Party, string Step), Amount> _sent = new();
    private readonly ConcurrentDictionary<(PartyId Party, string Step), Amount> _received = new();

    /// <summary>Bytes the party has sent in all steps whose path satisfies <paramref name="filter"/>.</summary>
    public long SentBy(PartyId party, Func<string, bool>? filter = null) => Sum(_sent, party, filter).Bytes;

    /// <summary>Messages the party has sent in all steps whose path satisfies <paramref name="filter"/>, however many pieces they travelled in.</summary>
    public long MessagesSentBy(PartyId party, Func<string, bool>? filter = null) => Sum(_sent, party, filter).Messages;

    /// <summary>Messages addressed to the party in all steps whose path satisfies <paramref name="filter"/>.</summary>
    public long MessagesReceivedBy(PartyId party, Func<string, bool>? filter = null) => Sum(_received, party, filter).Messages;

    /// <summary>Bytes addressed to the party in all steps whose path satisfies <paramref name="filter"/>.</summary>
    public long ReceivedBy(PartyId party, Func<string, bool>? filter = null) => Sum(_received, party, filter).Bytes;

    /// <summary>Bytes sent by the party, by the last segment of the step: its kind.</summary>
    public IReadOnlyDictionary<string, long> SentByKind(PartyId party) => ByKind(_sent, party);

    /// <summary>Bytes addressed to the party, by the last segment of the step: its kind.</summary>
    public IReadOnlyDictionary<string, long> ReceivedByKind(PartyId party) => ByKind(_received, party);

    /// <summary>Bytes and messages sent by the party, by step.</summary>
    internal IReadOnlyDictionary<string, Amount> SentByStep(PartyId party) => ByStep(_sent, party);

    /// <summary>Bytes and messages addressed to the party, by step.</summary>
    internal IReadOnlyDictionary<string, Amount> ReceivedByStep(PartyId party) => ByStep(_received, party);

    /// <summary>Adds what the party sent in a step, as it was told of elsewhere.</summary>
    internal void AddSent(PartyId party, string step, Amount amount) => _sent.AddOrUpdate((party, step), amount, (_, sum) => sum + amount);

    /// <summary>Adds what was addressed to the party in a step, as it was told of elsewhere.</summary>
    internal void AddReceived(PartyId party, string step, Amount amount) => _received.AddOrUpdate((party, step), amount, (_, sum) => sum + amount);

    internal void Count(Envelope envelope) => Count(envelope.From, envelope.To, envelope.Step.Path, envelope.Payload.Length);

    internal void Count(PartyId from, PartyId to, string step, long bytes)
    {
        AddSent(from, step, new Amount(bytes, 1));
        AddReceived(to, step, new Amount(bytes, 1));
    }

    private static Dictionary<string, Amount> ByStep(ConcurrentDictionary<(PartyId Party, string Step), Amount> counts, PartyId party) =>
        counts.ToArray().Where(e => e.Key.Party == party).ToDictionary(e => e.Key.Step, e => e.Value, StringComparer.Ordinal);

    private static Amount Sum(ConcurrentDictionary<(PartyId Party, string Step), Amount> counts, PartyId party, Func<string, bool>? filter) =>
        counts.ToArray().Where(e => e.Key.Party == party && (filter is null || filter(e.Key.Step))).Aggregate(default(Amount), (sum, e) => sum + e.Value);

    private static Dictionary<string, long> ByKind(ConcurrentDictionary<(PartyId Party, string Step), Amount> counts, PartyId party) => counts.ToArray()
        .Where(e => e.Key.Party == party)
        .GroupBy(e => Kind(e.Key.Step))
        .ToDictionary(g => g.Key, g => g.Sum(e => e.Value.Bytes), StringComparer.Ordinal);

    private static string Kind(string step) =>
        step.Split('/').LastOrDefault(s => s.Length > 0 && !s.All(char.IsAsciiDigit)) ?? step;

    /// <summary>What went one way in a step.</summary>
    /// <param name="Bytes">Of payload.</param>
    /// <param name="Messages">As they were sent.</param>
    internal readonly record struct Amount(long Bytes, long Messages)
    {
        /// <summary>Both.</summary>
        public static Amount operator +(Amount left, Amount right) => new(left.Bytes + right.Bytes, left.Messages + right.Messages);
    }
}
