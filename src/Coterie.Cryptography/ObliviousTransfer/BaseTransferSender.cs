using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Curves;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// The sender of 128 base transfers: Chou, Orlandi, "The simplest protocol for oblivious transfer" (LATINCRYPT 2015), figure 1, over the curve P-256. It becomes the receiver of the extension.
/// </summary>
/// <remarks>
/// 1. The sender draws a and sends A = a G. 2. The receiver with choice c draws b and sends B = c A + b G. 3. The keys are H(a B) and H(a (B - A)); the receiver knows H(b A).
/// Keys are hashes of session, index, A, B and the shared point: without that keys of different transfers can be made to depend on each other. What is no point of the curve is refused on both sides; its group has prime
/// order, so that there is no small subgroup to look into.
/// The sender learns nothing of the choices, whatever it sends: B is uniform but for the point at infinity for either choice. The receiver learns one key of
/// each pair if Diffie-Hellman is hard in the group and SHA-256 is a random oracle. As in every use of this protocol inside another, a receiver that
/// chooses its points by the sender's is not excluded by a proof in the universally composable model (Genc, Iovino, Rial 2017); the extension uses its
/// keys only after the check of <see cref="ExtensionSender"/>.
/// </remarks>
public sealed class BaseTransferSender : IDisposable
{
    /// <summary>Bytes of <see cref="Message"/>.</summary>
    public const int OfferBytes = TransferMessage.HeaderBytes + P256Points.PointBytes;

    /// <summary>Base transfers of one set.</summary>
    public const int Count = 128;

    private readonly byte[] _session;
    private readonly ulong[] _scalar;
    private readonly byte[] _message;
    private bool _finished;

    private BaseTransferSender(byte[] session, ulong[] scalar, byte[] message) => (_session, _scalar, _message) = (session, scalar, message);

    /// <summary>Step 1, to be sent: A, 96 bytes with the head.</summary>
    public ReadOnlyMemory<byte> Message => _message;

    /// <summary>Draws a.</summary>
    /// <param name="session">32 bytes that both know and that no other set of base transfers has; the two directions between two parties need two.</param>
    /// <param name="random">Where a comes from.</param>
    /// <exception cref="ArgumentException">The session's identifier has another length.</exception>
    public static BaseTransferSender Create(ReadOnlySpan<byte> session, CryptographicRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var name = TransferHash.RequireSession(session);
        var scalar = new ulong[P256Scalar.Words];
        P256Scalar.Draw(random, scalar);
        var offers = new byte[P256Numbers.Lanes * P256Points.PointBytes];
        P256Points.Store(P256Multiples.Of(in P256Points.Generator, scalar), offers);
        var message = TransferMessage.Create(TransferMessageKind.BaseOffer, TransferHash.SessionTag(name), Count, 0, P256Points.PointBytes);
        offers.AsSpan(0, P256Points.PointBytes).CopyTo(message.AsSpan(TransferMessage.HeaderBytes));
        return new BaseTransferSender(name, scalar, message);
    }

    /// <summary>Step 3: the pairs of keys, once.</summary>
    /// <param name="reply">What the receiver answered: 128 points.</param>
    /// <exception cref="CryptographicException">The reply has another length or head, or holds what is no point of the curve.</exception>
    /// <exception cref="InvalidOperationException">A reply was taken before.</exception>
    public BaseSeedPairs Finish(ReadOnlySpan<byte> reply)
    {
        if (_finished) throw new InvalidOperationException("A base transfer takes one reply; nothing is used twice.");
        var body = TransferMessage.Body(reply, TransferMessageKind.BaseReply, TransferHash.SessionTag(_session), Count, 0, (long)Count * P256Points.PointBytes);
        if (P256Points.FirstInvalid(body) is >= 0 and var invalid) throw new CryptographicException($"Element {invalid} of the base transfers' reply is no point of the curve P-256.");
        _finished = true;
        var keys = Keys(body);
        LittleWords.Zero(_scalar);
        return keys;
    }

    /// <summary>Forgets a.</summary>
    public void Dispose()
    {
        _finished = true;
        LittleWords.Zero(_scalar);
    }

    private BaseSeedPairs Keys(ReadOnlySpan<byte> body)
    {
        const int Length = P256Points.PointBytes;
        var offer = _message.AsSpan(TransferMessage.HeaderBytes);
        // -a A, the same in all lanes.
        var less = P256Multiples.Of(P256Points.LoadOne(offer), _scalar);
        P256Points.Negate(in less, out less);
        var (zero, one) = (new UInt128[Count], new UInt128[Count]);
        var shared = new byte[P256Numbers.Lanes * Length];
        for (var first = 0; first < Count; first += P256Numbers.Lanes)
        {
            var multiple = P256Multiples.Of(P256Points.Load(body[(first * Length)..]), _scalar);
            Hash(in multiple, zero, body, offer);
            P256Points.Add(in multiple, in less, out multiple);
            Hash(in multiple, one, body, offer);
            multiple.Clear();

            void Hash(in P256Points points, UInt128[] keys, ReadOnlySpan<byte> elements, ReadOnlySpan<byte> offered)
            {
                P256Points.Store(in points, shared);
                for (var i = first; i < first + P256Numbers.Lanes; i++)
                    keys[i] = TransferHash.BaseKey(_session, i, offered, elements.Slice(i * Length, Length), shared.AsSpan((i - first) * Length, Length));
            }
        }
        less.Clear();
        CryptographicOperations.ZeroMemory(shared);
        return new BaseSeedPairs(_session, zero, one);
    }
}
