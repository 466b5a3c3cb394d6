using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>What a message of oblivious transfer is.</summary>
internal enum TransferMessageKind : byte
{
    BaseOffer = 1,
    BaseReply = 2,
    Extension = 3,
    Chosen = 4,
    Ring = 5,
}

/// <summary>
/// The head of every message: version, kind, two zero bytes, count (32 bits), counter (64 bits), little-endian, and 16 bytes of a hash of the session's
/// identifier. Whoever receives a message knows all of them and the length beforehand, so that one that is replayed, sent back or of another session is
/// refused before anything of it is used.
/// </summary>
internal static class TransferMessage
{
    public const int HeaderBytes = 32;
    private const byte Version = 1;

    /// <summary>A message with its head written and its body zero.</summary>
    public static byte[] Create(TransferMessageKind kind, UInt128 session, int count, ulong counter, long bodyBytes)
    {
        if (bodyBytes > Array.MaxLength - HeaderBytes)
            throw new ArgumentException($"{bodyBytes} bytes are more than one message holds; take several smaller steps.", nameof(bodyBytes));
        var message = new byte[HeaderBytes + bodyBytes];
        message[0] = Version;
        message[1] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(4), count);
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(8), counter);
        BinaryPrimitives.WriteUInt128LittleEndian(message.AsSpan(16), session);
        return message;
    }

    /// <summary>The body of a message that is exactly what is expected.</summary>
    /// <exception cref="CryptographicException">Another length, version, kind, session, count or counter.</exception>
    public static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> message, TransferMessageKind kind, UInt128 session, int count, ulong counter, long bodyBytes)
    {
        if (message.Length < HeaderBytes) throw new CryptographicException($"A message of {message.Length} bytes is too short for the head of oblivious transfer, {HeaderBytes} bytes.");
        if (message[0] != Version) throw new CryptographicException($"The message has version {message[0]} of oblivious transfer; {Version} is understood.");
        if (message[1] != (byte)kind || message[2] != 0 || message[3] != 0) throw new CryptographicException($"The message is not the {kind} message of oblivious transfer that is due.");
        if (BinaryPrimitives.ReadUInt128LittleEndian(message[16..]) != session) throw new CryptographicException("The message belongs to another session of oblivious transfers, or to the other direction.");
        var found = BinaryPrimitives.ReadUInt64LittleEndian(message[8..]);
        if (found != counter) throw new CryptographicException($"The message belongs to batch {found} of oblivious transfers; {counter} is due, and no batch is used twice.");
        var stated = BinaryPrimitives.ReadInt32LittleEndian(message[4..]);
        if (stated != count) throw new CryptographicException($"The message states {stated} oblivious transfers; {count} are expected.");
        if (message.Length - HeaderBytes != bodyBytes) throw new CryptographicException($"The message has {message.Length} bytes; {HeaderBytes + bodyBytes} are expected.");
        return message[HeaderBytes..];
    }
}
