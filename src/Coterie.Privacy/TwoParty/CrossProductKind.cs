namespace Coterie.Privacy.TwoParty;

/// <summary>What of two factors is multiplied with what, for a result of rows x columns.</summary>
internal enum CrossProductKind
{
    /// <summary>Matrices, rows x inner and inner x columns.</summary>
    Matrix,

    /// <summary>Entries of rows x columns with entries at the same place.</summary>
    Entrywise,

    /// <summary>Entry (r, t) of rows x inner with a row of its own, the (r inner + t)th of (rows inner) x columns; row r of the result is the sum over t.</summary>
    Scaled,
}
