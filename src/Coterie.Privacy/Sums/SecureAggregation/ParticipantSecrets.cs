using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>One participant's fresh secrets of one sum, with its peers' public keys.</summary>
internal sealed class ParticipantSecrets(AggregationRound round, RoundKeys keys)
{
    private readonly RoundContext _context = ContextOf(round);

    public RoundKeys Keys { get; } = keys;

    /// <summary>The neighbours' advertised keys, checked to be points of the curve.</summary>
    public required IReadOnlyDictionary<int, Advertisement> Peers { get; init; }

    /// <summary>Draws the polynomials of the shares: the same ones after a restart.</summary>
    public required CryptographicRandom Dealing { get; init; }

    public static RoundContext ContextOf(AggregationRound round) => new(round.Roster.RunId, round.Request.Step, round.Request.ModelHash);

    public byte[] Seal(int recipient, SharePair pair)
    {
        var key = Keys.AgreeToSend(_context, round.Session.Self, round.NameOf(recipient), Peers[recipient].ChannelKey);
        try
        {
            return ShareEnvelope.Seal(key, _context, round.Session.Self, round.NameOf(recipient), pair, round.Session.Random);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Null when the envelope is not what its sender would have sealed: its share is then missing, as if it had never come.</summary>
    public SharePair? TryOpen(int sender, byte[] envelope)
    {
        var key = Keys.AgreeToReceive(_context, round.Session.Self, round.NameOf(sender), Peers[sender].ChannelKey);
        try
        {
            var pair = ShareEnvelope.Open(key, _context, round.NameOf(sender), round.Session.Self, envelope);
            return pair.SelfMaskSeed.Point == round.Self + 1 && pair.MaskKey.Point == round.Self + 1 ? pair : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The keys of all masks it applies, with whether it subtracts: its self mask's, and those of the pairs with peers in the set. The caller zeroes them.</summary>
    public IReadOnlyList<MaskKey> MaskKeys(ParticipantSet shared)
    {
        var keys = new List<MaskKey> { new(Keys.SelfMaskKey(_context, round.Session.Self), Subtracts: false) };
        foreach (var peer in round.Graph.Of(round.Self).Where(shared.Contains))
            keys.Add(new(Keys.PairwiseMaskKey(_context, round.Session.Self, round.NameOf(peer), Peers[peer].MaskKey), round.Session.Self.CompareTo(round.NameOf(peer)) > 0));
        return keys;
    }

    public void ApplySelfMask(Span<ulong> destination) => Keys.ApplySelfMask(_context, round.Session.Self, destination);

    public void ApplyPairwiseMask(int peer, Span<ulong> destination) =>
        Keys.ApplyPairwiseMask(_context, round.Session.Self, round.NameOf(peer), Peers[peer].MaskKey, destination);
}
