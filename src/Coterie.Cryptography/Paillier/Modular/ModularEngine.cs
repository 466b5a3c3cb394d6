using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// Arithmetic modulo n and modulo n^2 for one odd modulus n, on blocks of <see cref="Lanes"/> independent numbers at once. No branch and no
/// address depends on the numbers or on n, only on n's length, except where a method says so.
/// </summary>
/// <remarks>
/// A single is a number modulo n. A pair (u, v) is the number u + n v modulo n^2. Both are kept in Montgomery form, x R for R = 2^(bits of all
/// limbs), and lazily: below 2n after a product, below 2^7 n after sums. With T = u u' and m = -T/n mod R, T + m n = R w, so that a product needs
/// nothing wider than n: u u' / R = w - (m/R) n, and (u + n v)(u' + n v') / R = w + n ((u v' + v u' - m) / R mod n) modulo n^2.
/// A block is opaque to everybody else; numbers enter and leave as little-endian 64-bit words.
/// </remarks>
internal abstract class ModularEngine : IDisposable
{
    /// <summary>Room above n that lazy numbers need: R is at least n times two to this.</summary>
    protected const int SlackBits = 16;

    private readonly ulong[] _modulus;

    protected ModularEngine(ReadOnlySpan<ulong> modulus)
    {
        if (modulus.IsEmpty || modulus[^1] == 0 || (modulus[0] & 1) == 0)
            throw new ArgumentException("A modulus is odd and its highest word is not zero.", nameof(modulus));
        _modulus = modulus.ToArray();
    }

    /// <summary>Numbers side by side in a block.</summary>
    public abstract int Lanes { get; }

    /// <summary>Words of n.</summary>
    public int Words => _modulus.Length;

    /// <summary>n, little-endian.</summary>
    public ReadOnlySpan<ulong> Modulus => _modulus;

    /// <summary>Words that a block of singles occupies.</summary>
    public abstract int SingleLength { get; }

    /// <summary>Words that a block of pairs occupies: a block of singles u, then one of singles v.</summary>
    public int PairLength => 2 * SingleLength;

    /// <summary>Words that one pair occupies in a table that all lanes share.</summary>
    public int EntryLength => PairLength / Lanes;

    /// <summary>One, as a block of pairs; its first half is one as a block of singles.</summary>
    public abstract ReadOnlySpan<ulong> One { get; }

    /// <summary>z = x y modulo n^2. z may be x or y.</summary>
    public abstract void MultiplyPairs(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z);

    /// <summary>z = x^2 modulo n^2. z may be x.</summary>
    public abstract void SquarePairs(ReadOnlySpan<ulong> x, Span<ulong> z);

    /// <summary>z = x y modulo n. z may be x or y.</summary>
    public abstract void MultiplySingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z);

    /// <summary>z = x^2 modulo n. z may be x.</summary>
    public abstract void SquareSingles(ReadOnlySpan<ulong> x, Span<ulong> z);

    /// <summary>z = x + y modulo n, lazily: the bounds add up. z may be x or y.</summary>
    public abstract void AddSingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z);

    /// <summary>z = x - y modulo n for y below 64 n, lazily. z may be x or y.</summary>
    public abstract void SubtractSingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z);

    /// <summary>
    /// Takes <see cref="Lanes"/> numbers of <paramref name="words"/> words each, of any size, modulo n^2.
    /// </summary>
    public abstract void LoadPairs(ReadOnlySpan<ulong> numbers, int words, Span<ulong> pairs);

    /// <summary>Takes <see cref="Lanes"/> numbers of <paramref name="words"/> words each, of any size, modulo n.</summary>
    public abstract void LoadSingles(ReadOnlySpan<ulong> numbers, int words, Span<ulong> singles);

    /// <summary>The halves of each number below n^2, u and v below n, u + n v: twice <see cref="Words"/> words each, u first.</summary>
    public abstract void StoreHalves(ReadOnlySpan<ulong> pairs, Span<ulong> halves);

    /// <summary>Each number below n, <see cref="Words"/> words each.</summary>
    public abstract void StoreSingles(ReadOnlySpan<ulong> singles, Span<ulong> numbers);

    /// <summary>
    /// Every lane's pair out of a table. Reads all entries, whatever the digits are, unless <paramref name="hardened"/> is false: then the
    /// addresses read tell the digits.
    /// </summary>
    /// <param name="table">
    /// Entries of <see cref="PairLength"/> words, one pair per lane; or entries that all lanes share, of <see cref="EntryLength"/> words or, to be all read,
    /// side by side in the lanes of blocks of pairs. A <see cref="SharedTable"/> has them as they have to be.
    /// </param>
    /// <param name="shared">Whether lanes share entries.</param>
    /// <param name="digits">Per lane, an index below the number of entries.</param>
    /// <param name="hardened">Whether all entries are read.</param>
    /// <param name="pairs">The block to fill.</param>
    public abstract void Select(ReadOnlySpan<ulong> table, bool shared, ReadOnlySpan<long> digits, bool hardened, Span<ulong> pairs);

    /// <summary>One lane's pair as an entry of a table that all lanes share.</summary>
    public abstract void Extract(ReadOnlySpan<ulong> pairs, int lane, Span<ulong> entry);

    /// <summary>Puts an entry into one lane of a block.</summary>
    public abstract void Insert(ReadOnlySpan<ulong> entry, int lane, Span<ulong> pairs);

    /// <summary>An entry in all lanes.</summary>
    public void InsertAll(ReadOnlySpan<ulong> entry, Span<ulong> pairs)
    {
        for (var lane = 0; lane < Lanes; lane++) Insert(entry, lane, pairs);
    }

    /// <summary>The numbers of a block, each so many lanes further down, round and round: number i + <paramref name="by"/> in lane i.</summary>
    public void Rotate(ReadOnlySpan<ulong> block, int by, Span<ulong> target)
    {
        var lanes = Lanes;
        for (var i = 0; i < block.Length; i += lanes)
        {
            block.Slice(i + by, lanes - by).CopyTo(target[i..]);
            block.Slice(i, by).CopyTo(target[(i + lanes - by)..]);
        }
    }

    /// <summary>z = x - y modulo n^2 for y below 64 n in either half, lazily. z may be x or y.</summary>
    public abstract void SubtractPairs(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z);

    /// <summary>Each number below n^2, twice <see cref="Words"/> words each; of the first lanes, where there is no room for all.</summary>
    public void StorePairs(ReadOnlySpan<ulong> pairs, Span<ulong> numbers)
    {
        var halves = new ulong[2 * Words * Lanes];
        StoreHalves(pairs, halves);
        for (var lane = 0; lane < Lanes && 2 * Words * lane < numbers.Length; lane++)
        {
            var half = halves.AsSpan(2 * Words * lane, 2 * Words);
            LittleWords.MultiplyAdd(half[Words..], _modulus, half[..Words], numbers.Slice(2 * Words * lane, 2 * Words));
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(halves.AsSpan()));
    }

    /// <summary>Zeroes everything that depends on the modulus.</summary>
    public virtual void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_modulus.AsSpan()));
}
