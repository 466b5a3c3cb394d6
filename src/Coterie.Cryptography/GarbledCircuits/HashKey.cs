using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// The start point of a session's hash keys: 128 uniform bits that both parties know. Key number t is the start point with t added to its low half modulo 2^64, so
/// that no two tweaks of a session have one key, and keys of different sessions are unrelated (Guo et al., CRYPTO 2020).
/// </summary>
internal readonly record struct HashKey(ulong Low, ulong High)
{
    public static HashKey Read(ReadOnlySpan<byte> start16) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(start16), BinaryPrimitives.ReadUInt64LittleEndian(start16[8..]));

    /// <summary>The public key of the hash of output labels, of the batch whose first tweak this is.</summary>
    public UInt128 Projection(ulong tweak)
    {
        Span<byte> text = stackalloc byte[3 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(text, Low);
        BinaryPrimitives.WriteUInt64LittleEndian(text[8..], High);
        BinaryPrimitives.WriteUInt64LittleEndian(text[16..], tweak);
        return BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData([.. "coterie output projection v1"u8, .. text]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<byte> At(ulong tweak) => Vector128.Create(unchecked(Low + tweak), High).AsByte();
}
