using System.Buffers.Binary;
using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Federation.Transports.Carriers.Packets;

namespace Coterie.Federation.Transports.Carriers.Sessions;

/// <summary>
/// An agreed session: seals frames to the peer and opens the peer's (AES-256-GCM, a key and a counter per direction; the counter is the nonce, the
/// session is bound). Frames open once, in order, without gaps. Not thread-safe: a sender and a receiver may work side by side.
/// </summary>
internal sealed class SealedSession : IDisposable
{
    private readonly AesGcm _outward;
    private readonly AesGcm _inward;
    private readonly byte[] _session;
    private ulong _received;

    /// <summary>Takes frame keys from <paramref name="keys"/>.</summary>
    public SealedSession(Party peer, ReadOnlySpan<byte> session, SessionKeys keys, bool offered)
    {
        Peer = peer;
        _session = session.ToArray();
        Label = BinaryPrimitives.ReadUInt64LittleEndian(session);
        _outward = new AesGcm(keys.Frames(fromOfferer: offered), SealedView.TagBytes);
        _inward = new AesGcm(keys.Frames(fromOfferer: !offered), SealedView.TagBytes);
    }

    /// <summary>Who is at the other side, by its certificate.</summary>
    public Party Peer { get; }

    /// <summary>The session's first eight bytes.</summary>
    public ulong Label { get; }

    /// <summary>Frames sealed so far.</summary>
    public ulong Sent { get; private set; }

    /// <summary>Whether <paramref name="session"/> is this one.</summary>
    public bool Is(ReadOnlySpan<byte> session) => _session.AsSpan().SequenceEqual(session);

    /// <summary>Writes the sealed form of <paramref name="frame"/>, <see cref="SealedView.FieldBytes"/> bytes.</summary>
    public void Seal(ReadOnlySpan<byte> frame, Span<byte> destination)
    {
        var head = SealedView.WriteHead(destination, Label, Sent, frame.Length);
        Span<byte> nonce = stackalloc byte[12];
        WriteNonce(nonce, Sent);
        Sent++;   // before sealing: a counter is never used twice, whatever happens next
        _outward.Encrypt(nonce, frame, destination.Slice(head, frame.Length), destination.Slice(head + frame.Length, SealedView.TagBytes), _session);
    }

    /// <summary>Decrypts the peer's next frame where it lies.</summary>
    /// <exception cref="SessionException">It is not the peer's next frame: altered, repeated, out of order, or one is missing.</exception>
    public Memory<byte> Open(SealedView frame)
    {
        if (frame.Counter != _received) throw new SessionException($"Frame {frame.Counter} of the session with {Peer.Id} came where frame {_received} is expected.");
        Span<byte> nonce = stackalloc byte[12];
        WriteNonce(nonce, _received);
        var content = frame.Ciphertext[..^SealedView.TagBytes];
        try
        {
            _inward.Decrypt(nonce, content.Span, frame.Ciphertext.Span[^SealedView.TagBytes..], content.Span, _session);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new SessionException($"Frame {_received} of the session with {Peer.Id} was altered on its way.", e);
        }
        _received++;
        return content;
    }

    /// <summary>Forgets the keys.</summary>
    public void Dispose()
    {
        _outward.Dispose();
        _inward.Dispose();
    }

    private static void WriteNonce(Span<byte> nonce, ulong counter)
    {
        nonce[..4].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], counter);
    }
}
