using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>
/// Step 2 on a ring: a running sum of masked vectors passes from one participant to the next in roster order and from the last to the
/// coordinator, so that no party holds more than one vector's bytes at a time. Vectors are masked as on the star, so a
/// neighbour, or the coordinator with it, sees uniform values only. The coordinator names who sends to whom and hears who has added;
/// whoever fails to add is passed over, and a holder keeps the running sum until the ring has closed.
/// </summary>
internal static class RingStep
{
    /// <summary>What the coordinator tells a participant next.</summary>
    private enum Command : byte
    {
        /// <summary>Start the running sum, or take it from the named holder, and add.</summary>
        Take = 1,

        /// <summary>Send the running sum as it stood after this participant to the named party.</summary>
        Forward = 2,

        /// <summary>The ring has closed.</summary>
        Close = 3,
    }

    public static async Task<(ParticipantSet Survivors, ulong[] Sum)> CoordinateAsync(AggregationRound round, ParticipantSet shared, CancellationToken cancellationToken)
    {
        var members = shared.Names(round.Roster);
        var ring = new RingOrders(round);
        var holders = new List<PartyId>();
        foreach (var member in members)
        {
            // The previous holder may have left since: then the one before it still has the sum without it.
            while (holders.Count > 0 && !await ring.OrderAsync(holders[^1], Command.Forward, member, cancellationToken)) holders.RemoveAt(holders.Count - 1);
            if (!await ring.OrderAsync(member, Command.Take, holders.Count > 0 ? holders[^1] : null, cancellationToken)) continue;
            if (await ring.AddedAsync(member, cancellationToken)) holders.Add(member);
        }
        var sum = new ulong[round.Request.Length];
        while (holders.Count > 0 && !await ring.DeliverAsync(holders[^1], sum, cancellationToken)) holders.RemoveAt(holders.Count - 1);
        foreach (var member in members) await ring.OrderAsync(member, Command.Close, null, cancellationToken);
        return (ParticipantSet.Of(round.Roster, holders), sum);
    }

    public static async Task ParticipateAsync(AggregationRound round, ParticipantSecrets secrets, ParticipantSet shared, ulong[] contribution, CancellationToken cancellationToken)
    {
        MaskStep.Mask(round, secrets, shared, contribution);
        // The masked vector itself is what must leave once only, in whichever running sum.
        await MaskStep.ClaimAsync(round, contribution, cancellationToken);
        ulong[]? running = null;
        for (var index = 0; ; index++)
        {
            var (command, peer) = await ReceiveOrderAsync(round, index, shared, cancellationToken);
            if (command == Command.Close) return;
            if (command == Command.Forward) await ForwardAsync(round, peer ?? throw Unexpected(round), running ?? throw Unexpected(round), cancellationToken);
            else
            {
                if (running is not null) throw Unexpected(round);
                running = contribution;
                await TakeAsync(round, peer, running, cancellationToken);
            }
        }
    }

    private static async Task TakeAsync(AggregationRound round, PartyId? holder, ulong[] running, CancellationToken cancellationToken)
    {
        if (holder is { } from)
        {
            var step = SumStep(round);
            await using var received = await ArrivedVector.ReceiveAsync(round.Channel, from, step, running.Length, cancellationToken);
            if (received is null)
            {
                // Without the running sum there is nothing to add to: the coordinator hears no "added" and passes this participant over.
                await round.Channel.SendAsync(round.Coordinator, round.Step("ring-added"), new byte[] { 0 }, cancellationToken);
                return;
            }
            await received.ReadAsync((start, piece) => MaskStep.Add(piece, running.AsSpan(start, piece.Length)), cancellationToken);
        }
        await round.Channel.SendAsync(round.Coordinator, round.Step("ring-added"), new byte[] { 1 }, cancellationToken);
    }

    private static async Task ForwardAsync(AggregationRound round, PartyId to, ulong[] running, CancellationToken cancellationToken)
    {
        try
        {
            await MaskStep.SendAsync(round, to, SumStep(round), running, cancellationToken);
        }
        catch (PeerUnavailableException error) when (error.Peer == to)
        {
            // It says itself that it got nothing, and is passed over.
        }
    }

    private static async Task<(Command Command, PartyId? Peer)> ReceiveOrderAsync(AggregationRound round, int index, ParticipantSet shared, CancellationToken cancellationToken)
    {
        var step = round.Step("ring-order").Then(index);
        // The turn comes after everyone before it was served or waited for in vain.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var message = await round.Channel.ReceiveAsync(round.Coordinator, step, 80, cancellationToken);
                return Read(round, message.Span, step, shared);
            }
            catch (PeerUnavailableException error) when (error.TimedOut && attempt < shared.Count)
            {
                continue;
            }
        }
    }

    private static (Command, PartyId?) Read(AggregationRound round, ReadOnlySpan<byte> message, StepTag step, ParticipantSet shared)
    {
        var reader = new WireReader(message, round.Coordinator, step);
        var command = (Command)reader.ReadByte();
        if (!Enum.IsDefined(command)) throw reader.Malformed("an unknown order");
        PartyId? peer = reader.ReadByte() == 1 ? reader.ReadPartyId() : null;
        reader.End();
        if (peer is { } named && named != round.Coordinator && (round.Roster.IndexOf(named) < 0 || !shared.Contains(round.Roster.IndexOf(named))))
            throw reader.Malformed($"{named} takes no part in this ring");
        return (command, peer);
    }

    /// <summary>The running sum's way to its next holder; nobody gets it twice from the same party.</summary>
    private static StepTag SumStep(AggregationRound round) => round.Step("ring-sum");

    private static ProtocolException Unexpected(AggregationRound round) =>
        new(ProtocolErrorCode.Inconsistent, "The coordinator's orders on the ring do not fit together.", round.Step("ring-order").Path, round.Coordinator);

    /// <summary>The coordinator's side: orders are numbered per participant.</summary>
    private sealed class RingOrders(AggregationRound round)
    {
        private readonly Dictionary<PartyId, int> _given = [];

        public ValueTask<bool> OrderAsync(PartyId to, Command command, PartyId? peer, CancellationToken cancellationToken)
        {
            var index = _given.GetValueOrDefault(to);
            _given[to] = index + 1;
            var writer = new WireWriter();
            writer.WriteByte((byte)command);
            writer.WriteByte(peer is null ? (byte)0 : (byte)1);
            if (peer is { } named) writer.WriteText(named.Name);
            return round.Channel.TrySendAsync(to, round.Step("ring-order").Then(index), writer.WrittenMemory, cancellationToken);
        }

        public async Task<bool> AddedAsync(PartyId member, CancellationToken cancellationToken)
        {
            var added = false;
            var step = round.Step("ring-added");
            await round.Channel.CollectAsync([member], step, 1, (sender, message) =>
            {
                var reader = new WireReader(message.Span, sender, step);
                added = reader.ReadByte() == 1;
            }, cancellationToken);
            return added;
        }

        public async Task<bool> DeliverAsync(PartyId holder, ulong[] sum, CancellationToken cancellationToken)
        {
            if (!await OrderAsync(holder, Command.Forward, round.Coordinator, cancellationToken)) return false;
            var delivered = await round.Channel.CollectVectorsAsync(
                [holder], SumStep(round), sum.Length, (start, piece) => piece.CopyTo(sum.AsSpan(start)), cancellationToken);
            return delivered.Length == 1;
        }
    }
}
