using System.Buffers;

namespace Coterie.Core.Numerics.Rings;

/// <summary>
/// Products over Z_2^64 by panels: blocks of both factors are copied so that tiles read memory in order, and a block of the left factor stays in cache
/// while it meets all panels of the right one (Goto, van de Geijn, "Anatomy of high-performance matrix multiplication", 2008).
/// </summary>
internal static class RingProduct
{
    /// <summary>Products in a stretch: a panel of the left factor takes 16 KiB at 8 rows.</summary>
    private const int Depth = 256;

    /// <summary>Rows of a block of the left factor: 192 KiB, within a cache of the second level. A multiple of every tile's rows.</summary>
    private const int BlockRows = 96;

    /// <summary>Columns of a block of the right factor: 2 MiB, within a cache of the third level. A multiple of every tile's columns.</summary>
    private const int BlockColumns = 1032;

    /// <summary>destination (m x n, row-major) += left (m x k) right (k x n).</summary>
    public static unsafe void Add<TTile>(ulong* left, ulong* right, ulong* destination, int m, int k, int n)
        where TTile : struct, IRingTile
    {
        unchecked
        {
            int depth = Math.Min(k, Depth), rows = RoundUp(Math.Min(m, BlockRows), TTile.Rows), columns = RoundUp(Math.Min(n, BlockColumns), TTile.Columns);
            // Shares are secret: what is pooled is zeroed before it goes back.
            var memory = ArrayPool<ulong>.Shared.Rent(depth * (rows + columns));
            try
            {
                fixed (ulong* leftPanels = memory)
                {
                    var rightPanels = leftPanels + (depth * rows);
                    for (var j = 0; j < n; j += BlockColumns)
                        for (var p = 0; p < k; p += Depth)
                        {
                            int wide = Math.Min(BlockColumns, n - j), deep = Math.Min(Depth, k - p);
                            Pack(right + ((nint)p * n) + j, 1, n, wide, deep, TTile.Columns, rightPanels);
                            for (var i = 0; i < m; i += BlockRows)
                            {
                                var high = Math.Min(BlockRows, m - i);
                                Pack(left + ((nint)i * k) + p, k, 1, high, deep, TTile.Rows, leftPanels);
                                AddBlock<TTile>(leftPanels, rightPanels, high, deep, wide, destination + ((nint)i * n) + j, n);
                            }
                        }
                }
            }
            finally
            {
                ArrayPool<ulong>.Shared.Return(memory, clearArray: true);
            }
        }
    }

    /// <summary>
    /// Copies so many lines, their entries a stretch apart, into panels of <paramref name="width"/> lines: panel by panel, entry by entry, those of its lines side
    /// by side; what a last panel lacks is zero.
    /// </summary>
    private static unsafe void Pack(ulong* source, int line, int entry, int lines, int entries, int width, ulong* destination)
    {
        unchecked
        {
            for (var start = 0; start < lines; start += width, destination += (nint)width * entries)
            {
                var count = Math.Min(width, lines - start);
                var from = source + ((nint)start * line);
                var to = destination;
                for (var j = 0; j < entries; j++, from += entry, to += width)
                {
                    if (line == 1) new ReadOnlySpan<ulong>(from, count).CopyTo(new Span<ulong>(to, count));
                    else
                        for (var i = 0; i < count; i++) to[i] = from[(nint)i * line];
                    for (var i = count; i < width; i++) to[i] = 0;
                }
            }
        }
    }

    private static unsafe void AddBlock<TTile>(ulong* left, ulong* right, int m, int k, int n, ulong* destination, int stride)
        where TTile : struct, IRingTile
    {
        var edge = stackalloc ulong[TTile.Rows * TTile.Columns];
        unchecked
        {
            for (var j = 0; j < n; j += TTile.Columns)
                for (var i = 0; i < m; i += TTile.Rows)
                {
                    ulong* a = left + ((nint)i * k), b = right + ((nint)j * k), to = destination + ((nint)i * stride) + j;
                    int rows = Math.Min(TTile.Rows, m - i), columns = Math.Min(TTile.Columns, n - j);
                    if (rows == TTile.Rows && columns == TTile.Columns)
                    {
                        TTile.Add(a, b, k, to, stride);
                        continue;
                    }
                    // A tile that reaches over the edge is computed aside.
                    new Span<ulong>(edge, TTile.Rows * TTile.Columns).Clear();
                    TTile.Add(a, b, k, edge, TTile.Columns);
                    for (var r = 0; r < rows; r++)
                        for (var c = 0; c < columns; c++) to[((nint)r * stride) + c] += edge[(r * TTile.Columns) + c];
                }
        }
    }

    private static int RoundUp(int value, int unit) => (value + unit - 1) / unit * unit;
}
