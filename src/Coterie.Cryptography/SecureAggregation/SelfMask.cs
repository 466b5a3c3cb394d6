using System.Security.Cryptography;
using Coterie.Core.Parties;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// The second mask of double masking: it protects a vector that arrives after its sender was declared dropped and the sender's
/// pairwise masks were reconstructed (Bonawitz et al. 2017, section 4).
/// </summary>
public static class SelfMask
{
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
