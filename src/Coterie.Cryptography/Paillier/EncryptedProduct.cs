using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>
/// Products of plaintext matrices with one encrypted vector: entry i of the result encrypts the sum over j of a_ij v_j. Powers of every ciphertext are
/// tabulated once (Straus, "Addition chains of vectors", 1964), for all rows and all matrices; each row then takes one product per entry and digit.
/// </summary>
public sealed class EncryptedProduct
{
    /// <summary>Blocks of rows that go through a column's table side by side, so that it is in the cache for all but the first.</summary>
    private const int BlocksAtOnce = 8;

    private readonly PaillierOptions _options;
    private readonly int _columns;
    private readonly int _window;
    private readonly int _digits;
    private readonly int _entries;
    private readonly int _bits;
    private readonly SharedTable[] _tables;     // per column, powers -2^(w-1) to 2^(w-1)

    /// <summary>Tabulates the vector's powers.</summary>
    /// <param name="vector">The encrypted vector.</param>
    /// <param name="bits">Bits of the matrices' entries, without sign; at most 60.</param>
    /// <param name="rows">Rows to expect, by which the size of the tables is chosen.</param>
    /// <param name="options">How. Unless hardened, addresses tell the matrix' entries to who shares the processor's caches.</param>
    public EncryptedProduct(Ciphertexts vector, int bits, int rows, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(vector);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 60);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        (Key, _columns, _bits, _options) = (vector.Key, vector.Count, bits, options ?? PaillierOptions.Default);
        _window = WindowFor(bits, rows, _columns, Key.Engine.Lanes, _options.Hardened);
        _digits = DigitsOf(bits, _window);
        _entries = (1 << _window) + 1;
        _tables = new SharedTable[_columns];
        for (var j = 0; j < _columns; j++) _tables[j] = new SharedTable(Key.Engine, _entries, _options.Hardened);
        Tabulate(vector);
    }

    /// <summary>The key of the vector and of products.</summary>
    public PaillierPublicKey Key { get; }

    /// <summary>Bytes of all tables.</summary>
    public long TableBytes => _columns * SharedTable.BytesFor(Key.Engine, _entries, _options.Hardened);

    /// <summary>
    /// The product with a matrix of rows x columns entries, row by row. Its randomness is a function of the matrix: re-randomise it before it leaves.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">An entry of more bits than agreed.</exception>
    public Ciphertexts Multiply(ReadOnlySpan<long> matrix, int rows)
    {
        if (matrix.Length != (long)rows * _columns) throw new ArgumentException($"{matrix.Length} entries; {rows} x {_columns} expected.", nameof(matrix));
        // A sum of nothing: 0, which is encrypted as 1.
        if (_columns == 0) return Key.Trivial(new Plaintexts(rows, Key.Words));
        var (lanes, blocks, parts) = (Key.Engine.Lanes, Key.Blocks(rows), PartsOf(rows, Key.Engine.Lanes, _digits));
        var whole = parts == 1 ? blocks : blocks - 1;
        var groups = (whole + BlocksAtOnce - 1) / BlocksAtOnce;
        var digits = Recode(matrix);
        var results = new ulong[blocks * Key.Engine.PairLength];
        Batches.Run(groups + blocks - whole, _options.Threads, (from, to) =>
        {
            for (var group = from; group < to; group++)
            {
                if (group < groups) Accumulate(digits, rows, group * BlocksAtOnce, Math.Min((group + 1) * BlocksAtOnce, whole), 1, results);
                else
                {
                    Accumulate(digits, rows, whole, blocks, parts, results);
                    Join(Key.Block(results, whole), rows - (whole * lanes), parts);
                }
            }
        });
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(digits.AsSpan()));
        return new Ciphertexts(Key, rows, results);
    }

    /// <summary>
    /// In how many lanes each row of the last block is, when that is at most half full: as many as there are, each with its share of all entries' digits.
    /// </summary>
    private static int PartsOf(int rows, int lanes, int digits) => rows % lanes == 0 ? 1 : Math.Min(lanes / (rows % lanes), digits);

    /// <summary>Rows of some blocks, a row's parts side by side: those of the lowest digits in the first lanes.</summary>
    private void Accumulate(short[] digits, int rows, int first, int end, int parts, ulong[] results)
    {
        var (engine, zero, each) = (Key.Engine, 1 << (_window - 1), (_digits + parts - 1) / parts);
        var (factor, indices) = (new ulong[engine.PairLength], new long[engine.Lanes]);
        var taken = parts == 1 ? engine.Lanes : rows - (first * engine.Lanes);
        for (var d = each - 1; d >= 0; d--)
        {
            for (var block = first; block < end && d < each - 1; block++)
                for (var s = 0; s < _window; s++) engine.SquarePairs(Key.Block(results, block), Key.Block(results, block));
            for (var j = 0; j < _columns; j++)
            {
                for (var block = first; block < end; block++)
                {
                    for (var lane = 0; lane < indices.Length; lane++)
                    {
                        var (row, digit) = ((block * indices.Length) + (lane % taken), (lane / taken * each) + d);
                        indices[lane] = row < rows && digit < _digits ? digits[(((row * _columns) + j) * _digits) + digit] : zero;
                    }
                    var isFirst = d == each - 1 && j == 0;
                    _tables[j].Select(indices, isFirst ? Key.Block(results, block) : factor);
                    if (!isFirst) engine.MultiplyPairs(Key.Block(results, block), factor, Key.Block(results, block));
                }
            }
        }
        LittleWords.Zero(factor);
        Array.Clear(indices);
    }

    /// <summary>Puts the parts of so many rows together: from the highest digits down, as <see cref="Accumulate"/> does within a part.</summary>
    private void Join(Span<ulong> block, int rows, int parts)
    {
        var (engine, each) = (Key.Engine, (_digits + parts - 1) / parts);
        var (sum, part) = (new ulong[engine.PairLength], new ulong[engine.PairLength]);
        engine.Rotate(block, (parts - 1) * rows, sum);
        for (var k = parts - 2; k >= 0; k--)
        {
            for (var s = 0; s < _window * each; s++) engine.SquarePairs(sum, sum);
            engine.Rotate(block, k * rows, part);
            engine.MultiplyPairs(sum, part, sum);
        }
        sum.CopyTo(block);
    }

    /// <summary>Per column the powers -2^(w-1) to 2^(w-1), as many columns at a time as there are lanes.</summary>
    private void Tabulate(Ciphertexts vector)
    {
        var (engine, half) = (Key.Engine, 1 << (_window - 1));
        var inverses = vector.Blocks.AsSpan().ToArray();
        Inverses.Invert(engine, inverses);
        Batches.Run(Key.Blocks(_columns), _options.Threads, (from, to) =>
        {
            for (var block = from; block < to; block++)
            {
                var power = Key.Block(inverses, block);
                var factor = Key.Block(vector.Blocks, block).ToArray();
                for (var s = 0; s < _window - 1; s++) engine.SquarePairs(power, power);
                var columns = _tables.AsSpan(block * engine.Lanes, Math.Min(engine.Lanes, _columns - (block * engine.Lanes)));
                // Where lanes are left for it, the powers that are not negative come about beside the others.
                var isSplit = 2 * columns.Length <= engine.Lanes;
                for (var lane = 0; lane < columns.Length && isSplit; lane++)
                {
                    CopyLane(engine, factor, lane, factor, columns.Length + lane);
                    CopyLane(engine, engine.One, 0, power, columns.Length + lane);
                }
                for (var e = 0; e <= (isSplit ? half : 2 * half); e++)
                {
                    for (var lane = 0; lane < columns.Length; lane++)
                    {
                        columns[lane].Put(e, power, lane);
                        if (isSplit) columns[lane].Put(half + e, power, columns.Length + lane);
                    }
                    engine.MultiplyPairs(power, factor, power);
                }
            }
        });
    }

    private static void CopyLane(ModularEngine engine, ReadOnlySpan<ulong> source, int from, Span<ulong> target, int to)
    {
        for (var i = 0; i < engine.PairLength; i += engine.Lanes) target[i + to] = source[i + from];
    }

    /// <summary>Entries as digits in [-2^(w-1), 2^(w-1)), the highest up to 2^(w-1), each plus 2^(w-1): indices into a table.</summary>
    private short[] Recode(ReadOnlySpan<long> matrix)
    {
        var digits = new short[(long)matrix.Length * _digits];
        var half = 1L << (_window - 1);
        for (var i = 0; i < matrix.Length; i++)
        {
            var rest = matrix[i];
            if (rest >= 1L << _bits || rest <= -(1L << _bits)) throw new ArgumentOutOfRangeException(nameof(matrix), $"Entry {i} has more than {_bits} bits.");
            for (var d = 0; d < _digits; d++)
            {
                var digit = d == _digits - 1 ? rest : ((rest + half) & ((1L << _window) - 1)) - half;
                digits[(i * _digits) + d] = (short)(digit + half);
                rest = (rest - digit) >> _window;
            }
        }
        return digits;
    }

    /// <summary>Digits of w bits that reach 2^bits - 1: the highest may be 2^(w-1), those below add less than one to it.</summary>
    private static int DigitsOf(int bits, int window) => (bits + window) / window;

    /// <summary>The window with the least work, in products of blocks.</summary>
    private static int WindowFor(int bits, int rows, int columns, int lanes, bool hardened)
    {
        // A square costs about 4/5 of a product; a choice among entries 1/1000 of one each when all are read, and 1/10 when they are not.
        const double Square = 0.8;
        double Cost(int window)
        {
            var (digits, choice) = (DigitsOf(bits, window), hardened ? (1 << window) / 1000.0 : 0.1);
            var each = (digits + PartsOf(rows, lanes, digits) - 1) / PartsOf(rows, lanes, digits);
            var (whole, left) = (rows / lanes, rows % lanes == 0 ? 0 : 1);
            var table = (1 << window) * ((columns / lanes) + (columns % lanes == 0 ? 0 : 2 * (columns % lanes) <= lanes ? 0.5 : 1));
            return table + (columns * ((whole * digits) + (left * each)) * (1 + choice)) + (Square * window * digits * (whole + left));
        }
        return Enumerable.Range(2, 8).MinBy(Cost);
    }
}
