using System.Runtime.InteropServices;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>Tiles of one number, going up, each to be multiplied with one of another, going down.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TileRun
{
    /// <summary>The first tile of the one.</summary>
    public double* Up;

    /// <summary>The last tile of the other.</summary>
    public double* Down;

    /// <summary>How many.</summary>
    public nint Count;
}

/// <summary>
/// What one step of a product does: the sum of up to three runs of tiles and of what was carried, less a tile and plus an offset. Its lower columns are
/// then either cleared by a multiple of the modulus, whose quotients are kept, or written as limbs; its upper columns are carried.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ColumnStep
{
    /// <summary>The first products, alone in that they may be doubled.</summary>
    public TileRun First;

    /// <summary>Further products.</summary>
    public TileRun Second;

    /// <summary>The products of earlier quotients with the modulus.</summary>
    public TileRun Third;

    /// <summary>Whether the first products count twice.</summary>
    public bool Doubled;

    /// <summary>Whether the lower columns are written as limbs; otherwise they are cleared.</summary>
    public bool Emit;

    /// <summary>A tile of columns, carried from step to step.</summary>
    public long* Carried;

    /// <summary>A tile of integers to add, the same in all lanes; null for none.</summary>
    public long* Offset;

    /// <summary>A tile of limbs to take away; null exactly when there is no offset.</summary>
    public double* Less;

    /// <summary>Where the tile of quotients or of limbs goes.</summary>
    public double* Target;

    /// <summary>The modulus' lowest tile.</summary>
    public double* Modulus;

    /// <summary>-1/n modulo two to a limb's bits.</summary>
    public double NegatedInverse;
}
