using System.Buffers;

namespace Coterie.Core.Numerics.Tiles;

/// <summary>
/// Products by panels: blocks of both factors are copied so that tiles read memory in order, and a block of the left factor stays in cache while it meets all
/// panels of the right one (Goto, van de Geijn, "Anatomy of high-performance matrix multiplication", 2008).
/// </summary>
internal static class PackedProduct
{
    /// <summary>Products in a stretch: a panel of the left factor takes 16 KiB at 8 rows. Sums depend on it to the last bit: the same for every tile.</summary>
    public const int Depth = 256;

    /// <summary>Rows of a block of the left factor: 192 KiB, within a cache of the second level. A multiple of every tile's rows.</summary>
    private const int BlockRows = 96;

    /// <summary>Columns of a block of the right factor: 2 MiB, within a cache of the third level. A multiple of every tile's columns.</summary>
    private const int BlockColumns = 1032;

    /// <summary>Bytes of a cache line, and of the longest vector.</summary>
    private const int Alignment = 64;

    /// <summary>Entries that tiles compute for a destination of m x n.</summary>
    public static long Area<TTile>(int m, int n) where TTile : struct, ITile => (long)RoundUp(m, TTile.Rows) * RoundUp(n, TTile.Columns);

    /// <summary>destination (m x n, row-major) += left (m x k) right (k x n).</summary>
    public static unsafe void Add<TTile>(Operand left, Operand right, double* destination, int m, int k, int n) where TTile : struct, ITile
    {
        int depth = Math.Min(k, Depth), rows = RoundUp(Math.Min(m, BlockRows), TTile.Rows), columns = RoundUp(Math.Min(n, BlockColumns), TTile.Columns);
        var slack = Alignment / sizeof(double);
        var memory = ArrayPool<double>.Shared.Rent((depth * (rows + columns)) + (2 * slack));
        try
        {
            fixed (double* start = memory)
            {
                unchecked
                {
                    var leftPanels = Align(start);
                    var rightPanels = Align(leftPanels + (depth * rows));
                    var across = right.Transpose();
                    for (var j = 0; j < n; j += BlockColumns)
                        for (var p = 0; p < k; p += Depth)
                        {
                            int wide = Math.Min(BlockColumns, n - j), deep = Math.Min(Depth, k - p);
                            across.Pack(j, wide, p, deep, TTile.Columns, rightPanels);
                            for (var i = 0; i < m; i += BlockRows)
                            {
                                var high = Math.Min(BlockRows, m - i);
                                left.Pack(i, high, p, deep, TTile.Rows, leftPanels);
                                AddBlock<TTile>(leftPanels, rightPanels, high, deep, wide, destination + ((nint)i * n) + j, n);
                            }
                        }
                }
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(memory);
        }
    }

    private static unsafe void AddBlock<TTile>(double* left, double* right, int m, int k, int n, double* destination, int stride) where TTile : struct, ITile
    {
        var edge = stackalloc double[TTile.Rows * TTile.Columns];
        unchecked
        {
            for (var j = 0; j < n; j += TTile.Columns)
                for (var i = 0; i < m; i += TTile.Rows)
                {
                    double* a = left + ((nint)i * k), b = right + ((nint)j * k), to = destination + ((nint)i * stride) + j;
                    if (m - i >= TTile.Rows && n - j >= TTile.Columns) TTile.Add(a, b, k, to, stride);
                    else AddEdge<TTile>(a, b, k, to, stride, Math.Min(TTile.Rows, m - i), Math.Min(TTile.Columns, n - j), edge);
                }
        }
    }

    /// <summary>A tile that reaches over the edge is computed aside.</summary>
    private static unsafe void AddEdge<TTile>(double* left, double* right, int k, double* destination, int stride, int rows, int columns, double* aside) where TTile : struct, ITile
    {
        unchecked
        {
            new Span<double>(aside, TTile.Rows * TTile.Columns).Clear();
            TTile.Add(left, right, k, aside, TTile.Columns);
            for (var i = 0; i < rows; i++)
                for (var j = 0; j < columns; j++)
                    destination[((nint)i * stride) + j] += aside[(i * TTile.Columns) + j];
        }
    }

    private static int RoundUp(int value, int unit) => (value + unit - 1) / unit * unit;

    private static unsafe double* Align(double* pointer) => (double*)(((nuint)pointer + (Alignment - 1)) & ~(nuint)(Alignment - 1));
}
