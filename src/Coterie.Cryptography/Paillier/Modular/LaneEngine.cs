using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// The engine on vector lanes. Products are formed column by column (product scanning) in tiles, the reduction of both halves of a pair interleaved
/// with them, so that every sum is read and written once and one half's long chains of latency hide behind the other's work.
/// </summary>
internal sealed class LaneEngine<TKernel> : ModularEngine where TKernel : struct, IColumnKernel
{
    /// <summary>More limbs would let a column take too many products for 64 bits.</summary>
    private const int MaximumLimbs = 128;

    private readonly int _tiles;
    private readonly int _limbs;
    private readonly double _negatedInverse;
    private readonly double[] _modulus;         // limbs, the same in all lanes
    private readonly long[] _offset;            // the least multiple of n that is R or more, in limbs; the highest holds more
    private readonly long[] _lift;              // 64 n or more, a multiple of n, in limbs
    private readonly ulong[][] _powers;         // pairs R^2, R^3, ... modulo n^2, one per piece of a number to take
    private readonly ulong[] _one;
    private readonly ulong[] _plainOne;         // the pair (1, 0): leaves Montgomery form

    public LaneEngine(ReadOnlySpan<ulong> modulus) : base(modulus)
    {
        var tileBits = TKernel.Tile * TKernel.LimbBits;
        var bits = (64 * Words) - BitOperations.LeadingZeroCount(modulus[^1]);
        _tiles = (bits + SlackBits + tileBits - 1) / tileBits;
        _limbs = _tiles * TKernel.Tile;
        if (_limbs > MaximumLimbs) throw new ArgumentOutOfRangeException(nameof(modulus), bits, $"A modulus has at most {(MaximumLimbs * TKernel.LimbBits) - SlackBits} bits.");
        _negatedInverse = LittleWords.NegatedInverse(modulus[0]) & ((1UL << TKernel.LimbBits) - 1);
        _modulus = new double[_limbs * TKernel.Lanes];
        for (var lane = 0; lane < TKernel.Lanes; lane++) ToLimbs(modulus, _modulus, lane);

        Span<ulong> u = new ulong[Words], v = new ulong[Words];
        var radixBits = _limbs * TKernel.LimbBits;
        LittleWords.PowerOfTwo(radixBits, modulus, u, v);
        _offset = OffsetOf(u);
        _lift = LiftOf();
        _one = Pair(u, v);
        u.Clear();
        v.Clear();
        u[0] = 1;
        _plainOne = Pair(u, v);
        LittleWords.PowerOfTwo(2 * radixBits, modulus, u, v);
        // A number to take may have twice the bits of n^2, as a ciphertext has modulo the square of a factor.
        _powers = new ulong[((256 * Words) + radixBits - 1) / radixBits][];
        _powers[0] = Pair(u, v);
        for (var i = 1; i < _powers.Length; i++)
        {
            _powers[i] = new ulong[PairLength];
            // Montgomery form of R^(i+1) times that of R is that of R^(i+2)
            MultiplyPairs(_powers[i - 1], _powers[0], _powers[i]);
        }
        LittleWords.Zero(u);
        LittleWords.Zero(v);
    }

    public override int Lanes => TKernel.Lanes;

    public override int SingleLength => _limbs * TKernel.Lanes;

    public override ReadOnlySpan<ulong> One => _one;

    private static int ColumnsLength => 2 * TKernel.Tile * TKernel.Lanes;

    private static int TileLength => TKernel.Tile * TKernel.Lanes;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void MultiplyPairs(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z)
    {
        Span<double> quotients = stackalloc double[2 * SingleLength];
        Span<double> product = stackalloc double[2 * SingleLength];
        Span<long> columns = stackalloc long[2 * ColumnsLength];
        columns.Clear();
        ref var first = ref MemoryMarshal.GetReference(columns);
        ref var second = ref Unsafe.Add(ref first, ColumnsLength);
        ref var ux = ref First(x, PairLength);
        ref var uy = ref First(y, PairLength);
        ref var vx = ref Unsafe.Add(ref ux, SingleLength);
        ref var vy = ref Unsafe.Add(ref uy, SingleLength);
        ref var m = ref MemoryMarshal.GetReference(quotients);
        ref var target = ref MemoryMarshal.GetReference(product);
        for (var k = 0; k < 2 * _tiles; k++)
        {
            var (low, count) = Diagonal(k);
            var (up, down) = (low * TileLength, (k - low) * TileLength);
            TKernel.Accumulate(ref first, ref Unsafe.Add(ref ux, up), ref Unsafe.Add(ref uy, down), count);
            ReduceFirst(k, count, ref first, ref m, ref target);
            TKernel.Accumulate(ref second, ref Unsafe.Add(ref ux, up), ref Unsafe.Add(ref vy, down), count);
            TKernel.Accumulate(ref second, ref Unsafe.Add(ref vx, up), ref Unsafe.Add(ref uy, down), count);
            ReduceSecond(k, 2 * count, ref second, ref m, ref target);
        }
        MemoryMarshal.Cast<double, ulong>(product).CopyTo(z);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SquarePairs(ReadOnlySpan<ulong> x, Span<ulong> z)
    {
        Span<double> quotients = stackalloc double[2 * SingleLength];
        Span<double> product = stackalloc double[2 * SingleLength];
        Span<long> columns = stackalloc long[3 * ColumnsLength];
        columns.Clear();
        ref var first = ref MemoryMarshal.GetReference(columns);
        ref var second = ref Unsafe.Add(ref first, ColumnsLength);
        ref var halves = ref Unsafe.Add(ref second, ColumnsLength);
        ref var u = ref First(x, PairLength);
        ref var v = ref Unsafe.Add(ref u, SingleLength);
        ref var m = ref MemoryMarshal.GetReference(quotients);
        ref var target = ref MemoryMarshal.GetReference(product);
        for (var k = 0; k < 2 * _tiles; k++)
        {
            var (low, count) = Diagonal(k);
            var (up, down) = (low * TileLength, (k - low) * TileLength);
            var added = SquareDiagonal(k, low, count, ref first, ref halves, columns[(2 * ColumnsLength)..], ref u);
            ReduceFirst(k, added, ref first, ref m, ref target);
            columns[(2 * ColumnsLength)..].Clear();
            TKernel.Accumulate(ref halves, ref Unsafe.Add(ref u, up), ref Unsafe.Add(ref v, down), count);
            TKernel.AddTwice(ref second, ref halves, count);
            ReduceSecond(k, 0, ref second, ref m, ref target);
        }
        MemoryMarshal.Cast<double, ulong>(product).CopyTo(z);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void MultiplySingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z)
    {
        Span<double> quotients = stackalloc double[SingleLength];
        Span<double> product = stackalloc double[SingleLength];
        Span<long> columns = stackalloc long[ColumnsLength];
        columns.Clear();
        ref var first = ref MemoryMarshal.GetReference(columns);
        ref var ux = ref First(x, SingleLength);
        ref var uy = ref First(y, SingleLength);
        ref var m = ref MemoryMarshal.GetReference(quotients);
        ref var target = ref MemoryMarshal.GetReference(product);
        for (var k = 0; k < 2 * _tiles; k++)
        {
            var (low, count) = Diagonal(k);
            TKernel.Accumulate(ref first, ref Unsafe.Add(ref ux, low * TileLength), ref Unsafe.Add(ref uy, (k - low) * TileLength), count);
            ReduceFirst(k, count, ref first, ref m, ref target);
        }
        MemoryMarshal.Cast<double, ulong>(product).CopyTo(z);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SquareSingles(ReadOnlySpan<ulong> x, Span<ulong> z)
    {
        Span<double> quotients = stackalloc double[SingleLength];
        Span<double> product = stackalloc double[SingleLength];
        Span<long> columns = stackalloc long[2 * ColumnsLength];
        columns.Clear();
        ref var first = ref MemoryMarshal.GetReference(columns);
        ref var halves = ref Unsafe.Add(ref first, ColumnsLength);
        ref var u = ref First(x, SingleLength);
        ref var m = ref MemoryMarshal.GetReference(quotients);
        ref var target = ref MemoryMarshal.GetReference(product);
        for (var k = 0; k < 2 * _tiles; k++)
        {
            var (low, count) = Diagonal(k);
            var added = SquareDiagonal(k, low, count, ref first, ref halves, columns[ColumnsLength..], ref u);
            ReduceFirst(k, added, ref first, ref m, ref target);
        }
        MemoryMarshal.Cast<double, ulong>(product).CopyTo(z);
    }

    public override void AddSingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) =>
        TKernel.AddLimbs(ref First(x, SingleLength), ref First(y, SingleLength), 1, [], ref First(z, SingleLength), _limbs);

    public override void SubtractSingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) =>
        TKernel.AddLimbs(ref First(x, SingleLength), ref First(y, SingleLength), -1, _lift, ref First(z, SingleLength), _limbs);

    public override void LoadPairs(ReadOnlySpan<ulong> numbers, int words, Span<ulong> pairs)
    {
        var (pieces, sum) = (new ulong[PairLength], new ulong[PairLength]);
        var radixBits = _limbs * TKernel.LimbBits;
        var count = ((64 * words) + radixBits - 1) / radixBits;
        if (count > _powers.Length) throw new ArgumentOutOfRangeException(nameof(words), words, $"A number to take has at most {4 * Words} words.");
        for (var piece = 0; piece < count; piece++)
        {
            pieces.AsSpan().Clear();
            var limbs = MemoryMarshal.Cast<ulong, double>(pieces.AsSpan(0, SingleLength));
            for (var lane = 0; lane < Lanes; lane++) ToLimbs(numbers.Slice(lane * words, words), limbs, lane, piece * radixBits);
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
        var pairs = new ulong[PairLength];
        LoadPairs(numbers, words, pairs);
        pairs.AsSpan(0, SingleLength).CopyTo(singles);
        LittleWords.Zero(pairs);
    }

    public override void StoreHalves(ReadOnlySpan<ulong> pairs, Span<ulong> halves)
    {
        var plain = new ulong[PairLength];
        MultiplyPairs(pairs, _plainOne, plain);
        var limbs = MemoryMarshal.Cast<ulong, double>(plain.AsSpan());
        for (var lane = 0; lane < Lanes; lane++)
        {
            var u = halves.Slice(2 * Words * lane, Words);
            var v = halves.Slice(((2 * lane) + 1) * Words, Words);
            var over = LittleWords.SubtractOnce(u, FromLimbs(limbs[..SingleLength], lane, u), Modulus, u);
            var above = FromLimbs(limbs[SingleLength..], lane, v) + LittleWords.Add(v, over);
            LittleWords.SubtractOnce(v, above, Modulus, v);
        }
        LittleWords.Zero(plain);
    }

    public override void StoreSingles(ReadOnlySpan<ulong> singles, Span<ulong> numbers)
    {
        var plain = new ulong[SingleLength];
        MultiplySingles(singles, _plainOne.AsSpan(0, SingleLength), plain);
        var limbs = MemoryMarshal.Cast<ulong, double>(plain.AsSpan());
        for (var lane = 0; lane < Lanes; lane++)
        {
            var number = numbers.Slice(Words * lane, Words);
            LittleWords.SubtractOnce(number, FromLimbs(limbs, lane, number), Modulus, number);
        }
        LittleWords.Zero(plain);
    }

    public override void Select(ReadOnlySpan<ulong> table, bool shared, ReadOnlySpan<long> digits, bool hardened, Span<ulong> pairs)
    {
        var entryLength = shared ? EntryLength : PairLength;
        if (hardened)
        {
            TKernel.Scan(ref First(table, entryLength), table.Length / entryLength, shared, digits[..Lanes], ref First(pairs, PairLength), 2 * _limbs);
            return;
        }
        for (var lane = 0; lane < Lanes; lane++)
        {
            var entry = table.Slice((int)digits[lane] * entryLength, entryLength);
            var step = shared ? 1 : Lanes;
            for (int i = 0, from = shared ? 0 : lane; i < 2 * _limbs; i++, from += step) pairs[(i * Lanes) + lane] = entry[from];
        }
    }

    public override void Extract(ReadOnlySpan<ulong> pairs, int lane, Span<ulong> entry)
    {
        for (var i = 0; i < 2 * _limbs; i++) entry[i] = pairs[(i * Lanes) + lane];
    }

    public override void Dispose()
    {
        _modulus.AsSpan().Clear();
        _offset.AsSpan().Clear();
        _lift.AsSpan().Clear();
        LittleWords.Zero(_one);
        foreach (var power in _powers) LittleWords.Zero(power);
        base.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref double First(ReadOnlySpan<ulong> block, int length) =>
        ref Unsafe.As<ulong, double>(ref MemoryMarshal.GetReference(block[..length]));

    /// <summary>The tiles of x whose products with tiles of y fall on column tile k: the first, and how many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (int Low, int Count) Diagonal(int k)
    {
        var low = Math.Max(0, k - _tiles + 1);
        return (low, Math.Max(0, Math.Min(k, _tiles - 1) - low + 1));
    }

    /// <summary>Adds the products of one diagonal of a square, those off the middle once and doubled; tiles that were added singly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SquareDiagonal(int k, int low, int count, ref long columns, ref long halves, Span<long> cleared, ref double u)
    {
        var pairs = count / 2;
        if (pairs > 0)
        {
            cleared.Clear();
            TKernel.Accumulate(ref halves, ref Unsafe.Add(ref u, low * TileLength), ref Unsafe.Add(ref u, (k - low) * TileLength), pairs);
            TKernel.AddTwice(ref columns, ref halves, pairs);
        }
        if ((count & 1) == 0) return 0;
        ref var middle = ref Unsafe.Add(ref u, (low + pairs) * TileLength);
        TKernel.Accumulate(ref columns, ref middle, ref middle, 1);
        return 1;
    }

    /// <summary>The reduction's part of column tile k of the first half; <paramref name="added"/> tiles are in the columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReduceFirst(int k, int added, ref long columns, ref double quotients, ref double target)
    {
        ref var n = ref MemoryMarshal.GetArrayDataReference(_modulus);
        if (k < _tiles)
        {
            TKernel.Accumulate(ref columns, ref quotients, ref Unsafe.Add(ref n, k * TileLength), k);
            TKernel.Reduce(ref columns, added + k, ref n, _negatedInverse, ref Unsafe.Add(ref quotients, k * TileLength));
            return;
        }
        var (low, count) = Diagonal(k);
        TKernel.Accumulate(ref columns, ref Unsafe.Add(ref quotients, low * TileLength), ref Unsafe.Add(ref n, (k - low) * TileLength), count);
        TKernel.Emit(ref columns, added + count, ref Unsafe.Add(ref target, (k - _tiles) * TileLength));
    }

    /// <summary>The same of the second half, which takes the first half's quotients away and adds a multiple of n against going below zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReduceSecond(int k, int added, ref long columns, ref double quotients, ref double target)
    {
        if (k < _tiles) TKernel.AddOffset(ref columns, ref _offset[k * TKernel.Tile], ref Unsafe.Add(ref quotients, k * TileLength));
        ReduceFirst(k, added, ref columns, ref Unsafe.Add(ref quotients, SingleLength), ref Unsafe.Add(ref target, SingleLength));
    }

    private void ToLimbs(ReadOnlySpan<ulong> number, Span<double> limbs, int lane, int offset = 0)
    {
        for (var i = 0; i < _limbs; i++) limbs[(i * TKernel.Lanes) + lane] = LittleWords.Bits(number, offset + (i * TKernel.LimbBits), TKernel.LimbBits);
    }

    /// <summary>One lane's limbs as words; what is above the highest word.</summary>
    private ulong FromLimbs(ReadOnlySpan<double> limbs, int lane, Span<ulong> number)
    {
        number.Clear();
        var above = 0UL;
        for (var i = 0; i < _limbs; i++)
        {
            var limb = (ulong)limbs[(i * TKernel.Lanes) + lane];
            var (word, shift) = ((i * TKernel.LimbBits) >> 6, (i * TKernel.LimbBits) & 63);
            if (word < number.Length) number[word] |= limb << shift;
            else above |= limb;
            if (shift + TKernel.LimbBits <= 64) continue;
            if (word + 1 < number.Length) number[word + 1] |= limb >> (64 - shift);
            else if (word < number.Length) above |= limb >> (64 - shift);
        }
        return above;
    }

    private ulong[] Pair(ReadOnlySpan<ulong> u, ReadOnlySpan<ulong> v)
    {
        var pair = new ulong[PairLength];
        var limbs = MemoryMarshal.Cast<ulong, double>(pair.AsSpan());
        for (var lane = 0; lane < Lanes; lane++)
        {
            ToLimbs(u, limbs[..SingleLength], lane);
            ToLimbs(v, limbs[SingleLength..], lane);
        }
        return pair;
    }

    /// <summary>R + n - (R mod n), a multiple of n: no quotient, being below R, takes it below zero.</summary>
    private long[] OffsetOf(ReadOnlySpan<ulong> remainder)
    {
        var offset = new long[_limbs];
        for (var i = 0; i < _limbs; i++)
            offset[i] = (long)LittleWords.Bits(Modulus, i * TKernel.LimbBits, TKernel.LimbBits) - (long)LittleWords.Bits(remainder, i * TKernel.LimbBits, TKernel.LimbBits);
        offset[_limbs - 1] += 1L << TKernel.LimbBits;
        return offset;
    }

    private long[] LiftOf()
    {
        var lift = new long[_limbs];
        for (var i = 0; i < _limbs; i++) lift[i] = 64 * (long)LittleWords.Bits(Modulus, i * TKernel.LimbBits, TKernel.LimbBits);
        return lift;
    }
}
