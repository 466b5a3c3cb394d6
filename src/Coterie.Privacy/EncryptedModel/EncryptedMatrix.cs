using System.Numerics;
using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>
/// A matrix that takes part in computing on an encrypted model: either numbers that this party knows, or ciphertexts of integers that stand for
/// integer x <see cref="Unit"/>. Sizes of integers are tracked by public bounds, so that units are the same at every party and nothing wraps unseen.
/// </summary>
/// <remarks>Additions are public linear steps: nothing is made random here.</remarks>
internal sealed class EncryptedMatrix : ISecret<EncryptedMatrix>
{
    /// <summary>Bits to which a ratio of two units is kept when values of both are added: 2^-32 of the result at most is lost.</summary>
    private const int AlignmentBits = 32;

    private EncryptedMatrix(int rows, int columns) => (Rows, Columns) = (rows, columns);

    /// <inheritdoc/>
    public int Rows { get; }

    /// <inheritdoc/>
    public int Columns { get; }

    /// <summary>The numbers, where this party knows them.</summary>
    public Matrix? Known { get; private init; }

    /// <summary>What everybody may know about known numbers.</summary>
    public Bounds Bounds { get; private init; } = new(Extent.Of(), Extent.Of());

    /// <summary>Whether everybody may know the known numbers themselves.</summary>
    public bool IsPublic { get; private init; }

    /// <summary>The ciphertexts, row by row, where this party does not know the numbers.</summary>
    public Ciphertexts? Hidden { get; private init; }

    /// <summary>What a step of an encrypted integer stands for.</summary>
    public Unit Unit { get; private init; }

    /// <summary>Encrypted integers are below 2^bits in size.</summary>
    public int Bits { get; private init; }

    /// <summary>Numbers that everybody may know.</summary>
    public static EncryptedMatrix Public(Matrix value) => OfKnown(value, Bounds.Of(value), isPublic: true);

    /// <summary>Numbers of this party's own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number beyond its bound.</exception>
    public static EncryptedMatrix Own(Matrix value, Bounds bounds)
    {
        bounds.Require(value);
        return OfKnown(value, bounds, isPublic: false);
    }

    /// <summary>Known numbers whose bounds follow from how they were computed.</summary>
    public static EncryptedMatrix OfKnown(Matrix value, Bounds bounds, bool isPublic) => new(value.Rows, value.Columns) { Known = value, Bounds = bounds, IsPublic = isPublic };

    /// <summary>Ciphertexts.</summary>
    /// <param name="ciphertexts">One for each entry, row by row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="unit">What a step stands for.</param>
    /// <param name="bits">Integers are below 2^bits in size.</param>
    /// <exception cref="ArgumentException">Another number of ciphertexts.</exception>
    /// <exception cref="OverflowException">Integers of that size would wrap.</exception>
    public static EncryptedMatrix Of(Ciphertexts ciphertexts, int rows, int columns, Unit unit, int bits)
    {
        if (ciphertexts.Count != (long)rows * columns) throw new ArgumentException($"{ciphertexts.Count} ciphertexts for {rows} x {columns}.", nameof(ciphertexts));
        if (bits > RoomOf(ciphertexts.Key)) throw new OverflowException($"Encrypted integers of {bits} bits would wrap under a key of {ciphertexts.Key.Bits} bits.");
        return new(rows, columns) { Hidden = ciphertexts, Unit = unit, Bits = bits };
    }

    /// <summary>Bits that integers under a key may have, their sign apart.</summary>
    public static int RoomOf(PaillierPublicKey key) => key.Bits - 2;

    /// <inheritdoc/>
    public EncryptedMatrix Transpose() => Known is { } known
        ? OfKnown(known.Transpose(), Bounds.Transpose(), IsPublic)
        : Rearranged(Columns, Rows, (row, column) => (column * Columns) + row);

    /// <inheritdoc/>
    public EncryptedMatrix ColumnSums()
    {
        if (Known is { } known) return OfKnown(known.ColumnSums(), new Bounds(Extent.Same(1, 1), Bounds.Columns.Times(Bounds.Rows.Dot(Extent.Same(Rows, 1)))), IsPublic);
        var sum = Slice(0, 0, 1, Columns);
        for (var row = 1; row < Rows; row++) sum += Slice(row, 0, 1, Columns);
        return sum;
    }

    /// <inheritdoc/>
    public EncryptedMatrix RepeatRows(int rows) => Known is { } known
        ? OfKnown(known.RepeatRows(rows), Bounds with { Rows = Extent.Same(rows, Bounds.Rows.Largest) }, IsPublic)
        : Rearranged(rows, Columns, (_, column) => column);

    /// <inheritdoc/>
    public EncryptedMatrix Slice(int row, int column, int rows, int columns)
    {
        if (Known is { } known)
            return OfKnown(known.Slice(row, column, rows, columns), new Bounds(Bounds.Rows.Slice(row, rows, Rows), Bounds.Columns.Slice(column, columns, Columns)), IsPublic);
        if (row < 0 || column < 0 || row + rows > Rows || column + columns > Columns)
            throw new ArgumentOutOfRangeException(nameof(row), $"No {rows} x {columns} part at ({row}, {column}) of {Rows} x {Columns}.");
        return Rearranged(rows, columns, (i, j) => ((row + i) * Columns) + column + j);
    }

    /// <inheritdoc/>
    public EncryptedMatrix Beside(EncryptedMatrix right)
    {
        ArgumentNullException.ThrowIfNull(right);
        if (Known is { } known && right.Known is { } other)
            return OfKnown(known.Beside(other), Bounds.Beside(right.Bounds), IsPublic && right.IsPublic);
        return Transpose().Above(right.Transpose()).Transpose();
    }

    /// <inheritdoc/>
    public EncryptedMatrix Above(EncryptedMatrix below)
    {
        ArgumentNullException.ThrowIfNull(below);
        if (Columns != below.Columns) throw new ArgumentException($"{Columns} columns expected, {below.Columns} given.", nameof(below));
        if (Known is { } known && below.Known is { } other)
            return OfKnown(known.Above(other), Bounds.Above(below.Bounds), IsPublic && below.IsPublic);
        var (upper, lower) = Aligned(this, below);
        return Of(upper.Hidden!.Concat(lower.Hidden!), Rows + below.Rows, Columns, upper.Unit, Math.Max(upper.Bits, lower.Bits));
    }

    /// <summary>A positive factor that everybody may know: only the unit changes, and nothing is rounded.</summary>
    public EncryptedMatrix Times(double factor) => Known is { } known
        ? OfKnown(factor * known, Bounds.Times(factor), IsPublic)
        : Of(Hidden!, Rows, Columns, Unit * Unit.Of(factor), Bits);

    /// <summary>Entry-wise sum.</summary>
    public static EncryptedMatrix operator +(EncryptedMatrix left, EncryptedMatrix right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        RequireSame(left, right);
        if (left.Known is { } x && right.Known is { } y) return OfKnown(x + y, left.Bounds.Plus(right.Bounds), left.IsPublic && right.IsPublic);
        if (left.Known is not null) (left, right) = (right, left);
        if (right.Known is { } known)
        {
            var added = left.Hidden!.Key.AddPlain(left.Hidden, Encode(known, left.Unit, left.Hidden.Key));
            return Of(added, left.Rows, left.Columns, left.Unit, Math.Max(left.Bits, left.Unit.BitsFor(right.Bounds.Largest)) + 1);
        }
        var (a, b) = Aligned(left, right);
        return Of(a.Hidden!.Key.Add(a.Hidden, b.Hidden!), left.Rows, left.Columns, a.Unit, Math.Max(a.Bits, b.Bits) + 1);
    }

    /// <summary>Entry-wise difference.</summary>
    public static EncryptedMatrix operator -(EncryptedMatrix left, EncryptedMatrix right) => left + -right;

    /// <summary>Entry-wise negation.</summary>
    public static EncryptedMatrix operator -(EncryptedMatrix value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Known is { } known
            ? OfKnown(-1 * known, value.Bounds, value.IsPublic)
            : Of(value.Hidden!.Key.Negate(value.Hidden), value.Rows, value.Columns, value.Unit, value.Bits);
    }

    /// <summary>Both as ciphertexts in one unit, the finer one or one finer still.</summary>
    public static (EncryptedMatrix Left, EncryptedMatrix Right) Aligned(EncryptedMatrix left, EncryptedMatrix right)
    {
        if (left.Hidden is null) return (left.InUnitOf(right), right);
        if (right.Hidden is null) return (left, right.InUnitOf(left));
        if (left.Unit == right.Unit) return (left, right);
        if (left.Unit.IsAbove(right.Unit)) return Refined(left, right);
        var (b, a) = Refined(right, left);
        return (a, b);
    }

    private static (EncryptedMatrix Coarse, EncryptedMatrix Fine) Refined(EncryptedMatrix coarse, EncryptedMatrix fine)
    {
        var ratio = coarse.Unit / fine.Unit;
        var isWhole = ratio.Mantissa == 1;
        var extra = isWhole ? 0 : Math.Max(0, AlignmentBits - ratio.Exponent);
        var unit = fine.Unit / Unit.PowerOfTwo(extra);
        return (coarse.Multiplied(Unit.Of(ratio.Mantissa, ratio.Exponent + extra).Whole, unit), fine.Multiplied(BigInteger.One << extra, unit));
    }

    /// <summary>Every integer times a factor that everybody may know.</summary>
    private EncryptedMatrix Multiplied(BigInteger factor, Unit unit) =>
        Of(Hidden!.Key.ScaleAll(Hidden, factor), Rows, Columns, unit, Bits + (int)(factor - 1).GetBitLength());

    /// <summary>Known numbers as ciphertexts without randomness.</summary>
    private EncryptedMatrix InUnitOf(EncryptedMatrix other)
    {
        var key = other.Hidden!.Key;
        return Of(key.Trivial(Encode(Known!, other.Unit, key)), Rows, Columns, other.Unit, other.Unit.BitsFor(Bounds.Largest));
    }

    private static Plaintexts Encode(Matrix known, Unit unit, PaillierPublicKey key)
    {
        var counts = new BigInteger[known.Values.Length];
        for (var i = 0; i < counts.Length; i++) counts[i] = unit.Count(known.Values[i]);
        return Plaintexts.FromBigIntegers(key, counts);
    }

    private EncryptedMatrix Rearranged(int rows, int columns, Func<int, int, int> source)
    {
        var positions = new int[rows * columns];
        for (var i = 0; i < positions.Length; i++) positions[i] = source(i / columns, i % columns);
        return Of(Hidden!.Pick(positions), rows, columns, Unit, Bits);
    }

    private static void RequireSame(EncryptedMatrix left, EncryptedMatrix right)
    {
        if (left.Rows != right.Rows || left.Columns != right.Columns)
            throw new ArgumentException($"Shapes differ: {left.Rows} x {left.Columns} and {right.Rows} x {right.Columns}.", nameof(right));
    }
}
