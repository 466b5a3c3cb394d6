using System.Security.Cryptography;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.Sums.SeparateKeys;

/// <summary>Step 2 under separate keys: masked input for every recipient, encrypted under its key. Claimed once only before it leaves, as on the ring of integers.</summary>
internal static class EncryptedStep
{
    /// <summary>Multiplies ciphertexts as they arrive; sums do not depend on their order.</summary>
    public static async Task<(ParticipantSet Survivors, EncryptedSums Sum)> CoordinateAsync(
        AggregationRound round, ParticipantSet shared, CiphertextLayout layout, CancellationToken cancellationToken)
    {
        var sums = new EncryptedSums(layout, round.Step("masked"));
        var present = await round.Channel.CollectVectorsAsync(shared.Names(round.Roster), round.Step("masked"), layout.Words, sums.AcceptFrom, cancellationToken);
        return (ParticipantSet.Of(round.Roster, present), sums);
    }

    public static async Task ParticipateAsync(
        AggregationRound round, ParticipantSecrets secrets, ParticipantSet shared, CiphertextLayout layout, OwnKeys own, SumChecks checks, ulong[] values, CancellationToken cancellationToken)
    {
        var masks = secrets.MaskKeys(shared);
        try
        {
            using var encrypted = new EncryptedContribution(layout, own, round.Session.Self, checks.Context, values, checks.ToAll(), masks);
            await round.Session.OnceOnly.ClaimAsync(round.Step("masked").Path, encrypted.Digest, cancellationToken);
            await round.Channel.SendVectorAsync(round.Coordinator, round.Step("masked"), layout.Words, encrypted.Fill, cancellationToken);
        }
        finally
        {
            foreach (var mask in masks) CryptographicOperations.ZeroMemory(mask.Key);
        }
    }
}
