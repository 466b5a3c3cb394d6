using System.Numerics;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>
/// A plain matrix times an encrypted vector: result i is the product over j of c_j^(a_ij). Straus's interleaving with signed digits of w bits: per column the powers
/// 1 to 2^(w-1) of c_j and of its inverse, shared by all rows; per row one product per digit, and either w squarings between digits or, where rows are many
/// and columns few, a table for each position of a digit and no squarings.
/// </summary>
internal sealed unsafe class GmpMatrixProduct : IDisposable
{
    /// <summary>Larger tables were measured and are no quicker: their cache misses cost what they save.</summary>
    private const long MostTableBytes = 16 << 20;

    // Widths at which 20-bit numbers take one digit fewer.
    private static readonly int[] Windows = [4, 5, 7, 10];

    private readonly GmpRing _ring;
    private readonly int _columns;
    private readonly int _window;
    private readonly int _half;
    private readonly int _digits;
    private readonly int _positions;
    private readonly Limbs _table;
    private readonly Limbs _one;
    private readonly Limbs _prefixes;
    private readonly Limbs _inverse;
    private readonly Mpz _number;
    private readonly Mpz _modulus;

    public GmpMatrixProduct(GmpRing ring, int rows, int columns)
    {
        (_ring, _columns) = (ring, columns);
        (_window, _positions) = Windows.SelectMany(w => ((int, int)[])[(w, 1), (w, DigitsOf(w))]).Where(s => TableBytes(s) <= MostTableBytes).MinBy(Products);
        _half = 1 << (_window - 1);
        _digits = DigitsOf(_window);
        _table = new Limbs(ring.Width, _positions * (columns << _window));
        _one = new Limbs(ring.Width);
        ring.Enter(_one.Pointer, BigInteger.One);
        _prefixes = new Limbs(ring.Width, columns);
        _inverse = new Limbs(ring.Width);
        _number = new Mpz(2 * ring.Width);
        _modulus = new Mpz(ring.Modulus);

        long TableBytes((int Window, int Positions) s) => (long)s.Positions * (columns << s.Window) * ring.Width * sizeof(ulong);
        double Products((int Window, int Positions) s) =>
            (DigitsOf(s.Window) * (double)rows * columns) + (s.Positions * (columns << s.Window)) + (s.Positions == 1 ? rows * s.Window * (DigitsOf(s.Window) - 1.0) : 0);
    }

    public long Bytes => _table.Bytes;

    /// <summary>
    /// Computes tables and all rows. <paramref name="vector"/>: residues of the ring; <paramref name="matrix"/>: row by row, from -2^19 up to 2^19 - 1.
    /// </summary>
    public void Multiply(Limbs results, ReadOnlySpan<int> matrix, Limbs vector)
    {
        FillTables(vector);
        var digits = new int[_columns * _digits];
        for (var row = 0; row < matrix.Length / _columns; row++)
        {
            Recode(matrix.Slice(row * _columns, _columns), digits);
            MultiplyRow(results[row], digits);
        }
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable[])[_table, _one, _prefixes, _inverse, _number, _modulus]) part.Dispose();
    }

    private static int DigitsOf(int window) => (PaillierWork.EntryBits + window - 1) / window;

    private void MultiplyRow(ulong* result, int[] digits)
    {
        var empty = true;
        for (var digit = _digits - 1; digit >= 0; digit--)
        {
            for (var i = 0; i < _window && !empty && _positions == 1; i++) _ring.Square(result, result);
            for (var column = 0; column < _columns; column++)
            {
                var d = digits[(column * _digits) + digit];
                if (d == 0) continue;
                var entry = _table[First(_positions == 1 ? 0 : digit, column) + (d > 0 ? d : _half - d) - 1];
                if (empty) Limbs.Copy(result, entry, _ring.Width);
                else _ring.Multiply(result, result, entry);
                empty = false;
            }
        }
        if (empty) Limbs.Copy(result, _one.Pointer, _ring.Width);
    }

    /// <summary>Digits from -2^(w-1) up to 2^(w-1); only the highest takes the upper end.</summary>
    private void Recode(ReadOnlySpan<int> row, int[] digits)
    {
        for (var column = 0; column < _columns; column++)
        {
            var rest = row[column];
            for (var i = 0; i < _digits; i++)
            {
                var digit = i == _digits - 1 ? rest : ((rest + _half) & ((2 * _half) - 1)) - _half;
                digits[(column * _digits) + i] = digit;
                rest = (rest - digit) >> _window;
            }
        }
    }

    /// <summary>All inverses from one (Montgomery's trick), then the powers.</summary>
    private void FillTables(Limbs vector)
    {
        Limbs.Copy(_prefixes[0], vector[0], _ring.Width);
        for (var i = 1; i < _columns; i++) _ring.Multiply(_prefixes[i], _prefixes[i - 1], vector[i]);
        _ring.Leave(_inverse.Pointer, _prefixes[_columns - 1]);
        _number.Set(_inverse.Pointer, _ring.Width);
        if (Mpz.Invert(_number, _number, _modulus) == 0) throw new InvalidOperationException("A ciphertext has no inverse.");
        _number.Get(_inverse.Pointer, _ring.Width);
        _ring.Enter(_inverse.Pointer, Limbs.Read(_inverse.Pointer, _ring.Width));
        for (var i = _columns - 1; i >= 0; i--)
        {
            var negative = _table[First(0, i) + _half];
            Limbs.Copy(_table[First(0, i)], vector[i], _ring.Width);
            if (i > 0) _ring.Multiply(negative, _inverse.Pointer, _prefixes[i - 1]);
            else Limbs.Copy(negative, _inverse.Pointer, _ring.Width);
            _ring.Multiply(_inverse.Pointer, _inverse.Pointer, vector[i]);
            foreach (var side in (int[])[0, _half])
                for (var position = 0; position < _positions; position++)
                    FillPowers(First(position, i) + side, position + 1 < _positions ? First(position + 1, i) + side : null);
        }
    }

    /// <summary>The powers from that at <paramref name="first"/> on, and the base of the next position: the last power, 2^(w-1), squared.</summary>
    private void FillPowers(int first, int? next)
    {
        for (var power = 1; power < _half; power++) _ring.Multiply(_table[first + power], _table[first + power - 1], _table[first]);
        if (next is { } position) _ring.Square(_table[position], _table[first + _half - 1]);
    }

    /// <summary>Where the powers of a column start, those of the inverse half a table later.</summary>
    private int First(int position, int column) => ((position * _columns) + column) << _window;
}
