using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>
/// Step 2 where contributions are ciphertexts under the coordinator's key: each gets a mask uniform in Z_n, and randomness that its owner cannot take apart.
/// Masked and re-randomised, one contribution is a uniform ciphertext to the coordinator; only the sum's masks come off.
/// </summary>
internal static class HiddenSumStep
{
    /// <summary>The parts of a contribution that do not depend on the model are encrypted at this precision of their bound.</summary>
    private const int KnownBits = 52;

    public static PaillierOptions Computing { get; } = new(Threads: Environment.ProcessorCount);

    /// <summary>Every block as ciphertexts; those of known numbers without randomness, which masks and re-randomising give them.</summary>
    public static ImmutableArray<EncryptedMatrix> Encrypted(PaillierPublicKey key, Blocks<EncryptedMatrix> contribution) => [.. contribution.Values.Select(block =>
    {
        if (block.Hidden is not null) return block;
        var unit = Unit.PowerOfTwo((block.Bounds.Largest is > 0 and var largest ? Math.ILogB(largest) : 0) + 1 - KnownBits);
        var counts = block.Known!.ToArray().Select(unit.Count);
        return EncryptedMatrix.Of(key.Trivial(Plaintexts.FromBigIntegers(key, [.. counts])), block.Rows, block.Columns, unit, unit.BitsFor(block.Bounds.Largest));
    })];

    /// <summary>A participant's side.</summary>
    public static async Task ParticipateAsync(
        AggregationRound round, ParticipantSecrets secrets, ParticipantSet shared, Rerandomizer rerandomizer, ImmutableArray<EncryptedMatrix> blocks, CancellationToken cancellationToken)
    {
        var key = rerandomizer.Key;
        var masks = secrets.MaskKeys(shared);
        try
        {
            var all = HiddenModel.Concat(blocks);
            using var mine = new RecipientMasks(masks, round.Coordinator, key, all.Count);
            var masked = key.AddPlain(all, mine.Sum(all.Count), Computing);
            // Up to here everything follows from the rows, the model and the masks: whoever would mask something else with them is stopped.
            await round.Session.OnceOnly.ClaimAsync(round.Step("masked").Path, SHA256.HashData(key.ToBytes(masked)), cancellationToken);
            var writer = new WireWriter();
            HiddenModel.Write(writer, HiddenModel.WithCiphertexts(blocks, rerandomizer.Apply(masked)));
            await round.Channel.SendAsync(round.Coordinator, round.Step("masked"), writer.WrittenMemory, cancellationToken);
        }
        finally
        {
            foreach (var mask in masks) CryptographicOperations.ZeroMemory(mask.Key);
        }
    }

    /// <summary>The coordinator's side: who handed in a contribution, and the sum of them all.</summary>
    /// <param name="round">The sum.</param>
    /// <param name="shared">Who may hand in.</param>
    /// <param name="key">The coordinator's.</param>
    /// <param name="like">Names and shapes of the blocks.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<(ParticipantSet Survivors, HiddenTotal Total)> CoordinateAsync(
        AggregationRound round, ParticipantSet shared, PaillierSecretKey key, Blocks<Matrix> like, CancellationToken cancellationToken)
    {
        var (survivors, sum) = await BlockSum.CollectAsync(round.Session, shared, round.Step("masked"), key.PublicKey, like, cancellationToken);
        return (survivors, new HiddenTotal(sum.Value, like, key, round.Coordinator));
    }
}
