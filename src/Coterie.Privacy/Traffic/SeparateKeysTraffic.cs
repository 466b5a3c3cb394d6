using System.Security.Cryptography;
using Coterie.Privacy.Keys;
using Coterie.Privacy.Sums.SeparateKeys;

namespace Coterie.Privacy.Traffic;

/// <summary>What the mode <c>separate-keys</c> sends besides a secure sum's messages. n participants, each with a Paillier key of so many bits.</summary>
internal static class SeparateKeysTraffic
{
    /// <summary>The exchange of keys.</summary>
    public static TrafficEstimate Exchange(int participants, PaillierKeySize size)
    {
        long keys = KeyExchange.MessageBytes(size);
        return TrafficEstimate.FromEach(keys) + TrafficEstimate.ToEach(participants, MessageSizes.Set(participants) + (participants * (MessageSizes.Count + keys)));
    }

    /// <summary>Masked input under every key.</summary>
    public static TrafficEstimate Input(int participants, PaillierKeySize size, long entries) => TrafficEstimate.FromEach(MessageSizes.Vector(participants * Words(participants, size, entries)));

    /// <summary>The total under every key, and who was added with the digests of all.</summary>
    public static TrafficEstimate Total(int participants, PaillierKeySize size, long entries)
    {
        var added = MessageSizes.Set(participants) + (participants * (long)MessageSizes.Bytes(SHA256.HashSizeInBytes));
        return TrafficEstimate.ToEach(participants, added) + (TrafficEstimate.ToEach(participants, MessageSizes.Vector(Words(participants, size, entries))) with { Chain = default });
    }

    /// <summary>64-bit words of the ciphertexts under one key.</summary>
    private static long Words(int participants, PaillierKeySize size, long entries)
    {
        var each = ((size.Bits - 1) / CiphertextLayout.PackingFor(participants).SlotBits) - 1;   // a slot is for the check
        return (entries + each - 1) / each * (2 * size.Bits / 64);
    }
}
