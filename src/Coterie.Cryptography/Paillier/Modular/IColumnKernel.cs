namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// The steps of a product of numbers in limbs, for several numbers side by side in vector lanes: a limb of all of them is one vector.
/// Columns are sums of limb products of equal weight, 64-bit integers per lane. Implementations take <see cref="Tile"/> columns at a time,
/// so that all they touch stays in registers.
/// </summary>
/// <remarks>
/// Limbs are integers in doubles. The halves of a product of two limbs come out of two fused multiply-adds against constants that push
/// everything below the lower half's width out of the significand (Emmart, Zheng, Weems, "Faster modular exponentiation using double precision
/// floating point arithmetic on the GPU", ARITH 2018); as bit patterns they are integers plus a known bias, taken away once per step.
/// </remarks>
internal interface IColumnKernel
{
    /// <summary>Numbers side by side.</summary>
    static abstract int Lanes { get; }

    /// <summary>Bits of a limb.</summary>
    static abstract int LimbBits { get; }

    /// <summary>Limbs of a tile, and columns of a step.</summary>
    static abstract int Tile { get; }

    /// <summary>Settles the next <see cref="Tile"/> columns of a product.</summary>
    static abstract void Step(ref ColumnStep step);

    /// <summary>z = x + sign y + offset, carried through, over <paramref name="limbs"/> limbs; the offset is the same in all lanes and may be empty.</summary>
    static abstract void AddLimbs(ref double x, ref double y, double sign, ReadOnlySpan<long> offset, ref double z, int limbs);

    /// <summary>
    /// Per lane the entry that its digit names, all of so many blocks read. A block holds an entry in every lane: one of each lane's own, or
    /// <see cref="Lanes"/> of those that all lanes share.
    /// </summary>
    static abstract void Scan(ref double table, int blocks, bool shared, ReadOnlySpan<long> digits, ref double block, int limbs);

    /// <summary>
    /// The first limbs of the entries that digits name, of shared entries of <paramref name="limbs"/> limbs: as many as go in whole groups of
    /// <see cref="Lanes"/>, transposed; returns how many.
    /// </summary>
    static abstract int Pick(ref double table, ReadOnlySpan<long> digits, ref double block, int limbs);
}
