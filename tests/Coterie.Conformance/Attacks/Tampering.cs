using Coterie.Conformance.Sums;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.SecretSharing;
using Coterie.Federation.Transports;

namespace Coterie.Conformance.Attacks;

/// <summary>What a dishonest party does to its own messages.</summary>
internal static class Tampering
{
    /// <summary>Whom a party blames.</summary>
    public static string Blamed(Exception? error) => string.Join(' ', Assert.IsType<ProtocolException>(error).Culprits);

    public static bool IsAt(this Envelope envelope, string step) => Last(envelope.Step) == step;

    public static string Last(StepTag step) => step.Path[(step.Path.LastIndexOf('/') + 1)..];

    public static Envelope Flipped(this Envelope envelope, int index)
    {
        var bytes = envelope.Payload.ToArray();
        bytes[index < 0 ? bytes.Length + index : index] ^= 1;
        return envelope with { Payload = bytes };
    }

    /// <summary>A keys message with other content, properly signed by its sender.</summary>
    public static Envelope WithKeys(this Envelope envelope, SumBench bench, Action<byte[][]> change)
    {
        var parts = Parts(envelope.Payload);
        var content = parts[..^1];
        change(content);
        var statement = new WireWriter();
        statement.WriteText("coterie aggregation keys v1");
        statement.WriteBytes(bench.Roster.Digest.AsSpan());
        statement.WriteText(envelope.Step.Path[..envelope.Step.Path.LastIndexOf('/')]);
        statement.WriteText(envelope.From.Name);
        foreach (var part in content) statement.WriteBytes(part);
        return envelope with { Payload = Joined([.. content, bench.IdentityOf(envelope.From).Sign(statement.WrittenMemory.Span)]) };
    }

    /// <summary>An unmasking message whose share of <paramref name="owner"/> is another.</summary>
    public static Envelope WithShare(this Envelope envelope, int owner, Func<SecretShare, SecretShare> change)
    {
        var reader = new WireReader(envelope.Payload.Span, envelope.From, envelope.Step);
        var writer = new WireWriter();
        var count = reader.ReadInt32(0, 10_000);
        writer.WriteInt32(count);
        for (var i = 0; i < count; i++)
        {
            var of = reader.ReadInt32(0, 10_000);
            var share = SecretShare.Decode(reader.ReadExactBytes(SecretShare.EncodedLength));
            var encoded = new byte[SecretShare.EncodedLength];
            (of == owner ? change(share) : share).Encode(encoded);
            writer.WriteInt32(of);
            writer.WriteBytes(encoded);
        }
        return envelope with { Payload = writer.ToArray() };
    }

    /// <summary>The first share as one of a participant of whom the sender released none.</summary>
    public static Envelope WithShareOfAnother(this Envelope envelope, int participants)
    {
        const int EntryBytes = sizeof(int) + sizeof(int) + SecretShare.EncodedLength;
        var payload = envelope.Payload.ToArray();
        var owners = Enumerable.Range(0, (payload.Length - sizeof(int)) / EntryBytes).Select(i => BitConverter.ToInt32(payload, sizeof(int) + (i * EntryBytes)));
        BitConverter.TryWriteBytes(payload.AsSpan(sizeof(int)), Enumerable.Range(0, participants).Except(owners).First());
        return envelope with { Payload = payload };
    }

    /// <summary>The length-prefixed parts of a message that has nothing else.</summary>
    public static byte[][] Parts(ReadOnlyMemory<byte> payload)
    {
        var reader = new WireReader(payload.Span, default, default);
        var parts = new List<byte[]>();
        while (reader.Remaining > 0) parts.Add(reader.ReadBytes(1 << 20).ToArray());
        return [.. parts];
    }

    public static byte[] Joined(IEnumerable<byte[]> parts)
    {
        var writer = new WireWriter();
        foreach (var part in parts) writer.WriteBytes(part);
        return writer.ToArray();
    }
}
