using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>
/// Step 2, masked input: y = x + PRG(self mask) + sum over later neighbours of PRG(pair mask) - sum over earlier ones, in Z_2^64.
/// The vector is claimed once only before it leaves.
/// </summary>
internal static class MaskStep
{
    /// <summary>Adds the masked vectors as they arrive; the sum does not depend on their order.</summary>
    public static async Task<(ParticipantSet Survivors, ulong[] Sum)> CoordinateAsync(AggregationRound round, ParticipantSet shared, CancellationToken cancellationToken)
    {
        var step = round.Step("masked");
        var sum = new ulong[round.Request.Length];
        var vector = new ulong[round.Request.Length];
        var present = await round.Channel.CollectAsync(shared.Names(round.Roster), step, VectorBytes(round), (sender, message) =>
        {
            ReadVector(message.Span, sender, step, vector);
            Add(vector, sum);
        }, cancellationToken);
        var survivors = ParticipantSet.Of(round.Roster, present);
        return (survivors, sum);
    }

    public static async Task ParticipateAsync(AggregationRound round, ParticipantSecrets secrets, ParticipantSet shared, ulong[] contribution, CancellationToken cancellationToken)
    {
        Mask(round, secrets, shared, contribution);
        var payload = await ClaimAsync(round, contribution, cancellationToken);
        await round.Channel.SendAsync(round.Coordinator, round.Step("masked"), payload, cancellationToken);
    }

    /// <summary>Masks in place.</summary>
    public static void Mask(AggregationRound round, ParticipantSecrets secrets, ParticipantSet shared, Span<ulong> contribution)
    {
        secrets.ApplySelfMask(contribution);
        foreach (var peer in round.Graph.Of(round.Self).Where(shared.Contains)) secrets.ApplyPairwiseMask(peer, contribution);
    }

    /// <summary>The message that carries a masked vector, recorded as the only one of this step.</summary>
    public static async Task<ReadOnlyMemory<byte>> ClaimAsync(AggregationRound round, ulong[] masked, CancellationToken cancellationToken)
    {
        var writer = new WireWriter(VectorBytes(round));
        writer.WriteUInt64s(masked);
        await round.Session.OnceOnly.ClaimAsync(round.Step("masked").Path, SHA256.HashData(writer.WrittenMemory.Span), cancellationToken);
        return writer.WrittenMemory;
    }

    public static int VectorBytes(AggregationRound round) => checked((round.Request.Length * sizeof(ulong)) + sizeof(int));

    public static void ReadVector(ReadOnlySpan<byte> message, PartyId sender, StepTag step, Span<ulong> destination)
    {
        var reader = new WireReader(message, sender, step);
        reader.ReadUInt64s(destination);
        reader.End();
    }

    public static void Add(ReadOnlySpan<ulong> source, Span<ulong> destination) =>
        System.Numerics.Tensors.TensorPrimitives.Add(source, destination, destination);
}
