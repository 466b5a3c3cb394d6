namespace Coterie.Core.Numerics.Rings;

/// <summary>The innermost part of a product over Z_2^64: a block of the destination that fits the registers.</summary>
internal interface IRingTile
{
    /// <summary>Rows of the block.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of the block.</summary>
    static abstract int Columns { get; }

    /// <summary>Whether this machine computes it in hardware.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>
    /// destination (rows x columns, <paramref name="stride"/> entries from row to row) += left right modulo 2^64, for a left panel of depth x rows and a right
    /// panel of depth x columns.
    /// </summary>
    static abstract unsafe void Add(ulong* left, ulong* right, int depth, ulong* destination, int stride);
}
