using System.Numerics;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// What engines have in common that keep numbers as limbs: limb i of all lanes side by side, then limb i + 1. How a limb is kept in its word is
/// the engine's own.
/// </summary>
internal abstract class LimbEngine : ModularEngine
{
    private readonly int _limbBits;
    private readonly ulong[][] _powers;         // pairs R^2, R^3, ... modulo n^2, one per piece of a number to take
    private readonly ulong[] _radix;            // R modulo n^2 is this and the next times n
    private readonly ulong[] _radixAbove;
    private ulong[] _one = [];
    private ulong[] _plainOne = [];             // the pair (1, 0): leaves Montgomery form

    /// <summary>For limbs of so many bits, a multiple of <paramref name="tile"/> of them, up to <paramref name="maximum"/>.</summary>
    protected LimbEngine(ReadOnlySpan<ulong> modulus, int limbBits, int tile, int maximum) : base(modulus)
    {
        _limbBits = limbBits;
        var bits = (64 * Words) - BitOperations.LeadingZeroCount(modulus[^1]);
        var tileBits = tile * limbBits;
        Limbs = (bits + SlackBits + tileBits - 1) / tileBits * tile;
        if (Limbs > maximum)
            throw new ArgumentOutOfRangeException(nameof(modulus), bits, $"A modulus has at most {(maximum / tile * tileBits) - SlackBits} bits.");
        (_radix, _radixAbove) = (new ulong[Words], new ulong[Words]);
        LittleWords.PowerOfTwo(RadixBits, modulus, _radix, _radixAbove);
        // A number to take may have twice the bits of n^2, as a ciphertext has modulo the square of a factor.
        _powers = new ulong[((256 * Words) + RadixBits - 1) / RadixBits][];
    }

    public override int SingleLength => Limbs * Lanes;

    public override ReadOnlySpan<ulong> One => _one;

    /// <summary>Limbs of a number.</summary>
    protected int Limbs { get; }

    /// <summary>R modulo n.</summary>
    protected ReadOnlySpan<ulong> RadixModuloN => _radix;

    /// <summary>The logarithm of R.</summary>
    private int RadixBits => Limbs * _limbBits;

    public override void LoadPairs(ReadOnlySpan<ulong> numbers, int words, Span<ulong> pairs)
    {
        if (words > 4 * Words) throw new ArgumentOutOfRangeException(nameof(words), words, $"A number to take has at most {4 * Words} words.");
        var (pieces, sum) = (new ulong[PairLength], new ulong[PairLength]);
        for (var piece = 0; piece * RadixBits < 64 * words; piece++)
        {
            pieces.AsSpan().Clear();
            for (var lane = 0; lane < Lanes; lane++) ToLimbs(numbers.Slice(lane * words, words), pieces, lane, piece * RadixBits);
            Encode(pieces.AsSpan(0, SingleLength));
            // Any piece is below R, so that the product is below 4 n in either half.
            MultiplyPairs(pieces, _powers[piece], pieces);
            AddSingles(sum.AsSpan(0, SingleLength), pieces.AsSpan(0, SingleLength), sum.AsSpan(0, SingleLength));
            AddSingles(sum.AsSpan(SingleLength), pieces.AsSpan(SingleLength), sum.AsSpan(SingleLength));
        }
        MultiplyPairs(sum, _one, pairs);
        LittleWords.Zero(pieces);
        LittleWords.Zero(sum);
    }

    public override void LoadSingles(ReadOnlySpan<ulong> numbers, int words, Span<ulong> singles)
    {
        if (64 * words <= RadixBits)
        {
            var limbs = new ulong[SingleLength];
            for (var lane = 0; lane < Lanes; lane++) ToLimbs(numbers.Slice(lane * words, words), limbs, lane, 0);
            Encode(limbs);
            MultiplySingles(limbs, _powers[0].AsSpan(0, SingleLength), singles);
            LittleWords.Zero(limbs);
            return;
        }
        var pairs = new ulong[PairLength];
        LoadPairs(numbers, words, pairs);
        pairs.AsSpan(0, SingleLength).CopyTo(singles);
        LittleWords.Zero(pairs);
    }

    public override void StoreHalves(ReadOnlySpan<ulong> pairs, Span<ulong> halves)
    {
        var plain = new ulong[PairLength];
        MultiplyPairs(pairs, _plainOne, plain);
        Decode(plain);
        for (var lane = 0; lane < Lanes; lane++)
        {
            // u is at most n, v at most n + 1.
            var u = halves.Slice(2 * Words * lane, Words);
            var v = halves.Slice(((2 * lane) + 1) * Words, Words);
            var over = LittleWords.SubtractOnce(u, FromLimbs(plain.AsSpan(0, SingleLength), lane, u), Modulus, u);
            var above = FromLimbs(plain.AsSpan(SingleLength), lane, v) + LittleWords.Add(v, over);
            LittleWords.SubtractOnce(v, above, Modulus, v);
        }
        LittleWords.Zero(plain);
    }

    public override void StoreSingles(ReadOnlySpan<ulong> singles, Span<ulong> numbers)
    {
        var plain = new ulong[SingleLength];
        MultiplySingles(singles, _plainOne.AsSpan(0, SingleLength), plain);
        Decode(plain);
        for (var lane = 0; lane < Lanes; lane++)
        {
            var number = numbers.Slice(Words * lane, Words);
            LittleWords.SubtractOnce(number, FromLimbs(plain, lane, number), Modulus, number);
        }
        LittleWords.Zero(plain);
    }

    public override void Select(ReadOnlySpan<ulong> table, bool shared, ReadOnlySpan<long> digits, bool hardened, Span<ulong> pairs)
    {
        if (hardened)
        {
            Scan(table, shared, digits[..Lanes], pairs[..PairLength]);
            return;
        }
        if (shared)
        {
            Pick(table, digits[..Lanes], pairs[..PairLength]);
            return;
        }
        for (var lane = 0; lane < Lanes; lane++)
        {
            var entry = table.Slice((int)digits[lane] * PairLength, PairLength);
            for (var i = lane; i < PairLength; i += Lanes) pairs[i] = entry[i];
        }
    }

    public override void Extract(ReadOnlySpan<ulong> pairs, int lane, Span<ulong> entry)
    {
        for (var i = 0; i < 2 * Limbs; i++) entry[i] = pairs[(i * Lanes) + lane];
    }

    public override void Insert(ReadOnlySpan<ulong> entry, int lane, Span<ulong> pairs)
    {
        for (var i = 0; i < 2 * Limbs; i++) pairs[(i * Lanes) + lane] = entry[i];
    }

    public override void Dispose()
    {
        LittleWords.Zero(_radix);
        LittleWords.Zero(_radixAbove);
        LittleWords.Zero(_one);
        foreach (var power in _powers) LittleWords.Zero(power);
        base.Dispose();
    }

    /// <summary>Turns limbs into what blocks hold.</summary>
    protected abstract void Encode(Span<ulong> limbs);

    /// <summary>Turns what blocks hold into limbs.</summary>
    protected abstract void Decode(Span<ulong> block);

    /// <summary>The hardened selection, of shared entries out of blocks that hold one in every lane.</summary>
    protected abstract void Scan(ReadOnlySpan<ulong> table, bool shared, ReadOnlySpan<long> digits, Span<ulong> pairs);

    /// <summary>The selection of shared entries that reads nothing else.</summary>
    protected virtual void Pick(ReadOnlySpan<ulong> table, ReadOnlySpan<long> digits, Span<ulong> pairs)
    {
        for (var lane = 0; lane < Lanes; lane++) Insert(table.Slice((int)digits[lane] * EntryLength, EntryLength), lane, pairs);
    }

    /// <summary>The last step of a constructor, when products work: sets up the powers of R.</summary>
    protected void Prepare()
    {
        _one = Pair(_radix, _radixAbove);
        _plainOne = Pair([1], []);
        // The Montgomery form of R, by the bits of its logarithm: a number is squared, and doubled where there is a bit.
        var power = (ulong[])_one.Clone();
        for (var bit = 31 - BitOperations.LeadingZeroCount((uint)RadixBits); bit >= 0; bit--)
        {
            SquarePairs(power, power);
            if (((RadixBits >> bit) & 1) == 0) continue;
            AddSingles(power.AsSpan(0, SingleLength), power.AsSpan(0, SingleLength), power.AsSpan(0, SingleLength));
            AddSingles(power.AsSpan(SingleLength), power.AsSpan(SingleLength), power.AsSpan(SingleLength));
        }
        for (var i = 0; i < _powers.Length; i++)
        {
            _powers[i] = new ulong[PairLength];
            // Montgomery form of R^(i+1) times that of R is that of R^(i+2)
            MultiplyPairs(i == 0 ? _one : _powers[i - 1], power, _powers[i]);
        }
        LittleWords.Zero(power);
    }

    /// <summary>The modulus, the same in all lanes.</summary>
    protected ulong[] ModulusBlock()
    {
        var block = new ulong[SingleLength];
        for (var lane = 0; lane < Lanes; lane++) ToLimbs(Modulus, block, lane, 0);
        Encode(block);
        return block;
    }

    private ulong[] Pair(ReadOnlySpan<ulong> u, ReadOnlySpan<ulong> v)
    {
        var pair = new ulong[PairLength];
        for (var lane = 0; lane < Lanes; lane++)
        {
            ToLimbs(u, pair.AsSpan(0, SingleLength), lane, 0);
            ToLimbs(v, pair.AsSpan(SingleLength), lane, 0);
        }
        Encode(pair);
        return pair;
    }

    private void ToLimbs(ReadOnlySpan<ulong> number, Span<ulong> limbs, int lane, int offset)
    {
        for (var i = 0; i < Limbs; i++) limbs[(i * Lanes) + lane] = LittleWords.Bits(number, offset + (i * _limbBits), _limbBits);
    }

    /// <summary>One lane's limbs as words; what is above the highest word.</summary>
    private ulong FromLimbs(ReadOnlySpan<ulong> limbs, int lane, Span<ulong> number)
    {
        number.Clear();
        var above = 0UL;
        for (var i = 0; i < Limbs; i++)
        {
            var limb = limbs[(i * Lanes) + lane];
            var (word, shift) = ((i * _limbBits) >> 6, (i * _limbBits) & 63);
            if (word < number.Length) number[word] |= limb << shift;
            else above |= limb;
            if (shift + _limbBits <= 64) continue;
            if (word + 1 < number.Length) number[word + 1] |= limb >> (64 - shift);
            else if (word < number.Length) above |= limb >> (64 - shift);
        }
        return above;
    }
}
