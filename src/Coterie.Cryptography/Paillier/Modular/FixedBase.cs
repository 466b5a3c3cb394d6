using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// Powers of one base modulo n^2 out of a table of its powers to every digit of an exponent: a product a digit and no squares
/// (Brickell, Gordon, McCurley, Wilson, "Fast exponentiation with precomputation", EUROCRYPT '92, with one table a digit).
/// </summary>
internal sealed class FixedBase : IDisposable
{
    /// <summary>Blocks that go through the table side by side, so that a digit's part of it is in the cache for all but the first.</summary>
    private const int BlocksAtOnce = 8;

    private readonly ModularEngine _engine;
    private readonly ulong[] _table;
    private readonly int _window;
    private readonly int _digits;

    /// <summary>Builds the table.</summary>
    /// <param name="engine">The modulus.</param>
    /// <param name="base">A block of pairs, the base in all lanes.</param>
    /// <param name="bits">Bits of exponents.</param>
    /// <param name="window">Bits of a digit.</param>
    public FixedBase(ModularEngine engine, ReadOnlySpan<ulong> @base, int bits, int window)
    {
        (_engine, _window, Bits) = (engine, window, bits);
        _digits = (bits + window - 1) / window;
        var (length, entryLength, lanes) = (engine.PairLength, engine.EntryLength, engine.Lanes);
        _table = new ulong[(long)_digits * entryLength << window];
        // Block j holds base^(2^(window i)) in lane i - lanes j.
        var roots = new ulong[(_digits + lanes - 1) / lanes * length];
        var root = @base[..length].ToArray();
        var entry = new ulong[entryLength];
        for (var i = 0; i < _digits; i++)
        {
            engine.Extract(root, 0, entry);
            engine.Insert(entry, i % lanes, roots.AsSpan(i / lanes * length, length));
            for (var s = 0; s < window; s++) engine.SquarePairs(root, root);
        }
        var power = new ulong[length];
        for (var first = 0; first < _digits; first += lanes)
        {
            engine.One.CopyTo(power);
            for (var e = 0; e < 1 << window; e++)
            {
                for (var lane = 0; lane < lanes && first + lane < _digits; lane++)
                    engine.Extract(power, lane, DigitTable(first + lane).AsSpan().Slice(e * entryLength, entryLength));
                engine.MultiplyPairs(power, roots.AsSpan(first / lanes * length, length), power);
            }
        }
    }

    /// <summary>Bits of exponents.</summary>
    public int Bits { get; }

    /// <summary>Bytes that the table takes.</summary>
    public long TableBytes => sizeof(ulong) * (long)_table.Length;

    /// <summary>Raises the base to exponents of so many words, one a lane of so many blocks.</summary>
    public void Raise(ReadOnlySpan<ulong> exponents, int words, bool hardened, Span<ulong> results)
    {
        var length = _engine.PairLength;
        var factor = new ulong[length];
        var digits = new long[_engine.Lanes];
        var blocks = results.Length / length;
        for (var begin = 0; begin < blocks; begin += BlocksAtOnce)
        {
            var end = Math.Min(begin + BlocksAtOnce, blocks);
            for (var i = 0; i < _digits; i++)
            {
                var table = DigitTable(i);
                for (var block = begin; block < end; block++)
                {
                    for (var lane = 0; lane < digits.Length; lane++)
                        digits[lane] = (long)LittleWords.Bits(exponents.Slice(((block * digits.Length) + lane) * words, words), i * _window, Math.Min(_window, Bits - (i * _window)));
                    var result = results.Slice(block * length, length);
                    _engine.Select(table, shared: true, digits, hardened, i == 0 ? result : factor);
                    if (i > 0) _engine.MultiplyPairs(result, factor, result);
                }
            }
        }
        LittleWords.Zero(factor);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(digits.AsSpan()));
    }

    /// <summary>Zeroes the table: it tells the modulus.</summary>
    public void Dispose() => LittleWords.Zero(_table);

    private ArraySegment<ulong> DigitTable(int digit)
    {
        var length = _engine.EntryLength << _window;
        return new ArraySegment<ulong>(_table, digit * length, length);
    }
}
