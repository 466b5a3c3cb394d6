using System.Runtime.InteropServices;
using Coterie.Core.Randomness;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// Seeds for transfers in one direction from base transfers in the other: 128 random transfers of an extension are base transfers as good as those that it was extended from, and cost
/// no group element. Whoever was the extension's receiver receives them, and becomes the sender of the other direction's extension.
/// </summary>
/// <remarks>Learns: neither anything; the keys are outputs of random transfers (Keller, Orsini, Scholl), under the assumptions of <see cref="ExtensionReceiver"/>.</remarks>
public static class ReversedSeeds
{
    /// <summary>Bytes of the message.</summary>
    public static long MessageBytes { get; } = ExtensionReceiver.MessageBytes(BaseTransferSender.Count);

    /// <summary>The side of the one who receives transfers so far.</summary>
    /// <param name="pairs">What base transfers left with their sender; derived from, not taken.</param>
    /// <param name="session">32 bytes that name the other direction.</param>
    /// <param name="choices">Uniform: the offset of the other direction's extension.</param>
    /// <param name="random">Where the block that hides the check comes from.</param>
    /// <returns>The seeds of the other direction, and the message for the other party.</returns>
    /// <exception cref="ArgumentException">The session's identifier has another length.</exception>
    public static (BaseSeeds Seeds, byte[] Message) Ask(BaseSeedPairs pairs, ReadOnlySpan<byte> session, UInt128 choices, CryptographicRandom random)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var name = TransferHash.RequireSession(session);
        using var receiver = new ExtensionReceiver(pairs.Derive(name));
        using var batch = receiver.Extend(MemoryMarshal.AsBytes(new Span<UInt128>(ref choices)), BaseTransferSender.Count, random);
        var message = batch.Message.ToArray();
        return (new BaseSeeds(name, choices, batch.TakeRandom()), message);
    }

    /// <summary>The side of the one who sends transfers so far.</summary>
    /// <param name="seeds">What base transfers left with their receiver; derived from, not taken.</param>
    /// <param name="session">The same 32 bytes.</param>
    /// <param name="message">The other party's.</param>
    /// <exception cref="ArgumentException">The session's identifier has another length.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The message is none of 128 transfers under these seeds.</exception>
    public static BaseSeedPairs Answer(BaseSeeds seeds, ReadOnlySpan<byte> session, ReadOnlySpan<byte> message)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        var name = TransferHash.RequireSession(session);
        using var sender = new ExtensionSender(seeds.Derive(name));
        using var batch = sender.Accept(message, BaseTransferSender.Count);
        var (zero, one) = batch.TakeRandom();
        return new BaseSeedPairs(name, zero, one);
    }
}
