using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecretSharing;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// A participant's secrets of one sum, all fresh: the key pair that encrypts shares (c), the key pair that pairwise masks come
/// from (s) and the seed of the self mask (b). Names as in Bonawitz et al., "Practical Secure Aggregation" (CCS 2017), section 4.
/// </summary>
public sealed class RoundKeys : IDisposable
{
    private readonly AgreementKey _channel;
    private readonly AgreementKey _mask;
    private readonly byte[] _seed;
    private bool _disposed;

    private RoundKeys(AgreementKey channel, AgreementKey mask, byte[] seed)
    {
        _channel = channel;
        _mask = mask;
        _seed = seed;
    }

    /// <summary>Public key of the share channel, 65 bytes.</summary>
    public ImmutableArray<byte> ChannelPublicKey => _channel.PublicKey;

    /// <summary>Public key of the masks, 65 bytes.</summary>
    public ImmutableArray<byte> MaskPublicKey => _mask.PublicKey;

    /// <summary>Draws everything afresh.</summary>
    public static RoundKeys Create(CryptographicRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var seed = GC.AllocateArray<byte>(Shamir.SecretLength, pinned: true);   // pinned: the collector leaves no second copy
        random.Fill(seed);
        return new RoundKeys(AgreementKey.Create(), AgreementKey.Create(), seed);
    }

    /// <summary>Bytes of <see cref="Export"/>: two scalars with their public keys, and the seed.</summary>
    public const int ExportedLength = (2 * (AgreementKey.ScalarLength + AgreementKey.PublicKeyLength)) + Shamir.SecretLength;

    /// <summary>
    /// Everything secret, for the participant's own disk: after a restart it must send what it sent before, or nothing. The caller zeroes it.
    /// </summary>
    public byte[] Export()
    {
        var exported = new byte[ExportedLength];
        var rest = exported.AsSpan();
        foreach (var key in new[] { _channel, _mask })
        {
            var scalar = key.ExportScalar();
            scalar.CopyTo(rest);
            CryptographicOperations.ZeroMemory(scalar);
            key.PublicKey.CopyTo(rest[AgreementKey.ScalarLength..]);
            rest = rest[(AgreementKey.ScalarLength + AgreementKey.PublicKeyLength)..];
        }
        Seed.CopyTo(rest);
        return exported;
    }

    /// <summary>What <see cref="Export"/> gave.</summary>
    /// <exception cref="CryptographicException">Not that.</exception>
    public static RoundKeys Import(ReadOnlySpan<byte> exported)
    {
        if (exported.Length != ExportedLength) throw new CryptographicException($"Round keys have {ExportedLength} bytes.");
        const int PairLength = AgreementKey.ScalarLength + AgreementKey.PublicKeyLength;
        var seed = GC.AllocateArray<byte>(Shamir.SecretLength, pinned: true);
        exported[(2 * PairLength)..].CopyTo(seed);
        return new RoundKeys(Pair(exported[..PairLength]), Pair(exported[PairLength..(2 * PairLength)]), seed);

        static AgreementKey Pair(ReadOnlySpan<byte> pair) => AgreementKey.FromScalar(pair[..AgreementKey.ScalarLength], pair[AgreementKey.ScalarLength..]);
    }

    /// <summary>Makes all agreements with peers at once, which is several times quicker than one by one; what is asked for afterwards finds them.</summary>
    /// <param name="channelKeys">Peers' public keys of the share channel.</param>
    /// <param name="maskKeys">Peers' public keys of the masks.</param>
    /// <exception cref="CryptographicException">A peer's key is not a point of the curve.</exception>
    public void AgreeAhead(IEnumerable<byte[]> channelKeys, IEnumerable<byte[]> maskKeys) => AgreementKey.AgreeAhead(
        [.. channelKeys.Select(k => (_channel, (ReadOnlyMemory<byte>)k)), .. maskKeys.Select(k => (_mask, (ReadOnlyMemory<byte>)k))]);

    /// <summary>The key for sealing shares sent to <paramref name="recipient"/>; the caller zeroes it.</summary>
    /// <exception cref="CryptographicException">The peer's key is not a point of the curve.</exception>
    public byte[] AgreeToSend(RoundContext context, PartyId self, PartyId recipient, ReadOnlySpan<byte> recipientChannelKey) =>
        AggregationKeys.ShareChannel(context, self, recipient, self, _channel, recipientChannelKey);

    /// <summary>The key for opening shares received from <paramref name="sender"/>; the caller zeroes it.</summary>
    /// <exception cref="CryptographicException">The peer's key is not a point of the curve.</exception>
    public byte[] AgreeToReceive(RoundContext context, PartyId self, PartyId sender, ReadOnlySpan<byte> senderChannelKey) =>
        AggregationKeys.ShareChannel(context, sender, self, self, _channel, senderChannelKey);

    /// <summary>The key of the mask it shares with <paramref name="peer"/>, 32 bytes; the caller zeroes it.</summary>
    /// <exception cref="CryptographicException">The peer's key is not a point of the curve.</exception>
    public byte[] PairwiseMaskKey(RoundContext context, PartyId self, PartyId peer, ReadOnlySpan<byte> peerMaskKey) =>
        AggregationKeys.PairwiseMask(context, self, _mask, peer, peerMaskKey);

    /// <summary>The key of its self mask, 32 bytes; the caller zeroes it.</summary>
    public byte[] SelfMaskKey(RoundContext context, PartyId self) => AggregationKeys.SelfMask(context, self, Seed);

    /// <summary>Adds this participant's side of the mask it shares with <paramref name="peer"/>.</summary>
    /// <exception cref="CryptographicException">The peer's key is not a point of the curve.</exception>
    public void ApplyPairwiseMask(RoundContext context, PartyId self, PartyId peer, ReadOnlySpan<byte> peerMaskKey, Span<ulong> destination) =>
        PairwiseMask.Apply(context, self, _mask, peer, peerMaskKey, destination);

    /// <summary>Adds this participant's self mask.</summary>
    public void ApplySelfMask(RoundContext context, PartyId self, Span<ulong> destination) =>
        SelfMask.Add(context, self, Seed, destination);

    /// <summary>The self-mask seed itself, 32 bytes, where it serves as this participant's part of a group secret; the caller zeroes it.</summary>
    public byte[] ExportSeed() => Seed.ToArray();

    /// <summary>What this participant announces of its self-mask seed: 32 bytes.</summary>
    public byte[] CommitToSelfMask(RoundContext context, PartyId self) => SecureAggregation.SelfMask.Commit(context, self, Seed);

    /// <summary>Shares the mask private key.</summary>
    /// <inheritdoc cref="Shamir.Split"/>
    public SecretShare[] SplitMaskKey(int threshold, ReadOnlySpan<int> points, CryptographicRandom random)
    {
        var scalar = _mask.ExportScalar();
        try
        {
            return Shamir.Split(scalar, threshold, points, random);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    /// <summary>Shares the self-mask seed.</summary>
    /// <inheritdoc cref="Shamir.Split"/>
    public SecretShare[] SplitSelfMaskSeed(int threshold, ReadOnlySpan<int> points, CryptographicRandom random) =>
        Shamir.Split(Seed, threshold, points, random);

    /// <summary>A dropped participant's mask key pair from its reconstructed scalar.</summary>
    /// <exception cref="CryptographicException">The scalar is not the private key of <paramref name="publicPoint"/>.</exception>
    public static AgreementKey MaskKeyFromScalar(ReadOnlySpan<byte> scalar32, ReadOnlySpan<byte> publicPoint) =>
        AgreementKey.FromScalar(scalar32, publicPoint);

    /// <summary>Forgets the private keys and the seed.</summary>
    public void Dispose()
    {
        _disposed = true;
        _channel.Dispose();
        _mask.Dispose();
        CryptographicOperations.ZeroMemory(_seed);
    }

    /// <summary>The seed, never the zeros it becomes: those would be a mask that everybody knows.</summary>
    private ReadOnlySpan<byte> Seed
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _seed;
        }
    }
}
