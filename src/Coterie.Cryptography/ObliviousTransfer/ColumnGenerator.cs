using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>Streams of bits from 128 keys, by AES-128 in counter mode; what is passed over never comes again.</summary>
internal sealed class ColumnGenerator : IDisposable
{
    private readonly Aes128[] _columns;

    /// <summary>Takes the keys over and zeroes them.</summary>
    public ColumnGenerator(UInt128[] keys, bool? hardware)
    {
        _columns = [.. keys.Select(key => new Aes128(key, hardware))];
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(keys.AsSpan()));
    }

    /// <summary>Blocks of every stream that were passed over.</summary>
    public ulong Position { get; private set; }

    /// <summary>Blocks of a column from so many behind the position on.</summary>
    public void Fill(int column, int offset, Span<UInt128> blocks) => _columns[column].Counters(Position + (ulong)offset, blocks);

    /// <summary>Passes over blocks of all columns.</summary>
    public void Advance(int blocks) => Position += (ulong)blocks;

    /// <summary>Forgets the keys.</summary>
    public void Dispose()
    {
        foreach (var column in _columns) column.Dispose();
    }
}
