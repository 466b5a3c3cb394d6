using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>AES-256 counter keystream from the framework's block cipher, a buffer of counters at a time.</summary>
internal static class AesCounterPortable
{
    // 4 KiB: large enough to hide the cost of a call, small enough for the stack and the first-level cache.
    private const int BufferBytes = 4096;

    public static void Apply<TOperation>(ReadOnlySpan<byte> key32, UInt128 counter, Span<ulong> destination)
        where TOperation : struct, IMaskOperation
    {
        using var aes = Aes.Create();
        aes.SetKey(key32);
        Span<byte> counters = stackalloc byte[BufferBytes];
        Span<byte> stream = stackalloc byte[BufferBytes];
        for (var rest = destination; !rest.IsEmpty;)
        {
            var words = Math.Min(rest.Length, BufferBytes / sizeof(ulong));
            var bytes = (words + 1) / 2 * 16;
            for (var offset = 0; offset < bytes; offset += 16)
            {
                BinaryPrimitives.WriteUInt128BigEndian(counters[offset..], counter);
                counter = unchecked(counter + 1);
            }
            aes.EncryptEcb(counters[..bytes], stream, PaddingMode.None);
            Apply<TOperation>(MemoryMarshal.Cast<byte, ulong>(stream)[..words], rest[..words]);
            rest = rest[words..];
        }
        CryptographicOperations.ZeroMemory(stream);
    }

    private static void Apply<TOperation>(Span<ulong> stream, Span<ulong> destination)
        where TOperation : struct, IMaskOperation
    {
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(stream, stream);
        ref var source = ref MemoryMarshal.GetReference(stream);
        ref var target = ref MemoryMarshal.GetReference(destination);
        var width = Vector128<ulong>.Count;
        nuint whole = (nuint)(destination.Length - (destination.Length % width));
        for (nuint i = 0; i < whole; i += (nuint)width)
            TOperation.Apply(Vector128.LoadUnsafe(ref target, i), Vector128.LoadUnsafe(ref source, i)).StoreUnsafe(ref target, i);
        if (destination.Length % width != 0) destination[^1] = TOperation.Apply(destination[^1], stream[^1]);
    }
}
