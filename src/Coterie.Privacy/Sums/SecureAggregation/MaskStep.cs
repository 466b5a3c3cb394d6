using System.Numerics.Tensors;
using Coterie.Core.Parties;

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
        var sum = new ulong[round.Request.Length];
        var present = await round.Channel.CollectVectorsAsync(
            shared.Names(round.Roster), round.Step("masked"), sum.Length, (start, piece) => Add(piece, sum.AsSpan(start, piece.Length)), cancellationToken);
        return (ParticipantSet.Of(round.Roster, present), sum);
    }

    public static async Task ParticipateAsync(AggregationRound round, ParticipantSecrets secrets, ParticipantSet shared, ulong[] contribution, CancellationToken cancellationToken)
    {
        Mask(round, secrets, shared, contribution);
        await ClaimAsync(round, contribution, cancellationToken);
        await SendAsync(round, round.Coordinator, round.Step("masked"), contribution, cancellationToken);
    }

    /// <summary>Masks in place.</summary>
    public static void Mask(AggregationRound round, ParticipantSecrets secrets, ParticipantSet shared, Span<ulong> contribution)
    {
        secrets.ApplySelfMask(contribution);
        foreach (var peer in round.Graph.Of(round.Self).Where(shared.Contains)) secrets.ApplyPairwiseMask(peer, contribution);
    }

    /// <summary>Records the masked vector as the only one of this step.</summary>
    public static ValueTask ClaimAsync(AggregationRound round, ulong[] masked, CancellationToken cancellationToken) =>
        round.Session.OnceOnly.ClaimAsync(
            round.Step("masked").Path, VectorStream.Digest(masked.Length, (start, piece) => masked.AsSpan(start, piece.Length).CopyTo(piece)), cancellationToken);

    public static ValueTask SendAsync(AggregationRound round, PartyId to, StepTag step, ulong[] vector, CancellationToken cancellationToken) =>
        round.Channel.SendVectorAsync(to, step, vector.Length, (start, piece) => vector.AsSpan(start, piece.Length).CopyTo(piece), cancellationToken);

    public static void Add(ReadOnlySpan<ulong> source, Span<ulong> destination) => TensorPrimitives.Add(source, destination, destination);
}
