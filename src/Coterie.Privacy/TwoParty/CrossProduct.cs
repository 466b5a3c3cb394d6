using Coterie.Core.Arithmetic;

namespace Coterie.Privacy.TwoParty;

/// <summary>A product of what one party holds with what the other holds.</summary>
/// <param name="LeftHolder">Who holds the left factor.</param>
/// <param name="Left">It, where this party holds it.</param>
/// <param name="Right">The right factor, where this party holds it.</param>
/// <param name="Shape">Rows, inner, columns of the product as it is wanted.</param>
/// <param name="Bits">Bits of entries of the left and of the right factor, signs included; 64 of shares.</param>
/// <param name="Kind">What of the factors is multiplied with what.</param>
internal sealed record CrossProduct(ValueHolder LeftHolder, RingMatrix? Left, RingMatrix? Right, (int Rows, int Inner, int Columns) Shape, (int Left, int Right) Bits, CrossProductKind Kind)
{
    /// <summary>Whether matrices of rows x columns are multiplied entry by entry.</summary>
    public bool IsEntrywise => Kind == CrossProductKind.Entrywise;

    /// <summary>Who holds the right factor.</summary>
    public ValueHolder RightHolder => LeftHolder == ValueHolder.First ? ValueHolder.Second : ValueHolder.First;

    /// <summary>Whether both factors are numbers of a known range, and no shares.</summary>
    public bool IsOfKnown => Bits is { Left: < 64, Right: < 64 };
}
