using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Coterie.Cryptography.SecretSharing;

/// <summary>
/// One share of a 32-byte secret: the values at <paramref name="Point"/> of the five polynomials that hide its limbs.
/// </summary>
/// <param name="Point">The x coordinate, at least 1 (0 is where the secret lies).</param>
/// <param name="Limb0">Value of the polynomial of bits 0 to 55, in [0, 2^61 - 1).</param>
/// <param name="Limb1">The same for bits 56 to 111.</param>
/// <param name="Limb2">The same for bits 112 to 167.</param>
/// <param name="Limb3">The same for bits 168 to 223.</param>
/// <param name="Limb4">The same for bits 224 to 255.</param>
public sealed record SecretShare(int Point, ulong Limb0, ulong Limb1, ulong Limb2, ulong Limb3, ulong Limb4)
{
    /// <summary>Bytes of the encoding: the point and five field elements, little-endian.</summary>
    public const int EncodedLength = sizeof(int) + (Shamir.Limbs * sizeof(ulong));

    /// <summary>The x coordinate.</summary>
    public int Point { get; } = Point >= 1 ? Point : throw new ArgumentOutOfRangeException(nameof(Point), Point, "A share lies at a point of at least 1.");

    /// <summary>Value of the polynomial of bits 0 to 55.</summary>
    public ulong Limb0 { get; } = Element(Limb0);

    /// <summary>Value of the polynomial of bits 56 to 111.</summary>
    public ulong Limb1 { get; } = Element(Limb1);

    /// <summary>Value of the polynomial of bits 112 to 167.</summary>
    public ulong Limb2 { get; } = Element(Limb2);

    /// <summary>Value of the polynomial of bits 168 to 223.</summary>
    public ulong Limb3 { get; } = Element(Limb3);

    /// <summary>Value of the polynomial of bits 224 to 255.</summary>
    public ulong Limb4 { get; } = Element(Limb4);

    /// <summary>Writes the encoding to the first <see cref="EncodedLength"/> bytes of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public void Encode(Span<byte> destination)
    {
        if (destination.Length < EncodedLength) throw new ArgumentException($"A share takes {EncodedLength} bytes.", nameof(destination));
        BinaryPrimitives.WriteInt32LittleEndian(destination, Point);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[4..], Limb0);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[12..], Limb1);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[20..], Limb2);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[28..], Limb3);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[36..], Limb4);
    }

    /// <summary>Reads an encoding of exactly <see cref="EncodedLength"/> bytes.</summary>
    /// <exception cref="CryptographicException">The length, the point or a field element is out of range.</exception>
    public static SecretShare Decode(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length != EncodedLength) throw new CryptographicException($"A share has {EncodedLength} bytes, not {encoded.Length}.");
        var point = BinaryPrimitives.ReadInt32LittleEndian(encoded);
        if (point < 1) throw new CryptographicException("A share lies at a point of at least 1.");
        Span<ulong> limbs = stackalloc ulong[Shamir.Limbs];
        for (var i = 0; i < limbs.Length; i++)
        {
            limbs[i] = BinaryPrimitives.ReadUInt64LittleEndian(encoded[(4 + (8 * i))..]);
            if (limbs[i] >= Mersenne61.Prime) throw new CryptographicException("A share holds a number outside the field.");
        }
        return new SecretShare(point, limbs[0], limbs[1], limbs[2], limbs[3], limbs[4]);
    }

    /// <summary>Names the point only: a share must not end up in a log.</summary>
    public override string ToString() => $"share at {Point}";

    private static ulong Element(ulong value) =>
        value < Mersenne61.Prime ? value : throw new ArgumentOutOfRangeException(nameof(value), "A share holds elements of the field of 2^61 - 1.");
}
