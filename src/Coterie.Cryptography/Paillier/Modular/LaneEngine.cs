using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// The engine on vector lanes. Products are formed column by column (product scanning) in tiles, the reduction of both halves of a pair interleaved
/// with them, so that every sum is read and written once and one half's long chains of latency hide behind the other's work.
/// </summary>
internal sealed class LaneEngine<TKernel> : LimbEngine where TKernel : struct, IColumnKernel
{
    /// <summary>More limbs would let a column take too many products for 64 bits.</summary>
    private const int MaximumLimbs = 128;

    private const double IntegerBase = 4503599627370496d;           // 2^52
    private const ulong IntegerBits = 0x4330_0000_0000_0000;        // its bits

    private readonly int _tiles;
    private double _negatedInverse;
    private readonly double[] _modulus;         // limbs, the same in all lanes
    private readonly long[] _offset;            // the least multiple of n that is above R, in limbs; the highest holds more
    private readonly long[] _lift;              // 64 n in limbs that hold more
    private readonly long[] _secondLift;        // 65 n - 64

    public LaneEngine(ReadOnlySpan<ulong> modulus) : base(modulus, TKernel.LimbBits, TKernel.Tile, MaximumLimbs)
    {
        _tiles = Limbs / TKernel.Tile;
        _negatedInverse = LittleWords.NegatedInverse(modulus[0]) & ((1UL << TKernel.LimbBits) - 1);
        _modulus = MemoryMarshal.Cast<ulong, double>(ModulusBlock()).ToArray();
        _offset = OffsetOf(RadixModuloN);
        _lift = LiftOf(64);
        _secondLift = LiftOf(65);
        _secondLift[0] -= 64;
        Prepare();
    }

    public override int Lanes => TKernel.Lanes;

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
        TKernel.AddLimbs(ref First(x, SingleLength), ref First(y, SingleLength), 1, [], ref First(z, SingleLength), Limbs);

    public override void SubtractSingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) =>
        TKernel.AddLimbs(ref First(x, SingleLength), ref First(y, SingleLength), -1, _lift, ref First(z, SingleLength), Limbs);

    public override void SubtractPairs(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z)
    {
        SubtractSingles(x, y, z);
        // What lifts u by 64 n has to be taken from v: n times 64. v is lifted by 65 n, so that this does not take it below zero.
        var half = SingleLength;
        TKernel.AddLimbs(ref First(x[half..], half), ref First(y[half..], half), -1, _secondLift, ref First(z[half..], half), Limbs);
    }

    public override void Dispose()
    {
        _negatedInverse = 0;
        _modulus.AsSpan().Clear();
        _offset.AsSpan().Clear();
        _lift.AsSpan().Clear();
        _secondLift.AsSpan().Clear();
        base.Dispose();
    }

    // Integers below 2^52 and doubles turn into one another by the bits of 2^52 plus them, the same steps for every value.
    protected override void Encode(Span<ulong> limbs)
    {
        foreach (ref var limb in limbs) limb = BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(limb | IntegerBits) - IntegerBase);
    }

    protected override void Decode(Span<ulong> block)
    {
        foreach (ref var word in block) word = BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(word) + IntegerBase) ^ IntegerBits;
    }

    protected override void Pick(ReadOnlySpan<ulong> table, ReadOnlySpan<long> digits, Span<ulong> pairs)
    {
        // Every entry is checked to be there before the kernel reads without looking.
        foreach (var digit in digits) _ = table.Slice((int)digit * EntryLength, EntryLength);
        var done = TKernel.Pick(ref First(table, EntryLength), digits, ref First(pairs, PairLength), 2 * Limbs);
        for (var lane = 0; lane < Lanes && done < 2 * Limbs; lane++)
            for (var i = done; i < 2 * Limbs; i++) pairs[(i * Lanes) + lane] = table[((int)digits[lane] * EntryLength) + i];
    }

    protected override void Scan(ReadOnlySpan<ulong> table, bool shared, ReadOnlySpan<long> digits, Span<ulong> pairs)
    {
        if (table.Length % PairLength != 0) throw new ArgumentException("A table that is read whole is one of whole blocks.", nameof(table));
        TKernel.Scan(ref First(table, PairLength), table.Length / PairLength, shared, digits, ref First(pairs, PairLength), 2 * Limbs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref double First(ReadOnlySpan<ulong> block, int length) =>
        ref Unsafe.As<ulong, double>(ref MemoryMarshal.GetReference(block[..length]));

    /// <summary>R + n - (R mod n), a multiple of n: no quotient, being below R, takes it below zero.</summary>
    private long[] OffsetOf(ReadOnlySpan<ulong> remainder)
    {
        var offset = new long[Limbs];
        for (var i = 0; i < Limbs; i++)
            offset[i] = (long)LittleWords.Bits(Modulus, i * TKernel.LimbBits, TKernel.LimbBits) - (long)LittleWords.Bits(remainder, i * TKernel.LimbBits, TKernel.LimbBits);
        offset[Limbs - 1] += 1L << TKernel.LimbBits;
        return offset;
    }

    private long[] LiftOf(long times)
    {
        var lift = new long[Limbs];
        for (var i = 0; i < Limbs; i++) lift[i] = times * (long)LittleWords.Bits(Modulus, i * TKernel.LimbBits, TKernel.LimbBits);
        return lift;
    }
}
