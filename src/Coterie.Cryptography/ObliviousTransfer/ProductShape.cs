namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// The shape of a product of two matrices, or of rows by a number each, over Z_2^64; public and the same at both parties. The left factor's
/// holder is the sender of oblivious transfers and the right factor's their receiver, one transfer for each bit of each entry of the right factor: take the
/// factor with fewer entries as the right one (of A B as well as of B'A', which is (A B)').
/// </summary>
public sealed record ProductShape
{
    private ProductShape(int rows, int inner, int columns, int bits, bool isScaled) =>
        (Rows, Inner, Columns, Bits, IsScaled) = (rows, inner, columns, bits, isScaled);

    /// <summary>Rows of the product, and of the left factor of a matrix product.</summary>
    public int Rows { get; }

    /// <summary>Columns of the left factor and rows of the right one; of scaled rows so many are added up to a row of the product.</summary>
    public int Inner { get; }

    /// <summary>Columns of the product, and of the right factor of a matrix product; of scaled rows their length.</summary>
    public int Columns { get; }

    /// <summary>
    /// Bits of an entry of the right factor: with 64 any ring element; with fewer a signed number in [-2^(bits - 1), 2^(bits - 1)), as the
    /// ring element that stands for it.
    /// </summary>
    public int Bits { get; }

    /// <summary>Whether every entry of the right factor multiplies a row of its own.</summary>
    public bool IsScaled { get; }

    /// <summary>Entries of the left factor.</summary>
    public int LeftEntries => IsScaled ? Rows * Inner * Columns : Rows * Inner;

    /// <summary>Entries of the right factor.</summary>
    public int RightEntries => IsScaled ? Rows * Inner : Inner * Columns;

    /// <summary>Entries of the product.</summary>
    public int ProductEntries => Rows * Columns;

    /// <summary>Oblivious transfers of a product.</summary>
    public int Transfers => RightEntries * Bits;

    /// <summary>Bytes that the right factor's holder sends.</summary>
    public long QuestionBytes => ExtensionReceiver.MessageBytes(Transfers);

    /// <summary>Bytes that the left factor's holder sends.</summary>
    public long AnswerBytes => TransferMessage.HeaderBytes + Plan.BodyBytes;

    internal RingPlan Plan => IsScaled
        ? new RingPlan(RightEntries, Columns, RightEntries, Inner, Bits, Bits < 64)
        : new RingPlan(RightEntries, Rows, Inner, Inner, Bits, Bits < 64);

    /// <summary>A matrix product: rows x inner by inner x columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number below 1, more than 64 bits, or more than 2^26 transfers or entries.</exception>
    public static ProductShape Matrix(int rows, int inner, int columns, int bits = 64) => Checked(rows, inner, columns, bits, isScaled: false);

    /// <summary>A product of vectors entry by entry.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number below 1, more than 64 bits, or more than 2^26 transfers.</exception>
    public static ProductShape Entrywise(int length, int bits = 64) => Checked(length, 1, 1, bits, isScaled: true);

    /// <summary>
    /// Sums of rows, each times a number of its own: <paramref name="rows"/> sums of <paramref name="inner"/> rows of <paramref name="columns"/> entries. Row
    /// t of sum r is the left factor's row r inner + t, its number the right factor's entry of the same place.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A number below 1, more than 64 bits, or more than 2^26 transfers or entries.</exception>
    public static ProductShape Scaled(int rows, int inner, int columns, int bits = 64) => Checked(rows, inner, columns, bits, isScaled: true);

    private static ProductShape Checked(int rows, int inner, int columns, int bits, bool isScaled)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inner, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 64);
        var (left, right) = isScaled ? ((long)rows * inner * columns, (long)rows * inner) : ((long)rows * inner, (long)inner * columns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(right, (long)ExtensionReceiver.MaximumCount / bits, nameof(inner));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(left, ExtensionReceiver.MaximumCount, nameof(rows));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)rows * columns, ExtensionReceiver.MaximumCount, nameof(rows));
        return new ProductShape(rows, inner, columns, bits, isScaled);
    }
}
