using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// The start point of a session's hash keys: 128 uniform bits that both parties know. Key number t is the start point with t added to its low half modulo 2^64, so
/// that no two tweaks of a session have one key, and keys of different sessions are unrelated (Guo et al., CRYPTO 2020).
/// </summary>
internal readonly record struct HashKey(ulong Low, ulong High)
{
    public static HashKey Read(ReadOnlySpan<byte> start16) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(start16), BinaryPrimitives.ReadUInt64LittleEndian(start16[8..]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<byte> At(ulong tweak) => Vector128.Create(unchecked(Low + tweak), High).AsByte();
}
