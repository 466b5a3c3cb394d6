using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>The receiver of 128 base transfers; steps, source and assumptions as for <see cref="BaseTransferSender"/>. It becomes the sender of the extension.</summary>
public static class BaseTransferReceiver
{
    /// <summary>Bytes of the reply.</summary>
    public const int ReplyBytes = TransferMessage.HeaderBytes + (BaseTransferSender.Count * ModpGroup.ElementBytes);

    // Digits of the fixed-base tables: 16 tables of 32 entries for both bases, and 15 squares.
    private const int Window = 5;
    private const int Turns = 4;

    /// <summary>Steps 2 and 3.</summary>
    /// <param name="session">The session's identifier, 32 bytes.</param>
    /// <param name="offer">What the sender sent: A.</param>
    /// <param name="choices">Bit i chooses the key of transfer i: uniform for an extension, where it is the offset Delta.</param>
    /// <param name="random">Where exponents come from.</param>
    /// <returns>The keys chosen, and the reply to be sent: 128 elements, 49,184 bytes.</returns>
    /// <exception cref="CryptographicException">The offer has another length or head, or A is not an element of the group.</exception>
    public static (BaseSeeds Seeds, byte[] Reply) Answer(ReadOnlySpan<byte> session, ReadOnlySpan<byte> offer, UInt128 choices, CryptographicRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var name = TransferHash.RequireSession(session);
        var element = TransferMessage.Body(offer, TransferMessageKind.BaseOffer, TransferHash.SessionTag(name), BaseTransferSender.Count, 0, ModpGroup.ElementBytes);
        ModpGroup.RequireElement(element, "The base transfers' offer");
        const int Words = ModpGroup.Words;
        using var engine = new TwinEngine(ModpGroup.CreateEngine());
        var (lanes, single, length) = (engine.Lanes, engine.SingleLength, engine.PairLength);
        var bases = new ulong[length];
        var numbers = new ulong[Words * lanes];
        for (var lane = 0; lane < lanes; lane++) numbers[lane * Words] = 2;
        engine.LoadSingles(numbers, Words, bases.AsSpan(0, single));
        for (var lane = 0; lane < lanes; lane++) element.CopyTo(MemoryMarshal.AsBytes(numbers.AsSpan(lane * Words, Words)));
        engine.LoadSingles(numbers, Words, bases.AsSpan(single));
        ModpGroup.Invert(numbers.AsSpan(0, Words).ToArray(), numbers.AsSpan(0, Words));
        for (var lane = 1; lane < lanes; lane++) numbers.AsSpan(0, Words).CopyTo(numbers.AsSpan(lane * Words));
        var inverse = new ulong[single];
        engine.LoadSingles(numbers, Words, inverse);

        // (g^b, A^b) for all transfers.
        var exponents = new ulong[ModpGroup.SecretWords * BaseTransferSender.Count];
        random.Fill(MemoryMarshal.AsBytes(exponents.AsSpan()));
        var powers = new ulong[BaseTransferSender.Count / lanes * length];
        using (var tables = new FixedBase(engine, bases, ModpGroup.SecretBits, Window, Turns, hardened: true)) tables.Raise(exponents, ModpGroup.SecretWords, powers);

        var reply = TransferMessage.Create(TransferMessageKind.BaseReply, TransferHash.SessionTag(name), BaseTransferSender.Count, 0, (long)BaseTransferSender.Count * ModpGroup.ElementBytes);
        var keys = new UInt128[BaseTransferSender.Count];
        var factor = new ulong[single];
        for (var first = 0; first < keys.Length; first += lanes)
        {
            var pair = powers.AsSpan(first / lanes * length, length);
            engine.StoreSingles(pair[single..], numbers);
            // 1 / A where it is chosen and 1 elsewhere: every lane is multiplied.
            SelectFactors(engine, inverse, choices, first, factor);
            engine.MultiplySingles(pair[..single], factor, pair[..single]);
            var elements = new ulong[Words * lanes];
            engine.StoreSingles(pair[..single], elements);
            for (var lane = 0; lane < lanes; lane++)
            {
                var sent = MemoryMarshal.AsBytes(elements.AsSpan(lane * Words, Words));
                sent.CopyTo(reply.AsSpan(TransferMessage.HeaderBytes + ((first + lane) * ModpGroup.ElementBytes)));
                keys[first + lane] = TransferHash.BaseKey(name, first + lane, element, sent, MemoryMarshal.AsBytes(numbers.AsSpan(lane * Words, Words)));
            }
        }
        foreach (var secret in new[] { exponents, powers, numbers, factor }) LittleWords.Zero(secret);
        return (new BaseSeeds(name, choices, keys), reply);
    }

    /// <summary>A^-c in every lane, without a branch or an address that tells c. A block's words of one lane lie so many lanes apart.</summary>
    private static void SelectFactors(TwinEngine engine, ReadOnlySpan<ulong> inverse, UInt128 choices, int first, Span<ulong> factor)
    {
        var lanes = engine.Lanes;
        for (var i = 0; i < factor.Length; i++)
        {
            var mask = unchecked(0 - (ulong)((choices >> (first + (i % lanes))) & 1));
            factor[i] = (inverse[i] & mask) | (engine.One[i] & ~mask);
        }
    }
}
