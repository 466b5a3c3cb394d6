using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Privacy.Keys;
using Coterie.Privacy.Sums.SecureAggregation;
using Coterie.Privacy.Sums.SeparateKeys;

namespace Coterie.Privacy.Sums;

/// <summary>
/// The sum of the mode <c>separate-keys</c>: every participant has a Paillier key of its own, and no secret is common to them. Each encrypts its packed
/// contribution under every participant's key, its own included, with the double masks of <see cref="SecureAggregationSum"/> expanded uniformly into
/// Z_n of that key, separately for every recipient. The coordinator multiplies the survivors' ciphertexts, takes the masks off that unmasking
/// reveals, and returns to each the sum under its key, which it decrypts. A check in every ciphertext tells sums of contributions from what anybody else encrypts under that key.
/// Who learns what: the coordinator who was added, and how long a contribution is; participants the total and who was added.
/// Assumes that no participant opens sums for the coordinator, and for single contributions what <see cref="SecureAggregationSum"/> assumes: a participant
/// that decrypts for the coordinator finds masks, and no more than sums.
/// </summary>
public sealed class SeparateKeysSum : IHiddenSum
{
    private readonly MaskedSum _masked = new(Topology.Star);
    private readonly PaillierKeySize _size;
    private RunKeys? _keys;
    private PairTags? _tags;

    /// <summary>A sum whose participants have keys of so many bits.</summary>
    /// <param name="keyBits">2048 or 3072.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another size.</exception>
    public SeparateKeysSum(int keyBits = PaillierKeySize.DefaultBits)
        : this(new PaillierKeySize(keyBits, IsInsecure: false))
    {
        if (!PaillierKeySize.IsSafe(keyBits)) throw new ArgumentOutOfRangeException(nameof(keyBits), keyBits, "A participant's key has 2048 or 3072 bits.");
    }

    internal SeparateKeysSum(PaillierKeySize size) => _size = size;

    /// <inheritdoc/>
    public bool ReturnsOneToAll => false;

    /// <inheritdoc/>
    public async ValueTask<byte[]?> AgreeAsync(Session session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        return (_keys ??= await KeyExchange.RunAsync(session, _size, cancellationToken))?.Transcript;
    }

    /// <inheritdoc/>
    public async ValueTask<SumOutcome> SumAsync(Session session, SumRequest request, Blocks<Matrix>? mine, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(request);
        if (!session.IsCoordinator && mine is null) return new SumOutcome(null, []);
        if (await AgreeAsync(session, cancellationToken) is null) return new SumOutcome(null, []);
        var layout = new CiphertextLayout(Keys, session.Roster, request);
        return session.IsCoordinator ? await CoordinateAsync(session, request, layout, cancellationToken) : await ParticipateAsync(session, request, layout, mine!, cancellationToken);
    }

    /// <inheritdoc/>
    public int TagLength(int participants) => participants * PairTags.PartLength;

    /// <inheritdoc/>
    public byte[] Tag(Session session, StepTag step, ReadOnlySpan<byte> digest) => TagsOf(session).Of(step, digest);

    /// <inheritdoc/>
    public bool IsSame(Session session, StepTag step, ReadOnlySpan<byte> digest, PartyId peer, ReadOnlySpan<byte> peerTag) => TagsOf(session).IsSame(step, digest, peer, peerTag);

    /// <inheritdoc/>
    public ValueTask ForgetAsync(Session session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        return RunKeys.ForgetAsync(session, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tags?.Dispose();
        _keys?.Dispose();
    }

    private RunKeys Keys => _keys ?? throw new InvalidOperationException("The participants have exchanged no keys.");

    private OwnKeys Own => Keys.Own ?? throw new InvalidOperationException("The coordinator has no key of its own.");

    private async Task<SumOutcome> CoordinateAsync(Session session, SumRequest request, CiphertextLayout layout, CancellationToken cancellationToken)
    {
        var (survivors, sums) = await _masked.CoordinateAsync(session, request, (round, shared) => EncryptedStep.CoordinateAsync(round, shared, layout, cancellationToken), cancellationToken);
        using (sums)
        {
            var told = await ReturnedSums.TellAsync(session, request.Step, layout, survivors, sums.Unmasked(), cancellationToken);
            return new SumOutcome(null, survivors.Names(session.Roster)) { Broadcast = told };
        }
    }

    private async Task<SumOutcome> ParticipateAsync(Session session, SumRequest request, CiphertextLayout layout, Blocks<Matrix> mine, CancellationToken cancellationToken)
    {
        var values = ContributionCodec.Encode(request, ContributionCodec.Flatten(request, mine, session.Self));
        var checks = new SumChecks(TagsOf(session), Keys.Members, session, request, layout);
        var stayed = await _masked.ParticipateAsync(
            session, request, (round, secrets, shared) => EncryptedStep.ParticipateAsync(round, secrets, shared, layout, Own, checks, values, cancellationToken), cancellationToken);
        var (survivors, sum, told) = await ReturnedSums.HearAsync(session, request, layout, Own, checks, cancellationToken);
        survivors.RequireSigned(session, request.Step, stayed);
        var total = ContributionCodec.Decode(request, sum);
        ContributionCodec.CheckTotal(request, total, survivors.Count);
        return new SumOutcome(total, survivors.Names(session.Roster)) { Broadcast = told };
    }

    private PairTags TagsOf(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return _tags ??= new PairTags(Keys, session.Roster, session.Self);
    }
}
