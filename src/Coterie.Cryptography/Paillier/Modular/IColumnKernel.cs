namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// The steps of a product of numbers in limbs, for several numbers side by side in vector lanes: a limb of all of them is one vector.
/// Columns are sums of limb products of equal weight, 64-bit integers per lane. Implementations take <see cref="Tile"/> columns at a time,
/// so that all they touch stays in registers.
/// </summary>
/// <remarks>
/// Limbs are integers in doubles. The halves of a product of two limbs come out of two fused multiply-adds against constants that push
/// everything below the lower half's width out of the significand (Emmart, Zheng, Weems, "Faster modular exponentiation using double precision
/// floating point arithmetic on the GPU", ARITH 2018); as bit patterns they are integers plus a known bias. Columns hold biased sums: whoever
/// reads them passes the number of tiles that were added since they were last read.
/// </remarks>
internal interface IColumnKernel
{
    /// <summary>Numbers side by side.</summary>
    static abstract int Lanes { get; }

    /// <summary>Bits of a limb.</summary>
    static abstract int LimbBits { get; }

    /// <summary>Limbs of a tile. Columns buffers hold twice as many vectors.</summary>
    static abstract int Tile { get; }

    /// <summary>Adds the products of <paramref name="tiles"/> tiles of <paramref name="a"/>, going up, with as many of <paramref name="b"/>, going down.</summary>
    static abstract void Accumulate(ref long columns, ref double a, ref double b, int tiles);

    /// <summary>Adds twice what <paramref name="other"/> holds of <paramref name="tiles"/> tiles.</summary>
    static abstract void AddTwice(ref long columns, ref long other, int tiles);

    /// <summary>Adds the tile of <paramref name="offset"/>, the same in all lanes, and takes away the tile of <paramref name="quotients"/>.</summary>
    static abstract void AddOffset(ref long columns, ref long offset, ref double quotients);

    /// <summary>
    /// Finds the tile of quotients whose product with the modulus clears the lower columns, adds it as far as the modulus' lowest tile goes, and
    /// moves the upper columns down.
    /// </summary>
    static abstract void Reduce(ref long columns, int tiles, ref double modulus, double negatedInverse, ref double quotients);

    /// <summary>Writes the lower columns as limbs, their carries added to the upper ones, and moves the upper ones down.</summary>
    static abstract void Emit(ref long columns, int tiles, ref double limbs);

    /// <summary>z = x + y - less, carried through, over <paramref name="limbs"/> limbs; offset and less are the same in all lanes and may be empty.</summary>
    static abstract void AddLimbs(ref double x, ref double y, double sign, ReadOnlySpan<long> offset, ref double z, int limbs);

    /// <summary>Per lane the entry that its digit names, every entry read. Shared entries hold one double a limb, others one a limb and lane.</summary>
    static abstract void Scan(ref double table, int entries, bool shared, ReadOnlySpan<long> digits, ref double block, int limbs);
}
