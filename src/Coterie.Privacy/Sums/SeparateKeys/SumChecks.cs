using System.Security.Cryptography;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.Sums.SeparateKeys;

/// <summary>
/// Numbers that a participant adds to what it encrypts for a recipient, and that only the two of them know: whoever has the recipient's public key can encrypt
/// any total, and not the sum of these. Bound to run, step, all broadcasts, the model and the layout: contributions to another model do not pass.
/// A coordinator that adds to entries and leaves the checks alone is not noticed by them.
/// </summary>
internal sealed class SumChecks(PairTags pairs, ParticipantSet members, Session session, SumRequest request, CiphertextLayout layout)
{
    /// <summary>What the coordinator knows and what it does not.</summary>
    public RoundContext Context { get; } = new(session.Roster.RunId, request.Step, SHA256.HashData([.. request.ModelHash.Span, .. request.Hidden.Span]));

    /// <summary>This participant's checks for every recipient, one for each ciphertext.</summary>
    public ulong[][] ToAll() => [.. layout.Recipients.Select(r =>
    {
        var checks = new ulong[layout.Ciphertexts];
        Add(session.Roster.IndexOf(r.Name), session.Self, r.Name, checks);
        return checks;
    })];

    /// <summary>The sums modulo 2^64 of what those who were added have put in for this participant.</summary>
    /// <exception cref="ProtocolException">Somebody was added who has announced no keys: the coordinator is named.</exception>
    public ulong[] Expected(ParticipantSet survivors)
    {
        if (!survivors.IsSubsetOf(members))
            throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"The coordinator added participants at {request.Step} that have announced no keys.", request.Step.Path, session.Roster.Coordinator);
        var sums = new ulong[layout.Ciphertexts];
        foreach (var survivor in survivors.Indices) Add(survivor, session.Roster.Participants[survivor], session.Self, sums);
        return sums;
    }

    private void Add(int peer, PartyId from, PartyId to, Span<ulong> checks)
    {
        var key = pairs.CheckKey(peer, Context, from, to);
        MaskGenerator.AddMask(key, checks);
        CryptographicOperations.ZeroMemory(key);
    }
}
