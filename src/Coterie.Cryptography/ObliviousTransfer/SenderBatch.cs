using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>One batch of oblivious transfers at their sender. It gives one kind of output, once.</summary>
public sealed class SenderBatch : IDisposable
{
    private readonly UInt128 _session;
    private readonly ulong _counter;
    private readonly UInt128[] _rows;
    private readonly CorrelationHash _hash;
    private UInt128 _offset;
    private bool _taken;

    internal SenderBatch(UInt128 session, int count, ulong counter, UInt128[] rows, UInt128 offset, CorrelationHash hash) =>
        (_session, Count, _counter, _rows, _offset, _hash) = (session, count, counter, rows, offset, hash);

    /// <summary>Transfers.</summary>
    public int Count { get; }

    /// <summary>Random transfers: both strings of each; nothing is sent.</summary>
    /// <exception cref="InvalidOperationException">An output was taken before.</exception>
    public (UInt128[] Zero, UInt128[] One) TakeRandom()
    {
        Claim();
        var keys = Keys();
        Dispose();
        return keys;
    }

    /// <summary>Correlated transfers: L of each; the other string is L xor <see cref="ExtensionSender.Offset"/>. Nothing is sent.</summary>
    /// <exception cref="InvalidOperationException">An output was taken before.</exception>
    public UInt128[] TakeCorrelated()
    {
        Claim();
        var strings = _rows[..Count];
        Dispose();
        return strings;
    }

    /// <summary>Transfers of chosen strings.</summary>
    /// <param name="zero">Of each transfer, the string for choice 0.</param>
    /// <param name="one">The string for choice 1.</param>
    /// <returns>What goes to the receiver: 32 bytes and 32 for each transfer.</returns>
    /// <exception cref="ArgumentException">There are not as many strings as transfers.</exception>
    /// <exception cref="InvalidOperationException">An output was taken before.</exception>
    public byte[] TakeChosen(ReadOnlySpan<UInt128> zero, ReadOnlySpan<UInt128> one)
    {
        if (zero.Length != Count || one.Length != Count) throw new ArgumentException($"{Count} pairs of strings are transferred; there are {zero.Length} and {one.Length}.", nameof(zero));
        Claim();
        var message = TransferMessage.Create(TransferMessageKind.Chosen, _session, Count, _counter, Count * 32L);
        var pairs = MemoryMarshal.Cast<byte, UInt128>(message.AsSpan(TransferMessage.HeaderBytes));
        var (first, second) = Keys();
        for (var i = 0; i < first.Length; i++) (pairs[2 * i], pairs[(2 * i) + 1]) = (first[i] ^ zero[i], second[i] ^ one[i]);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(first.AsSpan()));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(second.AsSpan()));
        Dispose();
        return message;
    }

    /// <summary>Correlated transfers over Z_2^64: the receiver gets x_i + b_i d_i modulo 2^64.</summary>
    /// <param name="correlations">d_i, one after the other.</param>
    /// <param name="length">Entries of each d_i.</param>
    /// <returns>What goes to the receiver, and the random x_i.</returns>
    /// <exception cref="ArgumentException">There are not as many entries as transfers need.</exception>
    /// <exception cref="InvalidOperationException">An output was taken before.</exception>
    public (byte[] Message, ulong[] Shares) TakeRing(ReadOnlySpan<ulong> correlations, int length)
    {
        var plan = RingPlan.Transfers(Count, length);
        if (correlations.Length != (long)Count * length) throw new ArgumentException($"{Count} vectors of {length} entries are correlated; there are {correlations.Length} entries.", nameof(correlations));
        var (message, shares) = TakeSums(plan, correlations);
        // The plan's shares are those of products, -x.
        unchecked
        {
            foreach (ref var share in shares.AsSpan()) share = 0 - share;
        }
        return (message, shares);
    }

    /// <summary>The sender's part of sums of products.</summary>
    internal (byte[] Message, ulong[] Shares) TakeSums(RingPlan plan, ReadOnlySpan<ulong> correlations)
    {
        Claim();
        var message = TransferMessage.Create(TransferMessageKind.Ring, _session, Count, _counter, plan.BodyBytes);
        var shares = RingSender.Sums(plan, _rows, _offset, correlations, _hash, message.AsSpan(TransferMessage.HeaderBytes));
        Dispose();
        return (message, shares);
    }

    /// <summary>Forgets everything.</summary>
    public void Dispose()
    {
        _taken = true;
        _offset = 0;
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_rows.AsSpan()));
        _hash.Dispose();
    }

    private (UInt128[] Zero, UInt128[] One) Keys()
    {
        var (zero, one) = (new UInt128[Count], new UInt128[Count]);
        _hash.Hash(_rows.AsSpan(0, Count), 0, zero);
        _hash.Hash(_rows.AsSpan(0, Count), _offset, one);
        return (zero, one);
    }

    private void Claim()
    {
        if (_taken) throw new InvalidOperationException($"Batch {_counter} of oblivious transfers was used before; nothing is used twice.");
        _taken = true;
    }
}
