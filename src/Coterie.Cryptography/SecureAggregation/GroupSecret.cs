using System.Security.Cryptography;
using Coterie.Core.Parties;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// What the participants of a run share and the coordinator does not: every participant's own mask of every sum comes from it, and tags by which
/// participants compare what they hold. It is a function of a fresh part of each of them, so that one part drawn well is enough.
/// </summary>
/// <remarks>
/// Everybody has a mask of its own. A common mask G would leave n G on the sum of n, which for even n is not uniform over Z_2^64: the sum's low bits
/// would be read off. A sum of independent uniform masks is uniform, and comes off only for the survivors that were added.
/// </remarks>
public sealed class GroupSecret : IDisposable
{
    /// <summary>Bytes of a secret, and of each part of one.</summary>
    public const int Length = 32;

    /// <summary>Bytes of a tag.</summary>
    public const int TagLength = HMACSHA256.HashSizeInBytes;

    private static readonly byte[] Salt = SHA256.HashData("coterie group secret v1"u8);

    private readonly byte[] _secret;
    private bool _disposed;

    private GroupSecret(byte[] secret) => _secret = secret;

    /// <summary>HKDF-SHA256 (RFC 5869) of all parts, in the order given, bound to run, step and the owners' names. Compare every part with its commitment first.</summary>
    /// <exception cref="ArgumentException">There is no part, a part does not have 32 bytes, or an owner occurs twice.</exception>
    public static GroupSecret Combine(RoundContext context, IReadOnlyList<(PartyId Owner, ReadOnlyMemory<byte> Part)> partsInRosterOrder)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(partsInRosterOrder);
        if (partsInRosterOrder.Count == 0) throw new ArgumentException("A group secret needs a part.", nameof(partsInRosterOrder));
        if (partsInRosterOrder.DistinctBy(p => p.Owner).Count() != partsInRosterOrder.Count) throw new ArgumentException("A participant has two parts.", nameof(partsInRosterOrder));
        var writer = context.Describe("group secret");
        writer.WriteInt32(partsInRosterOrder.Count);
        var parts = GC.AllocateArray<byte>(Length * partsInRosterOrder.Count, pinned: true);   // pinned: the collector leaves no second copy
        for (var i = 0; i < partsInRosterOrder.Count; i++)
        {
            var (owner, part) = partsInRosterOrder[i];
            if (part.Length != Length) throw new ArgumentException($"A part of a group secret has {Length} bytes.", nameof(partsInRosterOrder));
            writer.WriteText(owner.Name);
            part.Span.CopyTo(parts.AsSpan(i * Length));
        }
        var secret = GC.AllocateArray<byte>(Length, pinned: true);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, parts, secret, Salt, writer.WrittenMemory.Span);
        CryptographicOperations.ZeroMemory(parts);
        return new GroupSecret(secret);
    }

    /// <summary>What <see cref="Export"/> gave.</summary>
    /// <exception cref="CryptographicException">Not that.</exception>
    public static GroupSecret Import(ReadOnlySpan<byte> exported)
    {
        if (exported.Length != Length) throw new CryptographicException($"A group secret has {Length} bytes.");
        var secret = GC.AllocateArray<byte>(Length, pinned: true);
        exported.CopyTo(secret);
        return new GroupSecret(secret);
    }

    /// <summary>The secret, for the participant's own disk; the caller zeroes it.</summary>
    public byte[] Export() => Secret.ToArray();

    /// <summary>destination += the group mask of <paramref name="owner"/> mod 2^64, in the sum that <paramref name="context"/> describes.</summary>
    public void AddMask(RoundContext context, PartyId owner, Span<ulong> destination)
    {
        var key = MaskKey(context, owner);
        MaskGenerator.AddMask(key, destination);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>destination -= the group mask of <paramref name="owner"/> mod 2^64, in the sum that <paramref name="context"/> describes.</summary>
    public void SubtractMask(RoundContext context, PartyId owner, Span<ulong> destination)
    {
        var key = MaskKey(context, owner);
        MaskGenerator.SubtractMask(key, destination);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>
    /// HMAC-SHA256 of what a participant holds at a step: equal for equal <paramref name="digest"/>, and to others than the group 32 bytes of noise that
    /// no guess can be compared with.
    /// </summary>
    public byte[] Tag(RoundContext context, ReadOnlySpan<byte> digest)
    {
        ArgumentNullException.ThrowIfNull(context);
        var key = Derive(context.Describe("group tag").WrittenMemory.Span);
        var tag = HMACSHA256.HashData(key, digest);
        CryptographicOperations.ZeroMemory(key);
        return tag;
    }

    /// <summary>Forgets the secret.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_secret);
    }

    private byte[] MaskKey(RoundContext context, PartyId owner)
    {
        ArgumentNullException.ThrowIfNull(context);
        var writer = context.Describe("group mask");
        writer.WriteText(owner.Name);
        writer.WriteBytes(context.ModelHash.Span);
        return Derive(writer.WrittenMemory.Span);
    }

    private byte[] Derive(ReadOnlySpan<byte> use)
    {
        var derived = new byte[MaskGenerator.KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Secret, derived, Salt, use);
        return derived;
    }

    /// <summary>The secret, never the zeros it becomes: those would make masks that everybody knows.</summary>
    private ReadOnlySpan<byte> Secret
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _secret;
        }
    }
}
