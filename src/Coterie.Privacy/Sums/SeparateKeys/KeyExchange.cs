using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Identity;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Privacy.Keys;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.Sums.SeparateKeys;

/// <summary>
/// How participants come to know each other's keys, once per run: everybody announces its own, signed, and the coordinator passes them on with who is a
/// member. What it says enters the chain of broadcasts, which participants compare before anything is encrypted: other keys, or other members, for some are noticed.
/// </summary>
/// <remarks>A participant whose keys come too late is no member, and takes no part in the run. After a restart it announces the same keys again.</remarks>
internal static class KeyExchange
{
    /// <summary>Every party calls it; null at a participant that came too late.</summary>
    public static async Task<RunKeys?> RunAsync(Session session, PaillierKeySize size, CancellationToken cancellationToken)
    {
        if (await RunKeys.LoadAsync(session, size, cancellationToken) is { } known) return known;
        MaskedSum.RequireThreshold(session.Roster);
        var exchange = new StepTag($"{session.Roster.RunId}/key-exchange");
        var keys = session.IsCoordinator ? await CoordinateAsync(session, size, exchange, cancellationToken) : await ParticipateAsync(session, size, exchange, cancellationToken);
        if (keys is not null) await keys.SaveAsync(session, exchange, cancellationToken);
        return keys;
    }

    private static async Task<RunKeys> CoordinateAsync(Session session, PaillierKeySize size, StepTag exchange, CancellationToken cancellationToken)
    {
        var roster = session.Roster;
        var step = exchange.Then("own-key");
        var (keys, messages) = (new Dictionary<int, AnnouncedKeys>(), new Dictionary<int, byte[]>());
        var present = await session.Channel.CollectAsync(roster.Participants, step, MessageBytes(size), (sender, message) =>
        {
            var reader = new WireReader(message.Span, sender, step);
            keys[roster.IndexOf(sender)] = ReadSigned(session, size, ref reader, sender, step);
            reader.End();
            messages[roster.IndexOf(sender)] = message.ToArray();
        }, cancellationToken);
        var members = ParticipantSet.Of(roster, present);
        members.RequireEnough(session, step);
        var writer = new WireWriter();
        members.Write(writer);
        foreach (var member in members.Indices) writer.WriteBytes(messages[member]);
        // Who was late is told too, so that it waits for nothing.
        foreach (var participant in roster.Participants) await session.Channel.TrySendAsync(participant, exchange.Then("all-keys"), writer.WrittenMemory, cancellationToken);
        return RunKeys.Of(roster, members, keys, null);
    }

    private static async Task<RunKeys?> ParticipateAsync(Session session, PaillierKeySize size, StepTag exchange, CancellationToken cancellationToken)
    {
        var roster = session.Roster;
        var own = await OwnKeys.OfAsync(session, size, cancellationToken);
        try
        {
            var mine = AnnouncedKeys.Of(own);
            var step = exchange.Then("own-key");
            var writer = new WireWriter();
            mine.Write(writer);
            writer.WriteBytes(session.Signer.Sign(AnnouncedKeys.Statement(roster, step, session.Self, mine.PaillierBytes, mine.Agreement)));
            await session.Channel.SendAsync(roster.Coordinator, step, writer.WrittenMemory, cancellationToken);
            var maximum = 64 + roster.Participants.Length + (roster.Participants.Length * (MessageBytes(size) + sizeof(int)));
            var answer = await session.Channel.ReceiveAsync(roster.Coordinator, exchange.Then("all-keys"), maximum, cancellationToken);
            var keys = Read(session, size, exchange, own, mine, answer.Span);
            if (keys is null) own.Dispose();
            return keys;
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    private static RunKeys? Read(Session session, PaillierKeySize size, StepTag exchange, OwnKeys own, AnnouncedKeys mine, ReadOnlySpan<byte> answer)
    {
        var roster = session.Roster;
        var step = exchange.Then("all-keys");
        var reader = new WireReader(answer, roster.Coordinator, step);
        var members = ParticipantSet.Read(ref reader, roster);
        if (!members.Contains(roster.IndexOf(session.Self))) return null;
        members.RequireEnough(session, step);
        var keys = new Dictionary<int, AnnouncedKeys>();
        foreach (var member in members.Indices)
        {
            var inner = new WireReader(reader.ReadExactBytes(MessageBytes(size)), roster.Coordinator, step);
            keys[member] = ReadSigned(session, size, ref inner, roster.Participants[member], exchange.Then("own-key"));
            inner.End();
        }
        reader.End();
        var echoed = keys[roster.IndexOf(session.Self)];
        if (!echoed.PaillierBytes.AsSpan().SequenceEqual(mine.PaillierBytes) || !echoed.Agreement.AsSpan().SequenceEqual(mine.Agreement))
            throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"The coordinator passed on other keys of {session.Self} than it announced.", step.Path, roster.Coordinator);
        return RunKeys.Of(roster, members, keys, own);
    }

    private static AnnouncedKeys ReadSigned(Session session, PaillierKeySize size, ref WireReader reader, PartyId sender, StepTag step)
    {
        var paillier = reader.ReadExactBytes(size.PublicKeyBytes);
        var agreement = reader.ReadExactBytes(AgreementKey.PublicKeyLength);
        var signature = reader.ReadExactBytes(Signatures.Length);
        // Whoever passed a forged message on is to blame for it: the coordinator verified what it received.
        var culprit = session.IsCoordinator ? sender : session.Roster.Coordinator;
        return IdentityKeys.Verify(session.Roster, sender, AnnouncedKeys.Statement(session.Roster, step, sender, paillier, agreement), signature)
            ? AnnouncedKeys.Check(paillier, agreement, size, sender, step)
            : throw new ProtocolException(ProtocolErrorCode.BadSignature, $"The keys of {sender} at {step} are not signed by its identity for this run.", step.Path, culprit);
    }

    /// <summary>Bytes of an announcement.</summary>
    public static int MessageBytes(PaillierKeySize size) =>
        (3 * sizeof(int)) + size.PublicKeyBytes + AgreementKey.PublicKeyLength + Signatures.Length;
}
