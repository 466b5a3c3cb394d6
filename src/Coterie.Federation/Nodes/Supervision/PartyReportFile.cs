using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;

namespace Coterie.Federation.Nodes.Supervision;

/// <summary>A party's report as a file, for the process that started it.</summary>
internal static class PartyReportFile
{
    private const int MaximumEntries = 10_000_000;
    private const int MaximumTextBytes = 4096;
    private static readonly Activity[] Activities = [Activity.Computing, Activity.Summing];

    public static void Write(string path, PartyReport report)
    {
        var writer = new WireWriter();
        writer.WriteText(report.Party.Name);
        writer.WriteBytes(RosterCodec.ToBytes(report.Roster));
        writer.WriteInt64(report.Elapsed.Ticks);
        writer.WriteInt32(report.History.Length);
        foreach (var round in report.History)
        {
            writer.WriteText(round.Stage);
            writer.WriteText(round.Step.Path);
            writer.WriteInt32(round.Round);
            writer.WriteByte(round.Loss is null ? (byte)0 : (byte)1);
            writer.WriteDouble(round.Loss ?? 0);
            writer.WriteDouble(round.Change);
            writer.WriteInt32(round.Survivors);
        }
        writer.WriteInt32(report.Openings.Length);
        foreach (var opening in report.Openings)
        {
            writer.WriteText(opening.What);
            writer.WriteText(opening.To.Name);
            writer.WriteText(opening.Step.Path);
            writer.WriteInt64(opening.Values);
            writer.WriteInt32(opening.Contributors);
        }
        foreach (var party in report.Roster.Parties)
        {
            foreach (var amounts in new[] { report.Traffic.SentByStep(party.Id), report.Traffic.ReceivedByStep(party.Id) })
            {
                WriteCounts(writer, amounts.ToDictionary(a => a.Key, a => a.Value.Bytes, StringComparer.Ordinal));
                WriteCounts(writer, amounts.ToDictionary(a => a.Key, a => a.Value.Messages, StringComparer.Ordinal));
            }
        }
        foreach (var activity in Activities) WriteCounts(writer, Spent(report.Times, activity));
        // Renamed when complete: whoever waits for the file finds all of it.
        File.WriteAllBytes(path + ".new", writer.WrittenMemory.Span);
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <exception cref="ProtocolException">The file is not a report.</exception>
    public static PartyReport Read(string path)
    {
        var (nobody, step) = (new PartyId("report"), new StepTag(path));
        var reader = new WireReader(File.ReadAllBytes(path), nobody, step);
        var party = reader.ReadPartyId();
        var roster = RosterCodec.Read(reader.ReadBytes(64 << 20), nobody, step);
        var elapsed = TimeSpan.FromTicks(reader.ReadInt64());
        var history = ImmutableArray.CreateBuilder<RoundRecord>();
        for (var left = reader.ReadInt32(0, MaximumEntries); left > 0; left--)
        {
            var (stage, path1, round) = (reader.ReadText(MaximumTextBytes), reader.ReadText(MaximumTextBytes), reader.ReadInt32(0, int.MaxValue));
            var (hasLoss, loss, change) = (reader.ReadByte() == 1, reader.ReadDouble(), reader.ReadDouble());
            history.Add(new RoundRecord(stage, new StepTag(path1), round, hasLoss ? loss : null, change, reader.ReadInt32(0, int.MaxValue)));
        }
        var openings = ImmutableArray.CreateBuilder<Opening>();
        for (var left = reader.ReadInt32(0, MaximumEntries); left > 0; left--)
            openings.Add(new Opening(reader.ReadText(MaximumTextBytes), reader.ReadPartyId(), new StepTag(reader.ReadText(MaximumTextBytes)), reader.ReadInt64(), reader.ReadInt32(0, int.MaxValue)));
        var traffic = new TrafficMeter();
        foreach (var (id, _, _) in roster.Parties)
        {
            foreach (var (name, bytes) in ReadCounts(ref reader)) traffic.AddSent(id, name, new(bytes, 0));
            foreach (var (name, messages) in ReadCounts(ref reader)) traffic.AddSent(id, name, new(0, messages));
            foreach (var (name, bytes) in ReadCounts(ref reader)) traffic.AddReceived(id, name, new(bytes, 0));
            foreach (var (name, messages) in ReadCounts(ref reader)) traffic.AddReceived(id, name, new(0, messages));
        }
        var clock = new ReplayClock();
        var times = new TimeLedger(clock);
        foreach (var activity in Activities)
            foreach (var (name, ticks) in ReadCounts(ref reader))
                using (times.Measure(new StepTag(name), activity)) clock.Advance(ticks);
        reader.End();
        return new PartyReport(party, roster, history.ToImmutable(), openings.ToImmutable(), traffic, times, elapsed);
    }

    private static Dictionary<string, long> Spent(TimeLedger times, Activity activity)
    {
        var steps = new HashSet<string>(StringComparer.Ordinal);
        times.Spent(activity, steps.Add);
        return steps.ToDictionary(s => s, s => times.Spent(activity, other => other == s).Ticks, StringComparer.Ordinal);
    }

    private static void WriteCounts(WireWriter writer, IReadOnlyDictionary<string, long> counts)
    {
        writer.WriteInt32(counts.Count);
        foreach (var (name, count) in counts)
        {
            writer.WriteText(name);
            writer.WriteInt64(count);
        }
    }

    private static List<(string Name, long Count)> ReadCounts(ref WireReader reader)
    {
        var counts = new List<(string, long)>();
        for (var left = reader.ReadInt32(0, MaximumEntries); left > 0; left--) counts.Add((reader.ReadText(MaximumTextBytes), reader.ReadInt64()));
        return counts;
    }

    /// <summary>A clock that moves when told, so that measured times can be told again.</summary>
    private sealed class ReplayClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(long ticks) => _now += ticks;
    }
}
