using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>
/// Re-randomises ciphertexts: multiplies with powers of y_1^n to y_8^n for y_j of this object's own, and with a random sign. All y_j have Jacobi symbol -1, so that with
/// the sign every class of quadratic residues is reached. Thread-safe.
/// </summary>
/// <remarks>
/// Made by the constructor it does so against everybody, the key's owner too, who knows the factors and chose the key's own base: exponents of all eight together are 160 bits
/// longer than n, so that products are, but for 2^-80 in the mean over the y_j, uniform in the group the y_j^n generate. For a character of order m that is not trivial on them the mean over y_j of the eight factors'
/// squares is at most 2 m^-6 2^-2t for m below 2^t, t bits an exponent, of which there are m^2, and 2^-8t beyond, of which there are fewer than n. Made by <see cref="AgainstOthers"/>, with a single base, it takes half the time.
/// For an odd prime r that divides p - 1 or q - 1, all y_j are r-th powers there with probability r^-8; the owner then learns the class modulo r-th powers
/// of what the evaluator multiplied: less than log2(r) bits about a sum of its coefficients. Fresh y_j for every run keep that rare and small; it is not nothing.
/// </remarks>
public sealed class Rerandomizer
{
    /// <summary>Bits of exponents beyond those of n: the square of the distance from uniform is 2 to minus this.</summary>
    private const int StatisticalBits = 160;

    /// <summary>Bases against everybody: as many as the widest engine has lanes, whose powers then come about side by side.</summary>
    private const int Bases = 8;

    /// <summary>Ciphertexts whose randomness is made at a time, after a first few: lanes are full, and the table is read once for all of them.</summary>
    private const int MadeAtOnce = 64;

    /// <summary>Digits of exponents that share a table: a run's few thousand ciphertexts do not repay one each, and a few dozen not one for every two.</summary>
    private const int Turns = 2, TurnsForFew = 8;

    private readonly Lock _gate = new();
    private readonly FixedBase _powers;
    private readonly CryptographicRandom _random;
    private readonly PaillierOptions _options;
    private Ciphertexts? _made;
    private int _taken;

    /// <summary>Against everybody, the key's owner too. Draws the y_j and builds the tables of their powers.</summary>
    /// <param name="key">Of the ciphertexts.</param>
    /// <param name="random">Where the y_j, and noise unless it is given later, come from.</param>
    /// <param name="options">How.</param>
    /// <param name="forFew">Whether it will serve some dozens of ciphertexts rather than thousands: tables are a quarter then, and a ciphertext takes a tenth longer.</param>
    public Rerandomizer(PaillierPublicKey key, CryptographicRandom random, PaillierOptions? options = null, bool forFew = false)
        : this(key, random, options, (key ?? throw new ArgumentNullException(nameof(key))).Bits + StatisticalBits, Bases, forFew ? TurnsForFew : Turns)
    {
    }

    private Rerandomizer(PaillierPublicKey key, CryptographicRandom random, PaillierOptions? options, int exponentBits, int bases, int turns)
    {
        ArgumentNullException.ThrowIfNull(random);
        (Key, _random, _options) = (key, random, options ?? PaillierOptions.Default);
        var engine = key.Engine;
        var blocks = Math.Max(1, bases / engine.Lanes);
        var (roots, numbers) = (new ulong[blocks * engine.PairLength], new ulong[blocks * engine.Lanes * key.Words]);
        for (var i = 0; i < bases; i++)
        {
            var y = Draw(key, random);
            // A single base stands in all lanes.
            for (var lane = i; lane < blocks * engine.Lanes; lane += bases) y.CopyTo(numbers, lane * key.Words);
            LittleWords.Zero(y);
        }
        for (var block = 0; block < blocks; block++)
        {
            var root = roots.AsSpan(block * engine.PairLength, engine.PairLength);
            engine.LoadPairs(numbers.AsSpan(block * engine.Lanes * key.Words, engine.Lanes * key.Words), key.Words, root);
            Powers.RaiseAll(engine, root, key.Modulus, key.Bits, hardened: false, root);
        }
        _powers = new FixedBase(engine, roots, bases, exponentBits, _options.Hardened ? PaillierPublicKey.HardenedWindow : PaillierPublicKey.OpenWindow, turns, _options.Hardened);
        LittleWords.Zero(numbers);
        LittleWords.Zero(roots);
    }

    /// <summary>
    /// Against whoever does not know the factors of n, and nobody else: exponents have half the bits of n, the short ones of Damgard, Jurik and Nielsen
    /// (IJIS 2010, section 4.2), whose powers only look uniform to them. Never for ciphertexts that reach the key's owner, in whatever way: for the
    /// owner they are far from uniform, so that what is left of the former randomness may tell what was multiplied.
    /// </summary>
    public static Rerandomizer AgainstOthers(PaillierPublicKey key, CryptographicRandom random, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new Rerandomizer(key, random, options, key.ExponentBits, 1, Turns);
    }

    /// <summary>The key of the ciphertexts.</summary>
    public PaillierPublicKey Key { get; }

    /// <summary>Bits of exponents, of all bases together.</summary>
    internal int ExponentBits => _powers.Bits;

    /// <summary>Bytes of the tables.</summary>
    public long TableBytes => _powers.TableBytes;

    /// <summary>The same plaintexts under randomness that nobody knows.</summary>
    public Ciphertexts Apply(Ciphertexts ciphertexts)
    {
        Key.Check(ciphertexts);
        var noise = Take(ciphertexts.Count);
        var fresh = Key.Add(ciphertexts, noise, _options);
        LittleWords.Zero(noise.Blocks);
        return fresh;
    }

    /// <summary>The same with randomness out of a stream of the caller's: a party that restarts, with the same y_j and the same stream, sends the same ciphertexts again.</summary>
    public Ciphertexts Apply(Ciphertexts ciphertexts, CryptographicRandom random)
    {
        Key.Check(ciphertexts);
        ArgumentNullException.ThrowIfNull(random);
        var noise = Make(ciphertexts.Count, random);
        var fresh = Key.Add(ciphertexts, noise, _options);
        LittleWords.Zero(noise.Blocks);
        return fresh;
    }

    /// <summary>Powers with random exponents and signs, each given out once.</summary>
    private Ciphertexts Take(int count)
    {
        lock (_gate)
        {
            if (_made is null || _made.Count - _taken < count)
            {
                var left = _made?.Pick([.. Enumerable.Range(_taken, _made.Count - _taken)]);
                var missing = count - (left?.Count ?? 0);
                var lanes = Key.Engine.Lanes;
                var more = Make(_made is null ? (missing + lanes - 1) / lanes * lanes : Math.Max(missing, MadeAtOnce), _random);
                Forget();
                (_made, _taken) = (left is null ? more : left.Concat(more), 0);
                if (left is not null) LittleWords.Zero(left.Blocks);
            }
            var taken = _made.Pick([.. Enumerable.Range(_taken, count)]);
            _taken += count;
            return taken;
        }
    }

    private Ciphertexts Make(int count, CryptographicRandom random)
    {
        var powers = Key.Raise(_powers, count, random, _options);
        Signs(powers, random);
        return powers;
    }

    private void Forget()
    {
        if (_made is not null) LittleWords.Zero(_made.Blocks);
    }

    /// <summary>Negates each with probability one half: -1 is its own n-th power. Negatives stay above 2n, with room for the product that they are made for.</summary>
    private void Signs(Ciphertexts ciphertexts, CryptographicRandom random)
    {
        var engine = Key.Engine;
        var zero = new ulong[engine.PairLength];
        var table = new ulong[2 * engine.PairLength];
        var digits = new long[engine.Lanes];
        // As many as there are ciphertexts: what comes after in the stream does not depend on the machine's lanes.
        var bits = random.Bytes(ciphertexts.Count);
        for (var i = 0; i < Key.Blocks(ciphertexts.Count); i++)
        {
            var block = Key.Block(ciphertexts.Blocks, i);
            block.CopyTo(table);
            engine.SubtractPairs(zero, block, table.AsSpan(engine.PairLength));
            for (var lane = 0; lane < digits.Length; lane++) digits[lane] = (i * digits.Length) + lane is var at && at < bits.Length ? bits[at] & 1 : 0;
            engine.Select(table, shared: false, digits, hardened: true, block);
        }
        LittleWords.Zero(table);
        Array.Clear(digits);
        Array.Clear(bits);
    }

    /// <summary>A uniform number below n with Jacobi symbol -1: half of those coprime to n.</summary>
    internal static ulong[] Draw(PaillierPublicKey key, CryptographicRandom random)
    {
        var y = new ulong[key.Words];
        do
        {
            random.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(y.AsSpan()));
            y[^1] &= ulong.MaxValue >> ((64 * key.Words) - key.Bits);
        }
        while (!LittleWords.IsBelow(y, key.Modulus) || Jacobi.Symbol(LittleWords.ToBigInteger(y), LittleWords.ToBigInteger(key.Modulus)) != -1);
        return y;
    }
}
