using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Randomness;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// The receiver of any number of oblivious transfers from one set of base transfers, in batches: Ishai, Kilian, Nissim, Petrank (CRYPTO 2003) with the check of
/// Keller, Orsini, Scholl, ePrint 2015/546, revised 2022. Not thread-safe; never stored, so that a process that starts again makes new base transfers.
/// </summary>
/// <remarks>
/// 1. The choices, padded to blocks of 128 and with a random block behind them, are x. 2. Column i of T is the next stretch of the stream of key k_i^0; what is
/// sent is u_i = T_i xor G(k_i^1) xor x. 3. The check's hashes follow in the same message (see <see cref="ConsistencyCheck"/>). 4. The rows t_j of T, transposed,
/// are what <see cref="ReceiverBatch"/> makes outputs of.
/// The sender learns nothing of the choices: u_i is hidden by the stream of the key that it lacks. Assumes AES is a pseudorandom permutation.
/// </remarks>
public sealed class ExtensionReceiver : IDisposable
{
    /// <summary>The most transfers of one batch: their message has 1 GiB.</summary>
    public const int MaximumCount = 1 << 26;

    private readonly byte[] _session;
    private readonly UInt128 _tag;
    private readonly ColumnGenerator _zero;
    private readonly ColumnGenerator _one;
    private readonly bool? _hardware;
    private bool _disposed;

    /// <summary>Takes the seeds over.</summary>
    /// <exception cref="InvalidOperationException">The seeds were taken before.</exception>
    public ExtensionReceiver(BaseSeedPairs seeds)
        : this(seeds, null)
    {
    }

    internal ExtensionReceiver(BaseSeedPairs seeds, bool? hardware)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        (_session, var zero, var one) = seeds.Take();
        _hardware = hardware;
        _tag = TransferHash.SessionTag(_session);
        (_zero, _one) = (new ColumnGenerator(zero, hardware), new ColumnGenerator(one, hardware));
    }

    /// <summary>Bytes of the message of a batch of so many transfers.</summary>
    public static long MessageBytes(int count) => TransferMessage.HeaderBytes + ExtensionMessage.BodyBytes(count);

    /// <summary>The next batch's number; batches are numbered from 0 and go to the sender in order.</summary>
    public ulong Counter { get; private set; }

    /// <summary>Begins a batch: its <see cref="ReceiverBatch.Message"/> goes to the sender.</summary>
    /// <param name="choices">One bit a transfer, the lowest bit of the first byte first; bits behind the last are not read.</param>
    /// <param name="count">Transfers, at most <see cref="MaximumCount"/>; 0 is allowed.</param>
    /// <param name="random">Where the block that hides the check comes from.</param>
    /// <exception cref="ArgumentException">There are fewer bytes of choices than transfers need.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A negative count, or one above the most.</exception>
    public ReceiverBatch Extend(ReadOnlySpan<byte> choices, int count, CryptographicRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaximumCount);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (choices.Length < (count + 7) / 8) throw new ArgumentException($"{count} choices need {(count + 7) / 8} bytes; there are {choices.Length}.", nameof(choices));
        var x = Pad(choices, count, random);
        var message = TransferMessage.Create(TransferMessageKind.Extension, _tag, count, Counter, ExtensionMessage.BodyBytes(count));
        var columns = new UInt128[x.Length * BitTransposition.Columns];
        Mask(x, columns, ExtensionMessage.Columns(message, count));
        var check = new ConsistencyCheck(TransferHash.Challenge(_session, message.AsSpan(0, ExtensionMessage.CheckOffset(count))), x.Length, _hardware);
        var hashes = ExtensionMessage.Check(message, count);
        hashes[0] = check.Hash(x);
        check.HashColumns(columns).CopyTo(hashes[1..]);
        var rows = ExtensionMessage.Transpose(columns, x.Length, _hardware);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(columns.AsSpan()));
        var batch = new ReceiverBatch(message, _tag, count, Counter, rows, x, new CorrelationHash(TransferHash.BatchKey(_session, Counter), _hardware));
        Counter++;
        _zero.Advance(x.Length);
        _one.Advance(x.Length);
        return batch;
    }

    /// <summary>Forgets the keys; batches that were begun can still be finished.</summary>
    public void Dispose()
    {
        _disposed = true;
        _zero.Dispose();
        _one.Dispose();
    }

    private static UInt128[] Pad(ReadOnlySpan<byte> choices, int count, CryptographicRandom random)
    {
        var x = new UInt128[ExtensionMessage.Blocks(count)];
        choices[..((count + 7) / 8)].CopyTo(MemoryMarshal.AsBytes(x.AsSpan()));
        if (count % 128 != 0) x[^2] &= (UInt128.One << (count % 128)) - 1;
        random.Fill(MemoryMarshal.AsBytes(x.AsSpan(x.Length - 1)));
        return x;
    }

    /// <summary>T, and u in the message.</summary>
    private void Mask(ReadOnlySpan<UInt128> x, Span<UInt128> columns, Span<UInt128> sent)
    {
        foreach (var (first, count) in ConsistencyCheck.Chunks(x.Length))
        {
            var bits = x.Slice(first, count);
            for (var i = 0; i < BitTransposition.Columns; i++)
            {
                var begin = (first * BitTransposition.Columns) + (i * count);
                var t = columns.Slice(begin, count);
                var u = sent.Slice(begin, count);
                _zero.Fill(i, first, t);
                _one.Fill(i, first, u);
                BlockKernels.AddBoth(t, bits, u);
            }
        }
    }
}
