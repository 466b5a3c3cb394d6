using System.Buffers.Binary;
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
            for (var i = 0; i < words; i++)
                rest[i] = TOperation.Apply(rest[i], BinaryPrimitives.ReadUInt64LittleEndian(stream[(i * sizeof(ulong))..]));
            rest = rest[words..];
        }
        CryptographicOperations.ZeroMemory(stream);
    }
}
