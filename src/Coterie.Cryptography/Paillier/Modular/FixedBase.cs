using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// Powers of one base modulo n^2 out of tables of its powers: a product a digit of the exponent, and hardly a square
/// (Brickell, Gordon, McCurley, Wilson, "Fast exponentiation with precomputation", EUROCRYPT '92, with one table a digit). In several turns
/// a table serves as many digits, from the highest of them down, and the power is raised by one digit in between (Lim, Lee, "More flexible
/// exponentiation with precomputation", CRYPTO '94): so many times less to build and to keep in caches.
/// </summary>
internal sealed class FixedBase : IDisposable
{
    /// <summary>Blocks that go through the tables side by side, so that a digit's is in the cache for all but the first.</summary>
    private const int BlocksAtOnce = 8;

    private readonly ModularEngine _engine;
    private readonly SharedTable[] _tables;
    private readonly int _window;
    private readonly int _turns;

    /// <summary>Builds the tables.</summary>
    /// <param name="engine">The modulus.</param>
    /// <param name="base">A block of pairs, the base in all lanes.</param>
    /// <param name="bits">Bits of exponents.</param>
    /// <param name="window">Bits of a digit.</param>
    /// <param name="turns">Digits that share a table.</param>
    /// <param name="hardened">Whether tables are read whole.</param>
    public FixedBase(ModularEngine engine, ReadOnlySpan<ulong> @base, int bits, int window, int turns, bool hardened)
        : this(engine, @base, 1, bits, window, turns, hardened)
    {
    }

    /// <summary>
    /// Builds the tables of a product of powers of several bases: an exponent's digits go to them in turn, so many at a time as share a table. To uniform exponents it is all the same which digits are whose.
    /// </summary>
    /// <param name="engine">The modulus.</param>
    /// <param name="bases">Blocks of pairs, a base a lane; of a single base the base in all lanes.</param>
    /// <param name="count">How many bases; 1, or a multiple of the lanes.</param>
    /// <param name="bits">Bits of exponents, of all bases together.</param>
    /// <param name="window">Bits of a digit.</param>
    /// <param name="turns">Digits that share a table.</param>
    /// <param name="hardened">Whether tables are read whole.</param>
    public FixedBase(ModularEngine engine, ReadOnlySpan<ulong> bases, int count, int bits, int window, int turns, bool hardened)
    {
        (_engine, _window, _turns, Bits) = (engine, window, turns, bits);
        var (length, lanes) = (engine.PairLength, engine.Lanes);
        _tables = new SharedTable[(((bits + window - 1) / window) + turns - 1) / turns];
        TableBytes = _tables.Length * SharedTable.BytesFor(engine, 1 << window, hardened);
        for (var i = 0; i < _tables.Length; i++) _tables[i] = new SharedTable(engine, 1 << window, hardened);
        var roots = count == 1 ? RootsOfOne(bases[..length]) : RootsOfMany(bases[..(count / lanes * length)]);
        var power = new ulong[length];
        for (var first = 0; first < _tables.Length; first += lanes)
        {
            engine.One.CopyTo(power);
            for (var e = 0; e < 1 << window; e++)
            {
                for (var lane = 0; lane < lanes && first + lane < _tables.Length; lane++) _tables[first + lane].Put(e, power, lane);
                engine.MultiplyPairs(power, roots.AsSpan(first / lanes * length, length), power);
            }
        }
    }

    /// <summary>Bits of exponents, of all bases together.</summary>
    public int Bits { get; }

    /// <summary>Bytes that the tables take.</summary>
    public long TableBytes { get; }

    /// <summary>Raises the base to exponents of so many words, one a lane of so many blocks.</summary>
    public void Raise(ReadOnlySpan<ulong> exponents, int words, Span<ulong> results)
    {
        var length = _engine.PairLength;
        var factor = new ulong[length];
        var digits = new long[_engine.Lanes];
        var blocks = results.Length / length;
        for (var begin = 0; begin < blocks; begin += BlocksAtOnce)
        {
            var end = Math.Min(begin + BlocksAtOnce, blocks);
            var isFirst = true;
            for (var turn = _turns - 1; turn >= 0; turn--)
            {
                for (var i = 0; i < _tables.Length; i++)
                {
                    var offset = ((i * _turns) + turn) * _window;
                    if (offset >= Bits) continue;
                    for (var block = begin; block < end; block++)
                    {
                        for (var lane = 0; lane < digits.Length; lane++)
                            digits[lane] = (long)LittleWords.Bits(exponents.Slice(((block * digits.Length) + lane) * words, words), offset, Math.Min(_window, Bits - offset));
                        var result = results.Slice(block * length, length);
                        _tables[i].Select(digits, isFirst ? result : factor);
                        if (!isFirst) _engine.MultiplyPairs(result, factor, result);
                    }
                    isFirst = false;
                }
                for (var block = begin; block < end && turn > 0 && !isFirst; block++)
                    for (var s = 0; s < _window; s++) _engine.SquarePairs(results.Slice(block * length, length), results.Slice(block * length, length));
            }
        }
        LittleWords.Zero(factor);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(digits.AsSpan()));
    }

    /// <summary>Zeroes the tables: they tell the modulus.</summary>
    public void Dispose()
    {
        foreach (var table in _tables) table.Clear();
    }

    /// <summary>Block j holds base^(2^(window turns i)) in lane i - lanes j.</summary>
    private ulong[] RootsOfOne(ReadOnlySpan<ulong> @base)
    {
        var (length, lanes) = (_engine.PairLength, _engine.Lanes);
        var roots = new ulong[(_tables.Length + lanes - 1) / lanes * length];
        var (root, entry) = (@base.ToArray(), new ulong[_engine.EntryLength]);
        for (var i = 0; i < _tables.Length; i++)
        {
            _engine.Extract(root, 0, entry);
            _engine.Insert(entry, i % lanes, roots.AsSpan(i / lanes * length, length));
            for (var s = 0; s < _window * _turns && i < _tables.Length - 1; s++) _engine.SquarePairs(root, root);
        }
        return roots;
    }

    /// <summary>The bases' own blocks, then those of their 2^(window turns)-th powers, and so on: all lanes are raised at once.</summary>
    private ulong[] RootsOfMany(ReadOnlySpan<ulong> bases)
    {
        var (length, blocks) = (_engine.PairLength, (_tables.Length + _engine.Lanes - 1) / _engine.Lanes);
        var roots = new ulong[blocks * length];
        bases[..Math.Min(bases.Length, roots.Length)].CopyTo(roots);
        for (var block = bases.Length / length; block < blocks; block++)
        {
            var root = roots.AsSpan(block * length, length);
            roots.AsSpan((block * length) - bases.Length, length).CopyTo(root);
            for (var s = 0; s < _window * _turns; s++) _engine.SquarePairs(root, root);
        }
        return roots;
    }
}
