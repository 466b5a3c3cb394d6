using Coterie.Core.Numerics;

namespace Coterie.Core.Arithmetic;

/// <summary>
/// Runs a learner on shapes alone: finds the degree of its contribution in the model, the rounds of a step and the number of
/// secret products, without data.
/// </summary>
public sealed class ShapeArithmetic : IArithmetic<Shape>
{
    private readonly RoundCounter _rounds;
    private readonly Counts _counts;

    /// <summary>Starts with nothing counted.</summary>
    public ShapeArithmetic()
        : this(new RoundCounter(), new Counts())
    {
    }

    private ShapeArithmetic(RoundCounter rounds, Counts counts)
    {
        _rounds = rounds;
        _counts = counts;
    }

    /// <summary>Rounds counted so far.</summary>
    public int Rounds => _rounds.Rounds;

    /// <summary>Scalar products counted so far: what a hidden backend has to multiply.</summary>
    public long Products => _counts.Products;

    /// <summary>Comparisons counted so far.</summary>
    public long Comparisons => _counts.Comparisons;

    /// <inheritdoc/>
    public Shape Public(Matrix value) => Shape.Of(value, 0);

    /// <inheritdoc/>
    public IArithmetic<Shape> Branch(int index) => new ShapeArithmetic(_rounds.Branch(), _counts);

    /// <inheritdoc/>
    public ValueTask<Shape> ScaleAsync(double factor, Shape value, CancellationToken cancellationToken) => new(value);

    /// <inheritdoc/>
    public ValueTask<Shape> MultiplyAsync(Shape left, Shape right, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Columns != right.Rows)
            throw new ArgumentException($"{left.Rows} x {left.Columns} times {right.Rows} x {right.Columns} is not defined.", nameof(right));
        using var step = _rounds.Begin();
        _counts.AddProducts((long)left.Rows * left.Columns * right.Columns);
        return new(new Shape(left.Rows, right.Columns, Shape.ProductDegree(left, right)));
    }

    /// <inheritdoc/>
    public ValueTask<Shape> HadamardAsync(Shape left, Shape right, CancellationToken cancellationToken)
    {
        var sum = left + right;
        using var step = _rounds.Begin();
        _counts.AddProducts((long)sum.Rows * sum.Columns);
        return new(sum with { Degree = Shape.ProductDegree(left, right) });
    }

    /// <inheritdoc/>
    public ValueTask<Shape> IsNegativeAsync(Shape value, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(value);
        using var step = _rounds.Begin();
        _counts.AddComparisons((long)value.Rows * value.Columns);
        return new(value with { Degree = value.Degree == 0 ? 0 : Shape.NotPolynomial });
    }

    private sealed class Counts
    {
        private long _products, _comparisons;

        public long Products => Interlocked.Read(ref _products);

        public long Comparisons => Interlocked.Read(ref _comparisons);

        public void AddProducts(long count) => Interlocked.Add(ref _products, count);

        public void AddComparisons(long count) => Interlocked.Add(ref _comparisons, count);
    }
}
