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
        _window = WindowFor(bits, rows, _options.Hardened);
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
        var engine = Key.Engine;
        var (length, lanes, blocks) = (engine.PairLength, engine.Lanes, Key.Blocks(rows));
        var digits = Recode(matrix);
        var results = new ulong[blocks * length];
        Batches.Run((blocks + BlocksAtOnce - 1) / BlocksAtOnce, _options.Threads, (from, to) =>
        {
            var factor = new ulong[length];
            var indices = new long[lanes];
            for (var group = from; group < to; group++)
            {
                var (first, end) = (group * BlocksAtOnce, Math.Min((group + 1) * BlocksAtOnce, blocks));
                for (var block = first; block < end; block++) engine.One.CopyTo(Key.Block(results, block));
                for (var d = _digits - 1; d >= 0; d--)
                {
                    for (var block = first; block < end && d < _digits - 1; block++)
                        for (var s = 0; s < _window; s++) engine.SquarePairs(Key.Block(results, block), Key.Block(results, block));
                    for (var j = 0; j < _columns; j++)
                    {
                        for (var block = first; block < end; block++)
                        {
                            for (var lane = 0; lane < lanes; lane++)
                            {
                                var row = (block * lanes) + lane;
                                indices[lane] = row < rows ? digits[(((row * _columns) + j) * _digits) + d] : 1 << (_window - 1);
                            }
                            _tables[j].Select(indices, factor);
                            engine.MultiplyPairs(Key.Block(results, block), factor, Key.Block(results, block));
                        }
                    }
                }
            }
        });
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(digits.AsSpan()));
        return new Ciphertexts(Key, rows, results);
    }

    /// <summary>Per column the powers -2^(w-1) to 2^(w-1), eight columns at a time.</summary>
    private void Tabulate(Ciphertexts vector)
    {
        var engine = Key.Engine;
        var length = engine.PairLength;
        var inverses = vector.Blocks.AsSpan().ToArray();
        Inverses.Invert(engine, inverses);
        Batches.Run(inverses.Length / length, _options.Threads, (from, to) =>
        {
            for (var block = from; block < to; block++)
            {
                var power = Key.Block(inverses, block);
                for (var s = 0; s < _window - 1; s++) engine.SquarePairs(power, power);
                for (var e = 0; e < _entries; e++)
                {
                    for (var lane = 0; lane < engine.Lanes && (block * engine.Lanes) + lane < _columns; lane++)
                        _tables[(block * engine.Lanes) + lane].Put(e, power, lane);
                    engine.MultiplyPairs(power, Key.Block(vector.Blocks, block), power);
                }
            }
        });
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

    /// <summary>The window with the least work: a column's table, and per row and digit a product and, when hardened, a look at every entry.</summary>
    private static int WindowFor(int bits, int rows, bool hardened)
    {
        // A look at an entry costs about 1/400 of a product.
        double Cost(int window) => (1 << window) + ((double)rows * DigitsOf(bits, window) * (1 + (hardened ? (1 << window) / 400.0 : 0.1)));
        return Enumerable.Range(2, 8).MinBy(Cost);
    }
}
