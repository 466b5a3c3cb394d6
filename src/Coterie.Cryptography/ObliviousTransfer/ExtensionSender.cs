using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// The sender of any number of oblivious transfers from one set of base transfers; steps and source as for <see cref="ExtensionReceiver"/>. Not thread-safe.
/// </summary>
/// <remarks>
/// With q_j = t_j xor x_j Delta the sender knows both keys of transfer j, H(q_j) and H(q_j xor Delta), and the receiver the one of its choice, H(t_j).
/// A receiver that cheats learns some bits of Delta with the probability of guessing them, and is found out otherwise; then this object serves no more. Outputs
/// stay secure as long as enough bits of Delta are left (the paper's leakage); semi-honest receivers learn none. Assumes AES is an ideal cipher
/// (<see cref="CorrelationHash"/>) and SHA-256 a random oracle.
/// </remarks>
public sealed class ExtensionSender : IDisposable
{
    private readonly byte[] _session;
    private readonly UInt128 _tag;
    private readonly ColumnGenerator _columns;
    private readonly bool? _hardware;
    private UInt128 _offset;
    private bool _failed;
    private bool _disposed;

    /// <summary>Takes the seeds over.</summary>
    /// <exception cref="InvalidOperationException">The seeds were taken before.</exception>
    public ExtensionSender(BaseSeeds seeds)
        : this(seeds, null)
    {
    }

    internal ExtensionSender(BaseSeeds seeds, bool? hardware)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        (_session, _offset, var keys) = seeds.Take();
        _hardware = hardware;
        _tag = TransferHash.SessionTag(_session);
        _columns = new ColumnGenerator(keys, hardware);
    }

    /// <summary>The next batch's number.</summary>
    public ulong Counter { get; private set; }

    /// <summary>Delta, the choices of the base transfers: the secret offset between the two strings of every correlated transfer.</summary>
    /// <exception cref="ObjectDisposedException">It was forgotten.</exception>
    public UInt128 Offset
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _offset;
        }
    }

    /// <summary>Takes the receiver's message of the next batch.</summary>
    /// <param name="message">What <see cref="ReceiverBatch.Message"/> was.</param>
    /// <param name="count">Transfers of the batch, as both know them.</param>
    /// <exception cref="CryptographicException">
    /// The message has another length, version, session, count or counter: it is refused, and the right one may follow. Or the receiver's columns do not agree: then
    /// there is no further batch, because every attempt may tell a bit of Delta.
    /// </exception>
    /// <exception cref="InvalidOperationException">A check failed before.</exception>
    public SenderBatch Accept(ReadOnlySpan<byte> message, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, ExtensionReceiver.MaximumCount);
        if (_failed) throw new InvalidOperationException("A check of oblivious transfers failed before; new base transfers are needed.");
        ObjectDisposedException.ThrowIf(_disposed, this);
        TransferMessage.Body(message, TransferMessageKind.Extension, _tag, count, Counter, ExtensionMessage.BodyBytes(count));
        var blocks = ExtensionMessage.Blocks(count);
        var end = ExtensionMessage.CheckOffset(count);
        var columns = Unmask(MemoryMarshal.Cast<byte, UInt128>(message[TransferMessage.HeaderBytes..end]), blocks);
        var hashes = MemoryMarshal.Cast<byte, UInt128>(message[end..]);
        var check = new ConsistencyCheck(TransferHash.Challenge(_session, message[..end]), blocks, _hardware);
        if (!ConsistencyCheck.Fits(check.HashColumns(columns), hashes[0], hashes[1..], _offset))
        {
            _failed = true;
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(columns.AsSpan()));
            Dispose();
            throw new CryptographicException($"The receiver's choices in batch {Counter} of oblivious transfers do not agree in all columns; these base transfers serve no more.");
        }
        var rows = ExtensionMessage.Transpose(columns, blocks, _hardware);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(columns.AsSpan()));
        var batch = new SenderBatch(_tag, count, Counter, rows, _offset, new CorrelationHash(TransferHash.BatchKey(_session, Counter), _hardware));
        Counter++;
        _columns.Advance(blocks);
        return batch;
    }

    /// <summary>Forgets the keys and Delta; batches that were accepted can still be finished.</summary>
    public void Dispose()
    {
        _disposed = true;
        _offset = 0;
        _columns.Dispose();
    }

    /// <summary>Q: column i is G(k_i) xor Delta_i u_i.</summary>
    private UInt128[] Unmask(ReadOnlySpan<UInt128> received, int blocks)
    {
        var columns = new UInt128[blocks * BitTransposition.Columns];
        foreach (var (first, count) in ConsistencyCheck.Chunks(blocks))
        {
            for (var i = 0; i < BitTransposition.Columns; i++)
            {
                var begin = (first * BitTransposition.Columns) + (i * count);
                var q = columns.AsSpan(begin, count);
                var u = received.Slice(begin, count);
                _columns.Fill(i, first, q);
                BlockKernels.AddMasked(u, ConsistencyCheck.Mask(_offset, i), q);
            }
        }
        return columns;
    }
}
