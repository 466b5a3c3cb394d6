using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>One batch of oblivious transfers at their receiver. It gives one kind of output, once.</summary>
public sealed class ReceiverBatch : IDisposable
{
    private readonly byte[] _message;
    private readonly UInt128 _session;
    private readonly ulong _counter;
    private readonly UInt128[] _rows;
    private readonly UInt128[] _choices;
    private readonly CorrelationHash _hash;
    private bool _taken;

    internal ReceiverBatch(byte[] message, UInt128 session, int count, ulong counter, UInt128[] rows, UInt128[] choices, CorrelationHash hash) =>
        (_message, _session, Count, _counter, _rows, _choices, _hash) = (message, session, count, counter, rows, choices, hash);

    /// <summary>Transfers.</summary>
    public int Count { get; }

    /// <summary>What goes to the sender: 4,144 bytes and 16 for each transfer, rounded up to 128 transfers.</summary>
    public ReadOnlyMemory<byte> Message => _message;

    /// <summary>Random transfers: of each, the string of the choice.</summary>
    /// <exception cref="InvalidOperationException">An output was taken before.</exception>
    public UInt128[] TakeRandom()
    {
        Claim();
        var keys = new UInt128[Count];
        _hash.Hash(_rows.AsSpan(0, Count), 0, keys);
        Dispose();
        return keys;
    }

    /// <summary>Correlated transfers: L xor b Delta for the sender's random L and its Delta; not hashed, for whoever hashes with tweaks, as garbled circuits do.</summary>
    /// <exception cref="InvalidOperationException">An output was taken before.</exception>
    public UInt128[] TakeCorrelated()
    {
        Claim();
        var strings = _rows[..Count];
        Dispose();
        return strings;
    }

    /// <summary>Transfers of strings that the sender chose: of each pair, the one of the choice.</summary>
    /// <param name="message">What <see cref="SenderBatch.TakeChosen"/> gave: 32 bytes and 32 for each transfer.</param>
    /// <exception cref="CryptographicException">The message has another length or head.</exception>
    /// <exception cref="InvalidOperationException">An output was taken before.</exception>
    public UInt128[] TakeChosen(ReadOnlySpan<byte> message)
    {
        Claim();
        var pairs = MemoryMarshal.Cast<byte, UInt128>(TransferMessage.Body(message, TransferMessageKind.Chosen, _session, Count, _counter, Count * 32L));
        var strings = new UInt128[Count];
        _hash.Hash(_rows.AsSpan(0, Count), 0, strings);
        for (var i = 0; i < strings.Length; i++)
            strings[i] ^= pairs[2 * i] ^ ((pairs[2 * i] ^ pairs[(2 * i) + 1]) & ConsistencyCheck.Mask(_choices[i / 128], i % 128));
        Dispose();
        return strings;
    }

    /// <summary>Correlated transfers over Z_2^64: of each, x_i + b_i d_i modulo 2^64 for the sender's random x_i and its d_i.</summary>
    /// <param name="length">Entries of each d_i.</param>
    /// <param name="message">What <see cref="SenderBatch.TakeRing"/> gave.</param>
    /// <returns>So many entries a transfer, one transfer after the other.</returns>
    /// <exception cref="CryptographicException">The message has another length or head.</exception>
    /// <exception cref="InvalidOperationException">An output was taken before.</exception>
    public ulong[] TakeRing(int length, ReadOnlySpan<byte> message) => TakeSums(RingPlan.Transfers(Count, length), message);

    /// <summary>The receiver's part of sums of products.</summary>
    internal ulong[] TakeSums(RingPlan plan, ReadOnlySpan<byte> message)
    {
        Claim();
        var body = TransferMessage.Body(message, TransferMessageKind.Ring, _session, Count, _counter, plan.BodyBytes);
        var sums = RingReceiver.Sums(plan, _rows, _choices, _hash, body);
        Dispose();
        return sums;
    }

    /// <summary>Forgets everything.</summary>
    public void Dispose()
    {
        _taken = true;
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_rows.AsSpan()));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_choices.AsSpan()));
        _hash.Dispose();
    }

    // Before anything is read: after a message that is refused the pads are gone too.
    private void Claim()
    {
        if (_taken) throw new InvalidOperationException($"Batch {_counter} of oblivious transfers was used before; nothing is used twice.");
        _taken = true;
    }
}
