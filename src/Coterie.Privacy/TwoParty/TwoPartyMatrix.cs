using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;

namespace Coterie.Privacy.TwoParty;

/// <summary>
/// A matrix between two parties: known to both, known to one of them, or shared, x = x0 + x1 modulo 2^64 in fixed point. What one party knows stays real numbers there, so that whatever is
/// computed from it alone is exact and costs nothing; it becomes a share, itself and zero, when it meets what is shared.
/// </summary>
internal sealed class TwoPartyMatrix : ISecret<TwoPartyMatrix>
{
    private TwoPartyMatrix(TwoPartyFormat format, ValueHolder holder, int rows, int columns, Matrix? clear, RingMatrix? share, int fractionBits, RingMatrix? marks = null) =>
        (Format, Holder, Rows, Columns, Clear, Share, FractionBits, Marks) = (format, holder, rows, columns, clear, share, fractionBits, marks);

    /// <inheritdoc/>
    public int Rows { get; }

    /// <inheritdoc/>
    public int Columns { get; }

    /// <summary>Whose view this is, and how numbers are encoded.</summary>
    public TwoPartyFormat Format { get; }

    /// <summary>Who knows it.</summary>
    public ValueHolder Holder { get; }

    /// <summary>The numbers, where this party knows them.</summary>
    public Matrix? Clear { get; }

    /// <summary>This party's share, where it is shared.</summary>
    public RingMatrix? Share { get; }

    /// <summary>Of shared numbers that are all 0 or 1 this party's exclusive-or shares, 0 or 1 each, where it has them: products with bits cost little.</summary>
    public RingMatrix? Marks { get; }

    /// <summary>Bits after the point of what is shared.</summary>
    public int FractionBits { get; }

    /// <summary>Entries.</summary>
    public int Count => Rows * Columns;

    /// <summary>Whether neither party knows it.</summary>
    public bool IsShared => Holder == ValueHolder.Neither;

    /// <summary>A value that a party, or both, know; null at one that does not.</summary>
    public static TwoPartyMatrix Known(TwoPartyFormat format, ValueHolder holder, int rows, int columns, Matrix? clear) =>
        new(format, holder, rows, columns, format.Knows(holder) ? clear ?? throw new ArgumentNullException(nameof(clear), "Whoever knows a value brings it.") : null, null, format.FractionBits);

    /// <summary>This party's share of a value.</summary>
    public static TwoPartyMatrix Shared(TwoPartyFormat format, RingMatrix share, int fractionBits, RingMatrix? marks = null) =>
        new(format, ValueHolder.Neither, share.Rows, share.Columns, null, share, fractionBits, marks);

    /// <summary>The same value as shares with so many bits after the point, at least those that it has; local.</summary>
    public RingMatrix ToShare(int fractionBits)
    {
        if (Share is { } share) return Lifted(share, fractionBits - FractionBits);
        var isMine = Holder == ValueHolder.Both ? Format.IsFirst : Clear is not null;
        return isMine ? Format.Encode(Clear!, fractionBits) : new RingMatrix(Rows, Columns, new ulong[Count]);
    }

    /// <inheritdoc/>
    public TwoPartyMatrix Transpose() => Map(Columns, Rows, static m => m.Transpose(), static m => m.Transpose());

    /// <inheritdoc/>
    public TwoPartyMatrix ColumnSums() => Map(1, Columns, static m => m.ColumnSums(), static m => m.ColumnSums(), isMarked: false);

    /// <inheritdoc/>
    public TwoPartyMatrix RepeatRows(int rows) => Map(rows, Columns, m => m.RepeatRows(rows), m => m.RepeatRows(rows));

    /// <inheritdoc/>
    public TwoPartyMatrix Slice(int row, int column, int rows, int columns) =>
        Map(rows, columns, m => m.Slice(row, column, rows, columns), m => m.Slice(row, column, rows, columns));

    /// <inheritdoc/>
    public TwoPartyMatrix Beside(TwoPartyMatrix right) =>
        Join(this, right, Rows, Columns + Of(right).Columns, static (a, b) => a.Beside(b), static (a, b) => a.Beside(b), isMarked: true);

    /// <inheritdoc/>
    public TwoPartyMatrix Above(TwoPartyMatrix below) =>
        Join(this, below, Rows + Of(below).Rows, Columns, static (a, b) => a.Above(b), static (a, b) => a.Above(b), isMarked: true);

    public static TwoPartyMatrix operator +(TwoPartyMatrix left, TwoPartyMatrix right) =>
        Join(left, right, Of(left).Rows, left.Columns, static (a, b) => a + b, static (a, b) => a + b);

    public static TwoPartyMatrix operator -(TwoPartyMatrix left, TwoPartyMatrix right) =>
        Join(left, right, Of(left).Rows, left.Columns, static (a, b) => a - b, static (a, b) => a - b);

    /// <summary>Who knows what is computed from values of two holders without a word between them; neither where it takes shares.</summary>
    public static ValueHolder Together(ValueHolder left, ValueHolder right) =>
        left == right ? left : left == ValueHolder.Both ? right : right == ValueHolder.Both ? left : ValueHolder.Neither;

    private static TwoPartyMatrix Of(TwoPartyMatrix value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value;
    }

    private TwoPartyMatrix Map(int rows, int columns, Func<Matrix, Matrix> clear, Func<RingMatrix, RingMatrix> share, bool isMarked = true) =>
        new(Format, Holder, rows, columns, Clear is null ? null : clear(Clear), Share is null ? null : share(Share), FractionBits, isMarked && Marks is not null ? share(Marks) : null);

    private static TwoPartyMatrix Join(
        TwoPartyMatrix left, TwoPartyMatrix right, int rows, int columns, Func<Matrix, Matrix, Matrix> clear, Func<RingMatrix, RingMatrix, RingMatrix> share, bool isMarked = false)
    {
        var holder = Together(left.Holder, right.Holder);
        if (holder != ValueHolder.Neither)
            return new(left.Format, holder, rows, columns, left.Format.Knows(holder) ? clear(left.Clear!, right.Clear!) : null, null, left.FractionBits);
        // Finer digits are kept: what is coarser is multiplied by a power of two.
        var bits = Math.Max(left.FractionBits, right.FractionBits);
        var marks = isMarked && left.Marks is not null && right.Marks is not null ? share(left.Marks, right.Marks) : null;
        return Shared(left.Format, share(left.ToShare(bits), right.ToShare(bits)), bits, marks);
    }

    private static RingMatrix Lifted(RingMatrix share, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bits);
        if (bits == 0) return share;
        var values = new ulong[share.Values.Length];
        for (var i = 0; i < values.Length; i++) values[i] = share.Values[i] << bits;
        return new RingMatrix(share.Rows, share.Columns, values);
    }
}
