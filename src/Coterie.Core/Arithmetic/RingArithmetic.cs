using Coterie.Core.Numerics;

namespace Coterie.Core.Arithmetic;

/// <summary>
/// Fixed point in Z_2^64 in clear: what the hidden backends compute, without hiding it. Products are truncated by an arithmetic
/// shift after rounding; sigmoid, reciprocal and argmin are the composites. Slower than the real backends and stricter: a value
/// that leaves the ring's range throws instead of wrapping, and overlapping steps on a branch are refused.
/// </summary>
public sealed class RingArithmetic : ISecureArithmetic<RingMatrix>
{
    /// <summary>Fraction bits used unless told: products of values up to 2^21 with 20 bits after the point still fit.</summary>
    public const int DefaultFractionBits = 20;

    private readonly RoundCounter _rounds;

    /// <summary>An arithmetic with that many bits after the binary point, 1 to 30.</summary>
    public RingArithmetic(int fractionBits = DefaultFractionBits)
        : this(fractionBits, new RoundCounter())
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fractionBits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fractionBits, 30);
    }

    private RingArithmetic(int fractionBits, RoundCounter rounds)
    {
        FractionBits = fractionBits;
        _rounds = rounds;
    }

    /// <summary>Bits after the binary point.</summary>
    public int FractionBits { get; }

    /// <summary>Rounds a hidden backend would take for the steps so far.</summary>
    public int Rounds => _rounds.Rounds;

    /// <inheritdoc/>
    /// <exception cref="ValueOutOfRangeException">A value does not fit.</exception>
    public RingMatrix Public(Matrix value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var values = new ulong[value.Rows * value.Columns];
        new FixedPoint(FractionBits, Math.ScaleB(1, 62 - FractionBits)).Encode(value.Values, values);
        return new RingMatrix(value.Rows, value.Columns, values);
    }

    /// <summary>The reals a matrix stands for.</summary>
    public Matrix Decode(RingMatrix value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var values = new double[value.Rows * value.Columns];
        new FixedPoint(FractionBits, 1).Decode(value.Values, values);
        return new Matrix(value.Rows, value.Columns, values);
    }

    /// <inheritdoc/>
    public IArithmetic<RingMatrix> Branch(int index) => new RingArithmetic(FractionBits, _rounds.Branch());

    /// <inheritdoc/>
    public ValueTask<RingMatrix> ScaleAsync(double factor, RingMatrix value, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(value);
        var scalar = Public(Matrix.Scalar(factor))[0, 0];
        return new(RingMatrix.Build(value.Rows, value.Columns, (i, j) => Truncate(Signed(scalar) * Signed(value[i, j]))));
    }

    /// <inheritdoc/>
    public async ValueTask<RingMatrix> MultiplyAsync(RingMatrix left, RingMatrix right, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Columns != right.Rows)
            throw new ArgumentException($"{left.Rows} x {left.Columns} times {right.Rows} x {right.Columns} is not defined.", nameof(right));
        using var step = await BeginAsync();
        return RingMatrix.Build(left.Rows, right.Columns, (i, j) =>
        {
            Int128 sum = 0;
            for (var p = 0; p < left.Columns; p++) sum += Signed(left[i, p]) * Signed(right[p, j]);
            return Truncate(sum);
        });
    }

    /// <inheritdoc/>
    public async ValueTask<RingMatrix> HadamardAsync(RingMatrix left, RingMatrix right, CancellationToken cancellationToken)
    {
        using var step = await BeginAsync();
        return RingMatrix.Combine(left, right, (a, b) => Truncate(Signed(a) * Signed(b)));
    }

    /// <inheritdoc/>
    public async ValueTask<RingMatrix> IsNegativeAsync(RingMatrix value, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(value);
        using var step = await BeginAsync();
        var one = 1UL << FractionBits;
        return RingMatrix.Build(value.Rows, value.Columns, (i, j) => (value[i, j] >> 63) * one);
    }

    /// <inheritdoc/>
    public ValueTask<RingMatrix> InputAsync(Parties.PartyId owner, Matrix? mine, int rows, int columns, CancellationToken cancellationToken) =>
        new(Public(mine ?? throw new ArgumentNullException(nameof(mine), "The reference backend has one party: it owns every input.")));

    /// <inheritdoc/>
    public ValueTask<Matrix?> OpenAsync(RingMatrix value, Audience to, CancellationToken cancellationToken) => new(Decode(value));

    /// <summary>Yields inside the step, so that a second step started without awaiting the first is seen.</summary>
    private async ValueTask<RoundCounter.Step> BeginAsync()
    {
        var step = _rounds.Begin();
        await Task.Yield();
        return step;
    }

    private static Int128 Signed(ulong value) => unchecked((long)value);

    private ulong Truncate(Int128 product)
    {
        var rounded = (product + (Int128.One << (FractionBits - 1))) >> FractionBits;
        if (rounded > long.MaxValue || rounded < long.MinValue)
            throw new OverflowException($"A product leaves the ring: about 2^{Int128.Log2(Int128.Abs(rounded)) - FractionBits} with {FractionBits} fraction bits.");
        return unchecked((ulong)(long)rounded);
    }
}
