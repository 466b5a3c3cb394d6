using Coterie.Core.Numerics;

namespace Coterie.Core.Arithmetic;

/// <summary>Algebra in clear, in double precision: tier A, and the reference every hidden backend is held against.</summary>
public sealed class PlainArithmetic : IArithmetic<Matrix>
{
    private PlainArithmetic()
    {
    }

    /// <summary>The one instance; it has no state.</summary>
    public static PlainArithmetic Instance { get; } = new();

    /// <inheritdoc/>
    public Matrix Public(Matrix value) => value;

    /// <inheritdoc/>
    public IArithmetic<Matrix> Branch(int index) => this;

    /// <inheritdoc/>
    public ValueTask<Matrix> ScaleAsync(double factor, Matrix value, CancellationToken cancellationToken) => new(factor * value);

    /// <inheritdoc/>
    public ValueTask<Matrix> MultiplyAsync(Matrix left, Matrix right, CancellationToken cancellationToken) => new(left * right);

    /// <inheritdoc/>
    public ValueTask<Matrix> HadamardAsync(Matrix left, Matrix right, CancellationToken cancellationToken) =>
        new(Combine(left, right, (a, b) => a * b));

    /// <inheritdoc/>
    public ValueTask<Matrix> IsNegativeAsync(Matrix value, CancellationToken cancellationToken) => new(Map(value, x => x < 0 ? 1 : 0));

    /// <inheritdoc/>
    public ValueTask<Matrix> SigmoidAsync(Matrix value, CancellationToken cancellationToken) => new(Map(value, x => 1 / (1 + Math.Exp(-x))));

    /// <inheritdoc/>
    public ValueTask<Matrix> ReciprocalAsync(Matrix value, double lower, double upper, CancellationToken cancellationToken) => new(Map(value, x => 1 / x));

    /// <inheritdoc/>
    public ValueTask<Matrix> ArgMinAsync(Matrix values, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new(Matrix.Create(values.Rows, values.Columns, oneHot =>
        {
            for (var i = 0; i < values.Rows; i++)
                oneHot[(i * values.Columns) + System.Numerics.Tensors.TensorPrimitives.IndexOfMin(values.Row(i))] = 1;
        }));
    }

    /// <inheritdoc/>
    /// <exception cref="ArithmeticException">A is singular to working precision.</exception>
    public ValueTask<Matrix> SolveAsync(Matrix a, Matrix b, double smallestPivot, double largestPivot, CancellationToken cancellationToken) =>
        Cholesky.TrySolve(a, b, SingularPivot, out var solution)
            ? new(solution)
            : throw new ArithmeticException("The system is singular to working precision.");

    /// <summary>n times the rounding of a unit diagonal: below it a pivot is noise.</summary>
    private const double SingularPivot = 1e-14;

    private static Matrix Map(Matrix value, Func<double, double> function) => Matrix.Create(value.Rows, value.Columns, values =>
    {
        for (var i = 0; i < values.Length; i++) values[i] = function(value.Values[i]);
    });

    private static Matrix Combine(Matrix left, Matrix right, Func<double, double, double> function)
    {
        if (left.Rows != right.Rows || left.Columns != right.Columns) throw new ArgumentException($"Shapes differ: {left} and {right}.");
        return Matrix.Create(left.Rows, left.Columns, values =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = function(left.Values[i], right.Values[i]);
        });
    }
}
