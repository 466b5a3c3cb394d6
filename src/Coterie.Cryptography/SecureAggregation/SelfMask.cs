using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Cryptography.SecretSharing;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// The second mask of double masking: it protects a vector that arrives after its sender was declared dropped and the sender's
/// pairwise masks were reconstructed (Bonawitz et al. 2017, section 4).
/// </summary>
public static class SelfMask
{
    /// <summary>Bytes of a commitment to a seed.</summary>
    public const int CommitmentLength = 32;

    /// <summary>
    /// What its owner announces of a seed, so that whoever reconstructs it can tell it from another:
    /// SHA-256(purpose || run || step || owner || seed), hiding because the seed has 256 random bits.
    /// </summary>
    /// <exception cref="ArgumentException">The seed does not have 32 bytes.</exception>
    public static byte[] Commit(RoundContext context, PartyId owner, ReadOnlySpan<byte> seed32)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (seed32.Length != Shamir.SecretLength) throw new ArgumentException("A self-mask seed has 32 bytes.", nameof(seed32));
        var writer = context.Describe("self mask commitment");
        writer.WriteText(owner.Name);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);   // the seed enters no buffer that stays
        hash.AppendData(writer.WrittenMemory.Span);
        hash.AppendData(seed32);
        return hash.GetHashAndReset();
    }

    /// <summary>destination += the self mask of <paramref name="owner"/> mod 2^64.</summary>
    /// <exception cref="ArgumentException">The seed does not have 32 bytes.</exception>
    public static void Add(RoundContext context, PartyId owner, ReadOnlySpan<byte> seed32, Span<ulong> destination)
    {
        var key = AggregationKeys.SelfMask(context, owner, seed32);
        MaskGenerator.AddMask(key, destination);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>destination -= the self mask of <paramref name="owner"/> mod 2^64.</summary>
    /// <exception cref="ArgumentException">The seed does not have 32 bytes.</exception>
    public static void Subtract(RoundContext context, PartyId owner, ReadOnlySpan<byte> seed32, Span<ulong> destination)
    {
        var key = AggregationKeys.SelfMask(context, owner, seed32);
        MaskGenerator.SubtractMask(key, destination);
        CryptographicOperations.ZeroMemory(key);
    }
}
