using System.Numerics;
using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>
/// Matrix algebra between numbers that this party knows and a model that is encrypted (additively homomorphic: Paillier, EUROCRYPT 1999, section 8).
/// Known numbers are multiplied with encrypted ones as integers of <see cref="CoefficientBits"/> bits of their public bound. Two encrypted values
/// cannot be multiplied, and none can be compared. Everything is local.
/// </summary>
internal sealed class EncryptedArithmetic(PaillierOptions? options = null) : IArithmetic<EncryptedMatrix>
{
    /// <summary>Bits of a known number's integer.</summary>
    public const int CoefficientBits = 30;

    /// <inheritdoc/>
    public EncryptedMatrix Public(Matrix value) => EncryptedMatrix.Public(value);

    /// <inheritdoc/>
    public IArithmetic<EncryptedMatrix> Branch(int index) => this;

    /// <inheritdoc/>
    public ValueTask<EncryptedMatrix> ScaleAsync(double factor, EncryptedMatrix value, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (factor == 0) return new(EncryptedMatrix.Public(Matrix.Zero(value.Rows, value.Columns)));
        return new(factor > 0 ? value.Times(factor) : -value.Times(-factor));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Both are encrypted.</exception>
    public ValueTask<EncryptedMatrix> MultiplyAsync(EncryptedMatrix left, EncryptedMatrix right, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Columns != right.Rows) throw new ArgumentException($"{left.Rows} x {left.Columns} times {right.Rows} x {right.Columns} is not defined.", nameof(right));
        if (left.Known is { } x && right.Known is { } y) return new(EncryptedMatrix.OfKnown(x * y, left.Bounds.Product(right.Bounds), left.IsPublic && right.IsPublic));
        if (left.Hidden is not null && right.Hidden is not null) throw Refused("product of two encrypted values");
        if (left.Hidden is null) return IsPublicScalar(left) && right.Rows == 1 ? ScaleAsync(left.Known![0, 0], right, cancellationToken) : new(Product(left, right));
        return IsPublicScalar(right) ? ScaleAsync(right.Known![0, 0], left, cancellationToken) : new(Product(right.Transpose(), left.Transpose()).Transpose());
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Both are encrypted.</exception>
    public async ValueTask<EncryptedMatrix> HadamardAsync(EncryptedMatrix left, EncryptedMatrix right, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Rows != right.Rows || left.Columns != right.Columns) throw new ArgumentException($"Shapes differ: {left.Rows} x {left.Columns} and {right.Rows} x {right.Columns}.", nameof(right));
        if (left.Known is { } x && right.Known is { } y)
            return EncryptedMatrix.OfKnown(await PlainArithmetic.Instance.HadamardAsync(x, y, cancellationToken), left.Bounds.Hadamard(right.Bounds), left.IsPublic && right.IsPublic);
        if (left.Hidden is { } hidden)
        {
            if (right.Hidden is not null) throw Refused("product of two encrypted values");
            var (coefficients, unit) = Encode(right);
            return EncryptedMatrix.Of(hidden.Key.Scale(hidden, coefficients, CoefficientBits, options), left.Rows, left.Columns, left.Unit * unit, left.Bits + CoefficientBits);
        }
        return await HadamardAsync(right, left, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is encrypted.</exception>
    public async ValueTask<EncryptedMatrix> IsNegativeAsync(EncryptedMatrix value, CancellationToken cancellationToken) =>
        Like(value, await PlainArithmetic.Instance.IsNegativeAsync(KnownIn(value, "comparison"), cancellationToken), 1);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is encrypted.</exception>
    public async ValueTask<EncryptedMatrix> SigmoidAsync(EncryptedMatrix value, CancellationToken cancellationToken) =>
        Like(value, await PlainArithmetic.Instance.SigmoidAsync(KnownIn(value, "sigmoid"), cancellationToken), 1);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is encrypted.</exception>
    public async ValueTask<EncryptedMatrix> ArgMinAsync(EncryptedMatrix values, CancellationToken cancellationToken) =>
        Like(values, await PlainArithmetic.Instance.ArgMinAsync(KnownIn(values, "comparison"), cancellationToken), 1);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is encrypted.</exception>
    public async ValueTask<EncryptedMatrix> ReciprocalAsync(EncryptedMatrix value, double lower, double upper, CancellationToken cancellationToken) =>
        Like(value, await PlainArithmetic.Instance.ReciprocalAsync(KnownIn(value, "reciprocal"), lower, upper, cancellationToken), 1 / lower);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">One of them is encrypted.</exception>
    public async ValueTask<EncryptedMatrix> SolveAsync(EncryptedMatrix a, EncryptedMatrix b, double smallestPivot, double largestPivot, CancellationToken cancellationToken)
    {
        var (left, right) = (KnownIn(a, "system of equations"), KnownIn(b, "system of equations"));
        if (!a.IsPublic || !b.IsPublic) throw new InvalidOperationException("A system of equations over one party's own numbers is not part of a contribution.");
        return EncryptedMatrix.Public(await PlainArithmetic.Instance.SolveAsync(left, right, smallestPivot, largestPivot, cancellationToken));
    }

    /// <summary>Known numbers times encrypted ones.</summary>
    private EncryptedMatrix Product(EncryptedMatrix left, EncryptedMatrix right)
    {
        var (coefficients, unit) = Encode(left);
        Ciphertexts? columns = null;
        for (var column = 0; column < right.Columns; column++)
        {
            var vector = right.Columns == 1 ? right.Hidden! : right.Slice(0, column, right.Rows, 1).Hidden!;
            var product = new EncryptedProduct(vector, CoefficientBits, left.Rows, options).Multiply(coefficients, left.Rows);
            columns = columns is null ? product : columns.Concat(product);
        }
        var bits = right.Bits + CoefficientBits + (64 - BitOperations.LeadingZeroCount((ulong)left.Bounds.Columns.AtMost - 1));
        return EncryptedMatrix.Of(columns!, right.Columns, left.Rows, right.Unit * unit, bits).Transpose();
    }

    /// <summary>Integers below 2^<see cref="CoefficientBits"/>, and what a step of them stands for: it follows from the public bound alone.</summary>
    private static (long[] Coefficients, Unit Unit) Encode(EncryptedMatrix value)
    {
        var known = value.Known!;
        var unit = Unit.PowerOfTwo((value.Bounds.Largest is > 0 and var largest ? Math.ILogB(largest) : 0) + 1 - CoefficientBits);
        const long Most = (1L << CoefficientBits) - 1;
        var coefficients = new long[known.Values.Length];
        for (var i = 0; i < coefficients.Length; i++) coefficients[i] = Math.Clamp((long)unit.Count(known.Values[i]), -Most, Most);
        return (coefficients, unit);
    }

    private static bool IsPublicScalar(EncryptedMatrix value) => value is { IsPublic: true, Rows: 1, Columns: 1 };

    private static EncryptedMatrix Like(EncryptedMatrix value, Matrix result, double bound) => EncryptedMatrix.OfKnown(
        result, new Bounds(value.Bounds.Rows.Combine(value.Bounds.Rows, static (_, _) => 1), value.Bounds.Columns.Combine(value.Bounds.Columns, (_, _) => bound)), value.IsPublic);

    private static Matrix KnownIn(EncryptedMatrix value, string what)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Known ?? throw Refused(what);
    }

    private static InvalidOperationException Refused(string what) => new($"On an encrypted model there is no {what}: only sums, and products with numbers that a party knows.");
}
