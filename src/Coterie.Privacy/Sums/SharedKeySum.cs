using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Privacy.Sums.SecureAggregation;
using Coterie.Privacy.Sums.SharedKey;

namespace Coterie.Privacy.Sums;

/// <summary>
/// The sum of the mode <c>shared-key</c>: on top of the double masks of <see cref="SecureAggregationSum"/> every participant adds a mask of its own from
/// the secret that only participants share. Unmasking leaves the coordinator with the sum of contributions and group masks, uniform over Z_2^64; it
/// returns that to the participants, and they take off the masks of those who were added.
/// Who learns what: the coordinator who was added, and how long a contribution is; participants the total and who was added.
/// Assumes that no participant gives the group's secret to the coordinator, and for single contributions what <see cref="SecureAggregationSum"/> assumes.
/// </summary>
public sealed class SharedKeySum : IHiddenSum
{
    private readonly MaskedSum _masked = new(Topology.Star);
    private GroupKey? _key;

    /// <inheritdoc/>
    public async ValueTask<byte[]?> AgreeAsync(Session session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        return (_key ??= await GroupAgreement.AgreeAsync(session, cancellationToken))?.Transcript;
    }

    /// <inheritdoc/>
    public async ValueTask<SumOutcome> SumAsync(Session session, SumRequest request, Blocks<Matrix>? mine, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(request);
        if (!session.IsCoordinator && mine is null) return new SumOutcome(null, []);
        if (await AgreeAsync(session, cancellationToken) is null) return new SumOutcome(null, []);
        if (session.IsCoordinator)
        {
            var (survivors, sum) = await _masked.CoordinateAsync(session, request, cancellationToken);
            var told = new MaskedTotal(survivors, sum);
            await told.TellAsync(session, request.Step, cancellationToken);
            return new SumOutcome(null, told.SurvivorsOf(session.Roster)) { Broadcast = told.Digest };
        }
        var contribution = ContributionCodec.Encode(request, ContributionCodec.Flatten(request, mine!, session.Self));
        Secret.AddMask(ContextOf(session, request), session.Self, contribution);
        var stayed = await _masked.ParticipateAsync(session, request, contribution, cancellationToken);
        var total = await MaskedTotal.HearAsync(session, request.Step, request.Length, cancellationToken);
        total.Survivors.RequireSigned(session, request.Step, stayed);
        return Open(session, request, total);
    }

    /// <inheritdoc/>
    public int TagLength(int participants) => GroupSecret.TagLength;

    /// <inheritdoc/>
    public byte[] Tag(Session session, StepTag step, ReadOnlySpan<byte> digest)
    {
        ArgumentNullException.ThrowIfNull(session);
        return Secret.Tag(new RoundContext(session.Roster.RunId, step, new byte[RoundContext.ModelHashLength]), digest);
    }

    /// <inheritdoc/>
    public bool IsSame(Session session, StepTag step, ReadOnlySpan<byte> digest, PartyId peer, ReadOnlySpan<byte> peerTag) =>
        CryptographicOperations.FixedTimeEquals(Tag(session, step, digest), peerTag);

    /// <inheritdoc/>
    public ValueTask ForgetAsync(Session session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        return GroupKey.ForgetAsync(session, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _key?.Dispose();

    private GroupSecret Secret => _key?.Secret ?? throw new InvalidOperationException("The participants have agreed on no key.");

    private SumOutcome Open(Session session, SumRequest request, MaskedTotal masked)
    {
        var digest = masked.Digest;
        var context = ContextOf(session, request);
        var names = masked.SurvivorsOf(session.Roster);
        foreach (var survivor in names) Secret.SubtractMask(context, survivor, masked.Sum);
        var total = ContributionCodec.Decode(request, masked.Sum);
        ContributionCodec.CheckTotal(request, total, names.Length);
        return new SumOutcome(total, names) { Broadcast = digest };
    }

    /// <summary>Group masks are bound to what the coordinator knows and to what it does not: every broadcast, the model and the layout.</summary>
    private static RoundContext ContextOf(Session session, SumRequest request) =>
        new(session.Roster.RunId, request.Step, SHA256.HashData([.. request.ModelHash.Span, .. request.Hidden.Span]));
}
