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
    private readonly long[] _secondLift;        // the same less 64
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
        _secondLift = [_lift[0] - 64, .. _lift[1..]];
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

    private static int TileLength => TKernel.Tile * TKernel.Lanes;

    public override void MultiplyPairs(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) =>
        Multiply(x[..PairLength], y[..PairLength], z[..PairLength], SingleLength);

    public override void SquarePairs(ReadOnlySpan<ulong> x, Span<ulong> z) => Square(x[..PairLength], z[..PairLength], SingleLength);

    public override void MultiplySingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) =>
        Multiply(x[..SingleLength], y[..SingleLength], z[..SingleLength], 0);

    public override void SquareSingles(ReadOnlySpan<ulong> x, Span<ulong> z) => Square(x[..SingleLength], z[..SingleLength], 0);

    /// <summary>Products of pairs, whose second halves begin at <paramref name="second"/>, or of singles where that is 0.</summary>
    [SkipLocalsInit]
    private unsafe void Multiply(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z, int second)
    {
        var quotients = stackalloc double[x.Length];
        var product = stackalloc double[x.Length];
        var carried = stackalloc long[2 * TileLength];
        new Span<long>(carried, 2 * TileLength).Clear();
        fixed (ulong* px = x, py = y)
        fixed (double* n = _modulus)
        fixed (long* offset = _offset)
        {
            var (ux, uy) = ((nint)px, (nint)py);
            var (vx, vy) = ((nint)(px + second), (nint)(py + second));
            var step = new ColumnStep { Modulus = n, NegatedInverse = _negatedInverse };
            for (var k = 0; k < 2 * _tiles; k++)
            {
                Begin(ref step, k, quotients, product, carried, n);
                step.First = Run(k, ux, uy);
                step.Second = default;
                TKernel.Step(ref step);
                if (second == 0) continue;
                Continue(ref step, k, second, quotients, offset);
                step.First = Run(k, ux, vy);
                step.Second = Run(k, vx, uy);
                TKernel.Step(ref step);
            }
        }
        new ReadOnlySpan<ulong>(product, x.Length).CopyTo(z);
    }

    /// <summary>Squares, likewise.</summary>
    [SkipLocalsInit]
    private unsafe void Square(ReadOnlySpan<ulong> x, Span<ulong> z, int second)
    {
        var quotients = stackalloc double[x.Length];
        var product = stackalloc double[x.Length];
        var carried = stackalloc long[2 * TileLength];
        new Span<long>(carried, 2 * TileLength).Clear();
        fixed (ulong* px = x)
        fixed (double* n = _modulus)
        fixed (long* offset = _offset)
        {
            var (u, v) = ((nint)px, (nint)(px + second));
            var step = new ColumnStep { Modulus = n, NegatedInverse = _negatedInverse, Doubled = true };
            for (var k = 0; k < 2 * _tiles; k++)
            {
                Begin(ref step, k, quotients, product, carried, n);
                // Those off the middle of the diagonal once, doubled; the middle, where there is one, as it is.
                var whole = Run(k, u, u);
                step.First = whole with { Count = whole.Count / 2 };
                step.Second = new TileRun { Up = whole.Up + (step.First.Count * TileLength), Down = whole.Down - (step.First.Count * TileLength), Count = whole.Count & 1 };
                TKernel.Step(ref step);
                if (second == 0) continue;
                Continue(ref step, k, second, quotients, offset);
                step.First = Run(k, u, v);
                step.Second = default;
                TKernel.Step(ref step);
            }
        }
        new ReadOnlySpan<ulong>(product, x.Length).CopyTo(z);
    }

    /// <summary>Sets a step for column tile k of first halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Begin(ref ColumnStep step, int k, double* quotients, double* product, long* carried, double* n)
    {
        step.Emit = k >= _tiles;
        step.Carried = carried;
        step.Offset = null;
        // A tile's quotients times the modulus' lowest tile is the step's own business.
        step.Third = step.Emit ? Run(k, (nint)quotients, (nint)n) : new TileRun { Up = quotients, Down = n + (k * TileLength), Count = k };
        step.Target = step.Emit ? product + ((k - _tiles) * TileLength) : quotients + (k * TileLength);
    }

    /// <summary>
    /// Goes on to column tile k of second halves, which lose the first halves' quotients and gain a multiple of n against going below zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Continue(ref ColumnStep step, int k, int second, double* quotients, long* offset)
    {
        step.Carried += TileLength;
        step.Target += second;
        step.Third.Up += second;
        if (step.Emit) return;
        step.Offset = offset + (k * TKernel.Tile);
        step.Less = quotients + (k * TileLength);
    }

    /// <summary>The tiles of x whose products with tiles of y fall on column tile k.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe TileRun Run(int k, nint x, nint y)
    {
        var low = Math.Max(0, k - _tiles + 1);
        return new TileRun { Up = (double*)x + (low * TileLength), Down = (double*)y + ((k - low) * TileLength), Count = Math.Max(0, Math.Min(k, _tiles - 1) - low + 1) };
    }

    public override void AddSingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) =>
        TKernel.AddLimbs(ref First(x, SingleLength), ref First(y, SingleLength), 1, [], ref First(z, SingleLength), _limbs);

    public override void SubtractSingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) =>
        TKernel.AddLimbs(ref First(x, SingleLength), ref First(y, SingleLength), -1, _lift, ref First(z, SingleLength), _limbs);

    public override void SubtractPairs(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z)
    {
        SubtractSingles(x, y, z);
        // What lifts u by 64 n has to be taken from v, in Montgomery form as u is: n times 64.
        ref var v = ref Unsafe.Add(ref First(z, PairLength), SingleLength);
        TKernel.AddLimbs(ref Unsafe.Add(ref First(x, PairLength), SingleLength), ref Unsafe.Add(ref First(y, PairLength), SingleLength), -1, _secondLift, ref v, _limbs);
    }

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

    public override void Insert(ReadOnlySpan<ulong> entry, int lane, Span<ulong> pairs)
    {
        for (var i = 0; i < 2 * _limbs; i++) pairs[(i * Lanes) + lane] = entry[i];
    }

    public override void Dispose()
    {
        _modulus.AsSpan().Clear();
        _offset.AsSpan().Clear();
        _lift.AsSpan().Clear();
        _secondLift.AsSpan().Clear();
        LittleWords.Zero(_one);
        foreach (var power in _powers) LittleWords.Zero(power);
        base.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref double First(ReadOnlySpan<ulong> block, int length) =>
        ref Unsafe.As<ulong, double>(ref MemoryMarshal.GetReference(block[..length]));

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
