using System.Collections.Immutable;
using Coterie.Core.Numerics;

namespace Coterie.Core.Arithmetic;

/// <summary>Default composites: what every backend gets from products and comparisons alone.</summary>
internal static class Composites
{
    public static async ValueTask<T> SelectAsync<T>(IArithmetic<T> math, T condition, T whenTrue, T whenFalse, CancellationToken cancellationToken)
        where T : class, ISecret<T> =>
        whenFalse + await math.HadamardAsync(condition, whenTrue - whenFalse, cancellationToken);

    /// <summary>A tournament: neighbours are compared, the winner's value and one-hot mask move up; ceil(log2 k) levels.</summary>
    public static async ValueTask<T> ArgMinAsync<T>(IArithmetic<T> math, T values, CancellationToken cancellationToken)
        where T : class, ISecret<T>
    {
        int n = values.Rows, k = values.Columns;
        // A contender holds its value (n x 1) and, for its block of original columns, which one it is (n x width).
        var contenders = new List<(T Value, T Mask)>(k);
        var ones = math.Public(Filled(n, 1, 1));
        for (var j = 0; j < k; j++) contenders.Add((values.Slice(0, j, n, 1), ones));
        while (contenders.Count > 1)
        {
            var pairs = contenders.Count / 2;
            var lefts = contenders[0].Value;
            var rights = contenders[1].Value;
            for (var p = 1; p < pairs; p++)
            {
                lefts = lefts.Beside(contenders[2 * p].Value);
                rights = rights.Beside(contenders[(2 * p) + 1].Value);
            }
            var rightWins = await math.IsNegativeAsync(rights - lefts, cancellationToken);
            // One product for the whole level: [winner's value | left mask kept | right mask kept] of every pair.
            T? factors = null, flags = null;
            for (var p = 0; p < pairs; p++)
            {
                var wins = rightWins.Slice(0, p, n, 1);
                var (left, right) = (contenders[2 * p], contenders[(2 * p) + 1]);
                var operand = (right.Value - left.Value).Beside(left.Mask).Beside(right.Mask);
                var flag = wins.Beside(Repeat(ones - wins, left.Mask.Columns)).Beside(Repeat(wins, right.Mask.Columns));
                factors = factors is null ? operand : factors.Beside(operand);
                flags = flags is null ? flag : flags.Beside(flag);
            }
            var products = await math.HadamardAsync(flags!, factors!, cancellationToken);
            var next = new List<(T, T)>(pairs + 1);
            var offset = 0;
            for (var p = 0; p < pairs; p++)
            {
                var (left, right) = (contenders[2 * p], contenders[(2 * p) + 1]);
                var width = left.Mask.Columns + right.Mask.Columns;
                next.Add((left.Value + products.Slice(0, offset, n, 1), products.Slice(0, offset + 1, n, width)));
                offset += 1 + width;
            }
            if (contenders.Count % 2 == 1) next.Add(contenders[^1]);
            contenders = next;
        }
        return contenders[0].Mask;
    }

    /// <summary>One comparison, one product.</summary>
    public static async ValueTask<(T Value, T Slope)> ReluAsync<T>(IArithmetic<T> math, T value, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        var slope = math.Public(Filled(value.Rows, value.Columns, 1)) - await math.IsNegativeAsync(value, cancellationToken);
        return (await math.HadamardAsync(slope, value, cancellationToken), slope);
    }

    private static readonly ImmutableArray<double> SigmoidKnots = [-8, -6, -4, -2, 0, 2, 4, 6, 8];

    /// <summary>Rows: coefficients c0..c3 in the local variable u = (x - centre), and the centre; outermost rows are the constants 0 and 1.</summary>
    private static readonly Matrix SigmoidPieces = BuildSigmoidPieces();

    /// <summary>
    /// Piecewise cubic between knots two apart on [-8, 8], the limits outside: Chebyshev interpolation errs by at most
    /// 2^4 max|s''''| / 3072 = 6.5e-4, and s(-8) = 3.4e-4; both below 2^-10.
    /// </summary>
    public static async ValueTask<T> SigmoidAsync<T>(IArithmetic<T> math, T value, CancellationToken cancellationToken)
        where T : class, ISecret<T>
    {
        int n = value.Rows, d = value.Columns;
        T? result = null;
        for (var j = 0; j < d; j++)
        {
            var branch = math.Branch(j);
            var x = value.Slice(0, j, n, 1);
            var column = await SigmoidColumnAsync(branch, x, cancellationToken);
            result = result is null ? column : result.Beside(column);
        }
        return result!;
    }

    private static async ValueTask<T> SigmoidColumnAsync<T>(IArithmetic<T> math, T x, CancellationToken cancellationToken)
        where T : class, ISecret<T>
    {
        var n = x.Rows;
        var knots = math.Public(new Matrix(1, SigmoidKnots.Length, [.. SigmoidKnots])).RepeatRows(n);
        var below = await math.IsNegativeAsync(Repeat(x, SigmoidKnots.Length) - knots, cancellationToken);
        // below is 0..0 1..1; its steps are the one-hot piece: (below_0, below_1 - below_0, ..., 1 - below_last).
        var padded = math.Public(Matrix.Zero(n, 1)).Beside(below).Beside(math.Public(Filled(n, 1, 1)));
        var piece = padded.Slice(0, 1, n, SigmoidKnots.Length + 1) - padded.Slice(0, 0, n, SigmoidKnots.Length + 1);
        var chosen = await math.MultiplyAsync(piece, math.Public(SigmoidPieces), cancellationToken);
        // Outside the knots u is set to 0, so that no large number meets a zero coefficient.
        var inside = piece.Slice(0, 1, n, SigmoidKnots.Length - 1).Transpose().ColumnSums().Transpose();
        var u = await math.HadamardAsync(inside, x - chosen.Slice(0, 4, n, 1), cancellationToken);
        var sum = chosen.Slice(0, 3, n, 1);
        for (var degree = 2; degree >= 0; degree--)
            sum = await math.HadamardAsync(sum, u, cancellationToken) + chosen.Slice(0, degree, n, 1);
        return sum;
    }

    /// <summary>Iterations that take the linear start's relative error of 0.06 to 0.06^(2^4), below 2^-50.</summary>
    private const int ReciprocalIterations = 4;

    /// <summary>
    /// The power-of-two interval of x is found by comparisons with public bounds, x is scaled into [1/2, 1), and Newton's
    /// iteration w &lt;- w (2 - z w) starts from 48/17 - 32/17 z (Catrina, Saxena 2010, section 3.4).
    /// </summary>
    public static async ValueTask<T> ReciprocalAsync<T>(IArithmetic<T> math, T value, double lower, double upper, CancellationToken cancellationToken)
        where T : class, ISecret<T>
    {
        if (!(lower > 0) || !(upper >= lower)) throw new ArgumentOutOfRangeException(nameof(lower), $"Bounds 0 < lower <= upper expected, [{lower}, {upper}] given.");
        int n = value.Rows, d = value.Columns;
        int first = Math.ILogB(lower), last = Math.ILogB(upper);
        var steps = last - first;
        var entries = Flatten(value);
        // scale = 2^-(1 + e) for x in [2^e, 2^(e+1)): a sum of steps, one per threshold passed.
        var scale = math.Public(Filled(n * d, 1, Math.ScaleB(1, -1 - first)));
        if (steps > 0)
        {
            var thresholds = Matrix.Create(1, steps, t => { for (var i = 0; i < steps; i++) t[i] = Math.ScaleB(1, first + 1 + i); });
            var changes = Matrix.Create(steps, 1, c => { for (var i = 0; i < steps; i++) c[i] = Math.ScaleB(1, -2 - first - i) - Math.ScaleB(1, -1 - first - i); });
            var belowThreshold = await math.IsNegativeAsync(Repeat(entries, steps) - math.Public(thresholds).RepeatRows(n * d), cancellationToken);
            var passed = math.Public(Filled(n * d, steps, 1)) - belowThreshold;
            scale += await math.MultiplyAsync(passed, math.Public(changes), cancellationToken);
        }
        var z = await math.HadamardAsync(entries, scale, cancellationToken);
        var w = math.Public(Filled(n * d, 1, 48.0 / 17)) - await math.ScaleAsync(32.0 / 17, z, cancellationToken);
        for (var i = 0; i < ReciprocalIterations; i++)
        {
            var error = math.Public(Filled(n * d, 1, 2)) - await math.HadamardAsync(z, w, cancellationToken);
            w = await math.HadamardAsync(w, error, cancellationToken);
        }
        return Unflatten(await math.HadamardAsync(w, scale, cancellationToken), n, d);
    }

    /// <summary>Gaussian elimination without pivoting, which is stable for positive definite systems (Golub, Van Loan, section 4.1).</summary>
    public static async ValueTask<T> SolveAsync<T>(IArithmetic<T> math, T a, T b, double smallestPivot, double largestPivot, CancellationToken cancellationToken)
        where T : class, ISecret<T>
    {
        int n = a.Rows, m = b.Columns;
        var rows = new List<T>(n);
        var work = a.Beside(b);
        var inverses = new List<T>(n);
        for (var i = 0; i < n; i++)
        {
            var pivot = work.Slice(0, 0, 1, 1);
            var inverse = await math.ReciprocalAsync(pivot, smallestPivot, largestPivot, cancellationToken);
            var top = work.Slice(0, 1, 1, work.Columns - 1);
            rows.Add(top);
            inverses.Add(inverse);
            if (i == n - 1) break;
            var below = work.Rows - 1;
            var factors = await math.MultiplyAsync(work.Slice(1, 0, below, 1), inverse, cancellationToken);
            work = work.Slice(1, 1, below, work.Columns - 1) - await math.MultiplyAsync(factors, top, cancellationToken);
        }
        T? solved = null;
        for (var i = n - 1; i >= 0; i--)
        {
            var remaining = n - 1 - i;
            var right = rows[i].Slice(0, remaining, 1, m);
            if (remaining > 0) right -= await math.MultiplyAsync(rows[i].Slice(0, 0, 1, remaining), solved!, cancellationToken);
            var x = await math.MultiplyAsync(inverses[i], right, cancellationToken);
            solved = solved is null ? x : x.Above(solved);
        }
        return solved!;
    }

    /// <summary>n x 1 to n x count, every column the same; local.</summary>
    private static T Repeat<T>(T column, int count) where T : class, ISecret<T> => column.Transpose().RepeatRows(count).Transpose();

    private static T Flatten<T>(T value) where T : class, ISecret<T>
    {
        var flat = value.Slice(0, 0, value.Rows, 1);
        for (var j = 1; j < value.Columns; j++) flat = flat.Above(value.Slice(0, j, value.Rows, 1));
        return flat;
    }

    private static T Unflatten<T>(T flat, int rows, int columns) where T : class, ISecret<T>
    {
        var value = flat.Slice(0, 0, rows, 1);
        for (var j = 1; j < columns; j++) value = value.Beside(flat.Slice(j * rows, 0, rows, 1));
        return value;
    }

    private static Matrix Filled(int rows, int columns, double value) => Matrix.Create(rows, columns, values => values.Fill(value));

    private static Matrix BuildSigmoidPieces()
    {
        var pieces = SigmoidKnots.Length + 1;
        var rows = new double[pieces * 5];
        rows[((pieces - 1) * 5) + 0] = 1;
        for (var p = 1; p < pieces - 1; p++)
        {
            double centre = (SigmoidKnots[p - 1] + SigmoidKnots[p]) / 2, half = (SigmoidKnots[p] - SigmoidKnots[p - 1]) / 2;
            // Interpolation at the four Chebyshev nodes of [-half, half].
            var vandermonde = new double[16];
            var values = new double[4];
            for (var i = 0; i < 4; i++)
            {
                var u = half * Math.Cos(Math.PI * ((2 * i) + 1) / 8);
                for (var power = 0; power < 4; power++) vandermonde[(i * 4) + power] = Math.Pow(u, power);
                values[i] = 1 / (1 + Math.Exp(-(centre + u)));
            }
            var v = new Matrix(4, 4, vandermonde);
            // Normal equations of a 4 x 4 Vandermonde matrix on [-1, 1]: condition about 50, no loss that matters at 2^-10.
            if (!Cholesky.TrySolve(v.Transpose() * v, v.Transpose() * Matrix.Column(values), 0, out var coefficients))
                throw new System.Diagnostics.UnreachableException("Chebyshev nodes are distinct.");
            for (var power = 0; power < 4; power++) rows[(p * 5) + power] = coefficients[power, 0];
            rows[(p * 5) + 4] = centre;
        }
        return new Matrix(pieces, 5, rows);
    }
}
