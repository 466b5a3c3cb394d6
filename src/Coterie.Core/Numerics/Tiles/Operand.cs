namespace Coterie.Core.Numerics.Tiles;

/// <summary>A matrix in memory: the entry (i, j) lies at i * <see cref="RowStride"/> + j * <see cref="ColumnStride"/>.</summary>
internal readonly unsafe struct Operand(double* values, int rowStride, int columnStride)
{
    public double* Values { get; } = values;

    public int RowStride { get; } = rowStride;

    public int ColumnStride { get; } = columnStride;

    /// <summary>The same matrix on its side.</summary>
    public Operand Transpose() => new(Values, ColumnStride, RowStride);

    /// <summary>
    /// Copies rows <paramref name="row"/> onward, columns <paramref name="column"/> onward, into panels of <paramref name="width"/> rows: panel by panel, column by
    /// column, the entries of its rows side by side; what a last panel lacks is zero.
    /// </summary>
    public void Pack(int row, int rows, int column, int columns, int width, double* destination)
    {
        unchecked
        {
            for (var start = 0; start < rows; start += width)
            {
                var count = Math.Min(width, rows - start);
                var source = Values + ((nint)(row + start) * RowStride) + ((nint)column * ColumnStride);
                if (RowStride == 1) PackAlong(source, count, columns, width, destination);
                else PackAcross(source, count, columns, width, destination);
                destination += (nint)width * columns;
            }
        }
    }

    /// <summary>Rows lie side by side.</summary>
    private void PackAlong(double* source, int count, int columns, int width, double* destination)
    {
        unchecked
        {
            for (var j = 0; j < columns; j++, source += ColumnStride, destination += width)
            {
                new ReadOnlySpan<double>(source, count).CopyTo(new Span<double>(destination, count));
                for (var i = count; i < width; i++) destination[i] = 0;
            }
        }
    }

    /// <summary>Columns lie side by side: four rows at a time, so that what is written lies together too.</summary>
    private void PackAcross(double* source, int count, int columns, int width, double* destination)
    {
        unchecked
        {
            var i = 0;
            for (; i + 4 <= count; i += 4)
            {
                double* r0 = source + ((nint)i * RowStride), r1 = r0 + RowStride, r2 = r1 + RowStride, r3 = r2 + RowStride, to = destination + i;
                for (nint j = 0, at = 0; j < columns; j++, at += ColumnStride, to += width)
                {
                    to[0] = r0[at];
                    to[1] = r1[at];
                    to[2] = r2[at];
                    to[3] = r3[at];
                }
            }
            for (; i < width; i++)
            {
                var row = (nint)i * RowStride;
                var to = destination + i;
                for (nint j = 0, at = 0; j < columns; j++, at += ColumnStride, to += width) *to = i < count ? source[row + at] : 0;
            }
        }
    }
}
