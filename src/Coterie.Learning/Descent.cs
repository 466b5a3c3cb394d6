using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>The step of gradient descent on a penalised mean, on values that may be hidden.</summary>
internal static class Descent
{
    /// <summary>Mean row weight and share of rows present: from one row of n up to this.</summary>
    private const double LargestShare = 1024;

    /// <summary>
    /// w &lt;- w - step (gradient + penalty / n w) / share and b &lt;- b - step gradient_0 / share, where the total holds <c>gradient</c>
    /// (intercept first) and <c>share</c>, both over n, the rows agreed before training rounded up to a power of two. Functions side by side: one a column.
    /// </summary>
    public static async ValueTask<Blocks<T>> MoveAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> total, double penalty, double step, Round round, CancellationToken cancellationToken)
        where T : class, ISecret<T>
    {
        var scale = RowScale.Of(round);
        T coefficients = model["coefficients"], intercept = model["intercept"], gradient = total["gradient"];
        var features = coefficients.Rows;
        if (penalty > 0)
        {
            var pull = await math.ScaleAsync(penalty * scale, coefficients, cancellationToken);
            gradient += math.Public(Matrix.Zero(1, pull.Columns)).Above(pull);
        }
        var inverse = await math.ReciprocalAsync(total["share"], scale, LargestShare, cancellationToken);
        var mean = gradient.Columns == 1
            ? await math.MultiplyAsync(gradient, inverse, cancellationToken)
            : await math.HadamardAsync(gradient, Spread(inverse, gradient.Rows, gradient.Columns), cancellationToken);
        var move = await math.ScaleAsync(step, mean, cancellationToken);
        return Blocks<T>.Of(
            ("coefficients", coefficients - move.Slice(1, 0, features, move.Columns)),
            ("intercept", intercept - move.Slice(0, 0, 1, move.Columns)));
    }

    /// <summary>A number in every cell.</summary>
    private static T Spread<T>(T number, int rows, int columns) where T : class, ISecret<T> => number.RepeatRows(columns).Transpose().RepeatRows(rows);
}
