using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Curves;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>The receiver of 128 base transfers; steps, source and assumptions as for <see cref="BaseTransferSender"/>. It becomes the sender of the extension.</summary>
public static class BaseTransferReceiver
{
    /// <summary>Bytes of the reply.</summary>
    public const int ReplyBytes = TransferMessage.HeaderBytes + (BaseTransferSender.Count * P256Points.PointBytes);

    /// <summary>Steps 2 and 3.</summary>
    /// <param name="session">The session's identifier, 32 bytes.</param>
    /// <param name="offer">What the sender sent: A.</param>
    /// <param name="choices">Bit i chooses the key of transfer i: uniform for an extension, where it is the offset Delta.</param>
    /// <param name="random">Where scalars come from.</param>
    /// <returns>The keys chosen, and the reply to be sent: 128 points, 8,224 bytes.</returns>
    /// <exception cref="CryptographicException">The offer has another length or head, or A is no point of the curve.</exception>
    public static (BaseSeeds Seeds, byte[] Reply) Answer(ReadOnlySpan<byte> session, ReadOnlySpan<byte> offer, UInt128 choices, CryptographicRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        const int Length = P256Points.PointBytes;
        var name = TransferHash.RequireSession(session);
        var element = TransferMessage.Body(offer, TransferMessageKind.BaseOffer, TransferHash.SessionTag(name), BaseTransferSender.Count, 0, Length);
        if (P256Points.FirstInvalid(element) >= 0) throw new CryptographicException("The base transfers' offer is no point of the curve P-256.");
        var offered = P256Points.LoadOne(element);
        var multiples = new P256FixedBase(in offered);
        var reply = TransferMessage.Create(TransferMessageKind.BaseReply, TransferHash.SessionTag(name), BaseTransferSender.Count, 0, (long)BaseTransferSender.Count * Length);
        var keys = new UInt128[BaseTransferSender.Count];
        var scalars = new ulong[P256Numbers.Lanes * P256Scalar.Words];
        var shared = new byte[P256Numbers.Lanes * Length];
        for (var first = 0; first < keys.Length; first += P256Numbers.Lanes)
        {
            for (var lane = 0; lane < P256Numbers.Lanes; lane++) P256Scalar.Draw(random, scalars.AsSpan(lane * P256Scalar.Words, P256Scalar.Words));
            var sent = P256FixedBase.Generator.Multiply(scalars);
            // A where it is chosen, the point at infinity elsewhere: every lane is added to.
            P256Points.Choose(Chosen(choices, first), in P256Points.Infinity, in offered, out var added);
            P256Points.Add(in sent, in added, out sent);
            var elements = reply.AsSpan(TransferMessage.HeaderBytes + (first * Length), P256Numbers.Lanes * Length);
            P256Points.Store(in sent, elements);
            P256Points.Store(multiples.Multiply(scalars), shared);
            for (var lane = 0; lane < P256Numbers.Lanes; lane++)
                keys[first + lane] = TransferHash.BaseKey(name, first + lane, element, elements.Slice(lane * Length, Length), shared.AsSpan(lane * Length, Length));
            sent.Clear();
            added.Clear();
        }
        LittleWords.Zero(scalars);
        CryptographicOperations.ZeroMemory(shared);
        return (new BaseSeeds(name, choices, keys), reply);
    }

    /// <summary>-1 in the lanes whose bits are set, without a branch.</summary>
    private static Vector512<long> Chosen(UInt128 choices, int first)
    {
        Span<long> mask = stackalloc long[P256Numbers.Lanes];
        for (var lane = 0; lane < mask.Length; lane++) mask[lane] = -(long)((choices >> (first + lane)) & 1);
        return Vector512.Create<long>(mask);
    }
}
