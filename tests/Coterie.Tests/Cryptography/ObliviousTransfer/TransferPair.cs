using System.Runtime.InteropServices;
using Coterie.Core.Randomness;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

/// <summary>Both ends of an extension. Its base transfers are dealt, as an honest run of them would leave it; their own protocol has its own tests.</summary>
internal sealed class TransferPair : IDisposable
{
    public static readonly CryptographicRandom Random = CryptographicRandom.Instance;

    public TransferPair(bool? hardware = null)
    {
        Session = Random.Bytes(32);
        Zero = Blocks(128);
        One = Blocks(128);
        Offset = Blocks(1)[0];
        Receiver = new ExtensionReceiver(new BaseSeedPairs(Session, [.. Zero], [.. One]), hardware);
        Sender = new ExtensionSender(ChosenSeeds(), hardware);
    }

    public byte[] Session { get; }

    public UInt128 Offset { get; }

    public UInt128[] Zero { get; }

    public UInt128[] One { get; }

    public ExtensionReceiver Receiver { get; }

    public ExtensionSender Sender { get; }

    /// <summary>The seeds that the offset chooses.</summary>
    public BaseSeeds ChosenSeeds() => new(Session, Offset, [.. Zero.Zip(One, (z, o) => (z, o)).Select((pair, i) => ((Offset >> i) & 1) == 1 ? pair.o : pair.z)]);

    /// <summary>A batch at both ends.</summary>
    public (SenderBatch Sender, ReceiverBatch Receiver) Extend(byte[] choices, int count)
    {
        var receiver = Receiver.Extend(choices, count, Random);
        return (Sender.Accept(receiver.Message.Span, count), receiver);
    }

    public void Dispose()
    {
        Receiver.Dispose();
        Sender.Dispose();
    }

    public static UInt128[] Blocks(int count)
    {
        var blocks = new UInt128[count];
        Random.Fill(MemoryMarshal.AsBytes(blocks.AsSpan()));
        return blocks;
    }

    public static ulong[] Words(int count)
    {
        var words = new ulong[count];
        Random.Fill(MemoryMarshal.AsBytes(words.AsSpan()));
        return words;
    }

    public static bool Bit(byte[] choices, int i) => ((choices[i / 8] >> (i % 8)) & 1) == 1;

    /// <summary>Choices all 0, all 1 or random.</summary>
    public static byte[] Choices(string kind, int count)
    {
        var bytes = new byte[(count + 7) / 8];
        if (kind == "ones") Array.Fill(bytes, (byte)0xFF);
        if (kind == "random") Random.Fill(bytes);
        return bytes;
    }
}
