using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;

namespace Coterie.Privacy.TwoParty;

/// <summary>One party's view of numbers between two: which of them it is, and how reals become ring elements.</summary>
/// <param name="IsFirst">Whether this is the first of the two parties.</param>
/// <param name="FractionBits">Bits after the point of what enters a product.</param>
internal sealed record TwoPartyFormat(bool IsFirst, int FractionBits = RingArithmetic.DefaultFractionBits)
{
    /// <summary>Bits before the point, sign included, of numbers that one party knows and brings into a product: they stay below 2^20.</summary>
    public const int KnownIntegerBits = 21;

    /// <summary>Most bits after the point that a shared value may have: numbers below 2^13 fit beside them.</summary>
    public const int LargestFractionBits = 50;

    /// <summary>Bits of a known number in a product.</summary>
    public int KnownBits => FractionBits + KnownIntegerBits;

    /// <summary>This party.</summary>
    public ValueHolder Self => IsFirst ? ValueHolder.First : ValueHolder.Second;

    /// <summary>The other one.</summary>
    public ValueHolder Peer => IsFirst ? ValueHolder.Second : ValueHolder.First;

    /// <summary>Whether this party has what a holder knows.</summary>
    public bool Knows(ValueHolder holder) => holder == ValueHolder.Both || holder == Self;

    /// <summary>Ring elements of numbers.</summary>
    /// <exception cref="ValueOutOfRangeException">A number is too large, or none.</exception>
    public RingMatrix Encode(Matrix value, int fractionBits)
    {
        var values = new ulong[value.Rows * value.Columns];
        new FixedPoint(fractionBits, Math.Min(Math.ScaleB(1, 62 - fractionBits), Math.ScaleB(1, KnownIntegerBits - 1) - 1)).Encode(value.Values, values);
        return new RingMatrix(value.Rows, value.Columns, values);
    }

    /// <summary>The numbers of ring elements.</summary>
    public static Matrix Decode(RingMatrix value, int fractionBits) =>
        Matrix.Create(value.Rows, value.Columns, cells => new FixedPoint(fractionBits, 1).Decode(value.Values, cells));
}
