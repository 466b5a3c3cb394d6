using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Coterie.Core.Parties;

namespace Coterie.Core.Wire;

/// <summary>
/// Reads what <see cref="WireWriter"/> wrote, from a peer that may lie: every length is checked against a bound and against
/// the bytes that are there before anything is allocated. Any deviation is a <see cref="ProtocolException"/> naming the sender.
/// </summary>
public ref struct WireReader
{
    private readonly PartyId _sender;
    private readonly string _step;
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts at the message's first byte.</summary>
    public WireReader(ReadOnlySpan<byte> message, PartyId sender, StepTag step)
    {
        _rest = message;
        _sender = sender;
        _step = step.Path;
    }

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>Reads one byte.</summary>
    public byte ReadByte() => Take(1)[0];

    /// <summary>Reads a 32-bit integer in [minimum, maximum].</summary>
    public int ReadInt32(int minimum, int maximum)
    {
        var value = BinaryPrimitives.ReadInt32LittleEndian(Take(4));
        return value >= minimum && value <= maximum ? value : throw Malformed($"a number in [{minimum}, {maximum}] expected, {value} found");
    }

    /// <summary>Reads a 64-bit integer.</summary>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>Reads a double.</summary>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    /// <summary>Reads at most <paramref name="maximum"/> bytes.</summary>
    public ReadOnlySpan<byte> ReadBytes(int maximum) => Take(ReadInt32(0, maximum));

    /// <summary>Reads exactly <paramref name="count"/> bytes written with their length.</summary>
    public ReadOnlySpan<byte> ReadExactBytes(int count) => Take(ReadInt32(count, count));

    /// <summary>Reads text of at most <paramref name="maximumBytes"/> UTF-8 bytes.</summary>
    public string ReadText(int maximumBytes)
    {
        var bytes = ReadBytes(maximumBytes);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Malformed("text is not UTF-8");
        }
    }

    /// <summary>Reads a party's name.</summary>
    public PartyId ReadPartyId()
    {
        var name = ReadText(64);
        return PartyId.IsValid(name) ? new PartyId(name) : throw Malformed("not a party name");
    }

    /// <summary>Reads exactly <c>destination.Length</c> ring elements.</summary>
    public void ReadUInt64s(Span<ulong> destination)
    {
        var count = ReadInt32(destination.Length, destination.Length);
        var bytes = Take(checked(count * sizeof(ulong)));
        if (BitConverter.IsLittleEndian) bytes.CopyTo(MemoryMarshal.AsBytes(destination));
        else
            for (var i = 0; i < count; i++) destination[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * 8)..]);
    }

    /// <summary>Reads exactly <c>destination.Length</c> doubles.</summary>
    public void ReadDoubles(Span<double> destination) => ReadUInt64s(MemoryMarshal.Cast<double, ulong>(destination));

    /// <summary>Insists that nothing is left.</summary>
    public readonly void End()
    {
        if (!_rest.IsEmpty) throw Malformed($"{_rest.Length} bytes too many");
    }

    /// <summary>The error for a message that breaks a rule of its own.</summary>
    public readonly ProtocolException Malformed(string what) =>
        new(ProtocolErrorCode.MalformedMessage, $"Message from {_sender} at {_step}: {what}.", _step, _sender);

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length) throw Malformed($"{count} bytes expected, {_rest.Length} left");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
