using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Cryptography.SecretSharing;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>The coordinator's last local step: self masks of survivors and pair masks of those who dropped out come off the sum.</summary>
internal sealed class Unmasking(AggregationRound round, IReadOnlyDictionary<int, Advertisement> keys, ParticipantSet survivors)
{
    private readonly RoundContext _context = ParticipantSecrets.ContextOf(round);

    /// <summary>Removes what hides the sum because of <paramref name="owner"/>.</summary>
    /// <exception cref="ProtocolException">The shares do not reconstruct what the owner announced: a share is wrong, whose cannot be told.</exception>
    public void Remove(int owner, IReadOnlyList<SecretShare> shares, Span<ulong> sum)
    {
        byte[]? secret = null;
        try
        {
            secret = Shamir.Reconstruct(shares, round.Graph.Threshold);
            if (survivors.Contains(owner)) SelfMask.Subtract(_context, round.NameOf(owner), secret, sum);
            else RemovePairMasks(owner, secret, sum);
        }
        catch (CryptographicException error)
        {
            throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"The shares of {round.NameOf(owner)} do not open its secret: {error.Message}", round.Step("unmask").Path);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Adding the dropped participant's own side of every pair mask cancels its neighbours'.</summary>
    private void RemovePairMasks(int dropped, ReadOnlySpan<byte> scalar, Span<ulong> sum)
    {
        using var key = AgreementKey.FromScalar(scalar, keys[dropped].MaskKey);
        foreach (var neighbour in round.Graph.Of(dropped).Where(survivors.Contains))
            PairwiseMask.Apply(_context, round.NameOf(dropped), key, round.NameOf(neighbour), keys[neighbour].MaskKey, sum);
    }
}
