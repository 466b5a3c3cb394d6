using System.Collections.Concurrent;
using Coterie.Core.Parties;

namespace Coterie.Federation.Transports;

/// <summary>Payload bytes by sender and step. Thread-safe.</summary>
public sealed class TrafficMeter
{
    private readonly ConcurrentDictionary<(PartyId Party, string Step), long> _sent = new();
    private readonly ConcurrentDictionary<(PartyId Party, string Step), long> _received = new();

    /// <summary>Bytes the party has sent in all steps whose path satisfies <paramref name="filter"/>.</summary>
    public long SentBy(PartyId party, Func<string, bool>? filter = null) => Sum(_sent, party, filter);

    /// <summary>Bytes addressed to the party in all steps whose path satisfies <paramref name="filter"/>.</summary>
    public long ReceivedBy(PartyId party, Func<string, bool>? filter = null) => Sum(_received, party, filter);

    /// <summary>Bytes sent by the party, by the last segment of the step: its kind.</summary>
    public IReadOnlyDictionary<string, long> SentByKind(PartyId party) => ByKind(_sent, party);

    /// <summary>Bytes addressed to the party, by the last segment of the step: its kind.</summary>
    public IReadOnlyDictionary<string, long> ReceivedByKind(PartyId party) => ByKind(_received, party);

    internal void Count(Envelope envelope) => Count(envelope.From, envelope.To, envelope.Step.Path, envelope.Payload.Length);

    internal void Count(PartyId from, PartyId to, string step, long bytes)
    {
        _sent.AddOrUpdate((from, step), bytes, (_, sum) => sum + bytes);
        _received.AddOrUpdate((to, step), bytes, (_, sum) => sum + bytes);
    }

    private static long Sum(ConcurrentDictionary<(PartyId Party, string Step), long> counts, PartyId party, Func<string, bool>? filter) =>
        counts.ToArray().Where(e => e.Key.Party == party && (filter is null || filter(e.Key.Step))).Sum(e => e.Value);

    private static Dictionary<string, long> ByKind(ConcurrentDictionary<(PartyId Party, string Step), long> counts, PartyId party) => counts.ToArray()
        .Where(e => e.Key.Party == party)
        .GroupBy(e => Kind(e.Key.Step))
        .ToDictionary(g => g.Key, g => g.Sum(e => e.Value), StringComparer.Ordinal);

    private static string Kind(string step) =>
        step.Split('/').LastOrDefault(s => s.Length > 0 && !s.All(char.IsAsciiDigit)) ?? step;
}
