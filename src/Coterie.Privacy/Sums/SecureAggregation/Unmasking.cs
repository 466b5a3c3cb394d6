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
    /// <exception cref="ProtocolException">
    /// The shares do not reconstruct what the owner announced. One wrong share among more than the threshold is found, and its holder
    /// and its dealer are named: which of the two is to blame cannot be told.
    /// </exception>
    public void Remove(int owner, IReadOnlyList<SecretShare> shares, IUnmaskable sum)
    {
        var survived = survivors.Contains(owner);
        var secret = Open(owner, [.. shares.OrderBy(s => s.Point)], candidate => survived ? IsSeed(owner, candidate) : IsKey(owner, candidate));
        if (survived) sum.SubtractSelfMask(_context, round.NameOf(owner), secret);
        else RemovePairMasks(owner, secret, sum);
        CryptographicOperations.ZeroMemory(secret);
    }

    private byte[] Open(int owner, SecretShare[] shares, Func<byte[], bool> isGenuine)
    {
        var threshold = round.Graph.Threshold;
        if (TryReconstruct(shares[..threshold], isGenuine) is { } secret) return secret;
        if (shares.Length > threshold)
            for (var i = 0; i < threshold; i++)
                if (TryReconstruct([.. shares[..i], .. shares[(i + 1)..(threshold + 1)]], isGenuine) is { } found)
                {
                    CryptographicOperations.ZeroMemory(found);
                    throw Wrong(owner, round.NameOf(shares[i].Point - 1), round.NameOf(owner));
                }
        throw Wrong(owner);
    }

    private byte[]? TryReconstruct(SecretShare[] shares, Func<byte[], bool> isGenuine)
    {
        try
        {
            var secret = Shamir.Reconstruct(shares, round.Graph.Threshold);
            if (isGenuine(secret)) return secret;
            CryptographicOperations.ZeroMemory(secret);
            return null;
        }
        catch (CryptographicException)
        {
            return null;   // out of range: a share is wrong
        }
    }

    private bool IsSeed(int owner, byte[] seed) =>
        CryptographicOperations.FixedTimeEquals(SelfMask.Commit(_context, round.NameOf(owner), seed), keys[owner].SelfMask);

    private bool IsKey(int owner, byte[] scalar)
    {
        using var key = AgreementKey.FromScalar(scalar, keys[owner].MaskKey);   // throws when it is not the key's
        return true;
    }

    private ProtocolException Wrong(int owner, params ReadOnlySpan<PartyId> culprits) => new(
        ProtocolErrorCode.Inconsistent,
        culprits.IsEmpty
            ? $"The shares of {round.NameOf(owner)} do not open what it announced; which of them is wrong cannot be told."
            : $"The share of {culprits[1]} that {culprits[0]} released is wrong; one of the two is to blame.",
        round.Step("unmask").Path, culprits);

    /// <summary>Adding the dropped participant's own side of every pair mask cancels its neighbours'.</summary>
    private void RemovePairMasks(int dropped, ReadOnlySpan<byte> scalar, IUnmaskable sum)
    {
        using var key = AgreementKey.FromScalar(scalar, keys[dropped].MaskKey);
        var neighbours = round.Graph.Of(dropped).Where(survivors.Contains).ToArray();
        key.AgreeAhead(neighbours.Select(n => keys[n].MaskKey));
        foreach (var neighbour in neighbours)
            sum.ApplyPairwiseMask(_context, round.NameOf(dropped), key, round.NameOf(neighbour), keys[neighbour].MaskKey);
    }
}
