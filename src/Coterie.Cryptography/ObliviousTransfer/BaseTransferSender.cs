using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// The sender of 128 base transfers: Chou, Orlandi, "The simplest protocol for oblivious transfer" (LATINCRYPT 2015), figure 1, over
/// <see cref="ModpGroup"/>. It becomes the receiver of the extension.
/// </summary>
/// <remarks>
/// 1. The sender draws an even a, of 320 bits, and sends A = g^a. 2. The receiver with choice c draws b of 320 bits and sends B = A^-c g^b. 3. The keys are
/// H(B^a) and H((B A)^a); the receiver knows H(A^b).
/// Keys are hashes of session, index, A, B and the shared element: without that keys of different transfers can be made to depend on each other. An A outside the group is refused, as
/// it would tell choices. A reply need only be a number modulo p other than 0, 1 and p - 1: as a is even, (-B)^a = B^a, so that the number that is no square serves like the one that is,
/// and powers of it tell nothing more (the cofactor 2 is cleared; NIST SP 800-56A revision 3, section 5.7.1.2, for curves).
/// The sender learns nothing of the choices, whatever it sends, if powers to short exponents cannot be told from uniform elements, which follows from the hardness of short logarithms (Koshiba,
/// Kurosawa, PKC 2004): then B is uniform to it for either choice. The receiver learns one key of
/// each pair if Diffie-Hellman is hard in the group and SHA-256 is a random oracle. As in every use of this protocol inside another, a receiver that
/// chooses its elements by the sender's is not excluded by a proof in the universally composable model (Genc, Iovino, Rial 2017); the extension uses its
/// keys only after the check of <see cref="ExtensionSender"/>.
/// </remarks>
public sealed class BaseTransferSender : IDisposable
{
    /// <summary>Bytes of <see cref="Message"/>.</summary>
    public const int OfferBytes = TransferMessage.HeaderBytes + ModpGroup.ElementBytes;

    /// <summary>Base transfers of one set.</summary>
    public const int Count = 128;

    private readonly byte[] _session;
    private readonly ulong[] _exponent;
    private readonly byte[] _message;
    private bool _finished;

    private BaseTransferSender(byte[] session, ulong[] exponent, byte[] message) => (_session, _exponent, _message) = (session, exponent, message);

    /// <summary>Step 1, to be sent: A, 416 bytes with the head.</summary>
    public ReadOnlyMemory<byte> Message => _message;

    /// <summary>Draws a.</summary>
    /// <param name="session">32 bytes that both know and that no other set of base transfers has; the two directions between two parties need two.</param>
    /// <param name="random">Where a comes from.</param>
    /// <exception cref="ArgumentException">The session's identifier has another length.</exception>
    public static BaseTransferSender Create(ReadOnlySpan<byte> session, CryptographicRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var name = TransferHash.RequireSession(session);
        var exponent = new ulong[ModpGroup.SecretWords];
        random.Fill(MemoryMarshal.AsBytes(exponent.AsSpan()));
        // Even, which clears the cofactor, and not 0.
        exponent[0] = (exponent[0] | 3) ^ 1;
        using var engine = ModpGroup.CreateEngine();
        var generator = new ulong[ModpGroup.Words * engine.Lanes];
        for (var lane = 0; lane < engine.Lanes; lane++) generator[lane * ModpGroup.Words] = 2;
        Raise(engine, generator, exponent);
        var message = TransferMessage.Create(TransferMessageKind.BaseOffer, TransferHash.SessionTag(name), Count, 0, ModpGroup.ElementBytes);
        MemoryMarshal.AsBytes(generator.AsSpan(0, ModpGroup.Words)).CopyTo(message.AsSpan(TransferMessage.HeaderBytes));
        return new BaseTransferSender(name, exponent, message);
    }

    /// <summary>Step 3: the pairs of keys, once.</summary>
    /// <param name="reply">What the receiver answered: 128 elements.</param>
    /// <exception cref="CryptographicException">The reply has another length or head, or an element is not one of the group.</exception>
    /// <exception cref="InvalidOperationException">A reply was taken before.</exception>
    public BaseSeedPairs Finish(ReadOnlySpan<byte> reply)
    {
        if (_finished) throw new InvalidOperationException("A base transfer takes one reply; nothing is used twice.");
        var body = TransferMessage.Body(reply, TransferMessageKind.BaseReply, TransferHash.SessionTag(_session), Count, 0, (long)Count * ModpGroup.ElementBytes);
        for (var i = 0; i < Count; i++) ModpGroup.RequireNumber(body.Slice(i * ModpGroup.ElementBytes, ModpGroup.ElementBytes), $"Element {i} of the base transfers' reply");
        _finished = true;
        var keys = Keys(body);
        LittleWords.Zero(_exponent);
        return keys;
    }

    /// <summary>Forgets a.</summary>
    public void Dispose()
    {
        _finished = true;
        LittleWords.Zero(_exponent);
    }

    private BaseSeedPairs Keys(ReadOnlySpan<byte> body)
    {
        using var engine = ModpGroup.CreateEngine();
        var (words, lanes, single) = (ModpGroup.Words, engine.Lanes, engine.SingleLength);
        var offer = _message.AsSpan(TransferMessage.HeaderBytes);
        // A^a, the same in all lanes.
        var numbers = new ulong[words * lanes];
        for (var lane = 0; lane < lanes; lane++) offer.CopyTo(MemoryMarshal.AsBytes(numbers.AsSpan(lane * words, words)));
        var (factor, power) = (new ulong[single], new ulong[single]);
        engine.LoadSingles(numbers, words, factor);
        SinglePowers.RaiseAll(engine, factor, _exponent, hardened: true, factor);
        var (zero, one) = (new UInt128[Count], new UInt128[Count]);
        for (var first = 0; first < Count; first += lanes)
        {
            body.Slice(first * ModpGroup.ElementBytes, lanes * ModpGroup.ElementBytes).CopyTo(MemoryMarshal.AsBytes(numbers.AsSpan()));
            engine.LoadSingles(numbers, words, power);
            SinglePowers.RaiseAll(engine, power, _exponent, hardened: true, power);
            Hash(power, first, zero, body);
            engine.MultiplySingles(power, factor, power);
            Hash(power, first, one, body);
        }
        foreach (var secret in new[] { numbers, factor, power }) LittleWords.Zero(secret);
        return new BaseSeedPairs(_session, zero, one);

        void Hash(ReadOnlySpan<ulong> shared, int first, UInt128[] keys, ReadOnlySpan<byte> elements)
        {
            engine.StoreSingles(shared, numbers);
            for (var lane = 0; lane < lanes; lane++)
                keys[first + lane] = TransferHash.BaseKey(
                    _session, first + lane, _message.AsSpan(TransferMessage.HeaderBytes), elements.Slice((first + lane) * ModpGroup.ElementBytes, ModpGroup.ElementBytes), MemoryMarshal.AsBytes(numbers.AsSpan(lane * words, words)));
        }
    }

    private static void Raise(ModularEngine engine, ulong[] numbers, ulong[] exponent)
    {
        var power = new ulong[engine.SingleLength];
        engine.LoadSingles(numbers, ModpGroup.Words, power);
        SinglePowers.RaiseAll(engine, power, exponent, hardened: true, power);
        engine.StoreSingles(power, numbers);
        LittleWords.Zero(power);
    }
}
