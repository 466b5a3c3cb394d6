namespace Coterie.Core.Numerics.Tiles;

/// <summary>The innermost part of a product: a block of the destination that fits the registers.</summary>
internal interface ITile
{
    /// <summary>Rows of the block.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of the block.</summary>
    static abstract int Columns { get; }

    /// <summary>Whether this machine computes it in hardware.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>
    /// destination (rows x columns, <paramref name="stride"/> entries from row to row) += left right, for a left panel of depth x rows and a right panel of
    /// depth x columns; sums run over the depth in order, each product fused with its addition.
    /// </summary>
    static abstract unsafe void Add(double* left, double* right, int depth, double* destination, int stride);
}
