using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Neural;

/// <summary>Forward and backward through one hidden layer, on values that may be hidden.</summary>
/// <param name="Activation">Of the hidden layer.</param>
/// <param name="Objective">Of the outputs; not softmax.</param>
internal readonly record struct HiddenPass(Activation Activation, NetworkObjective Objective)
{
    /// <summary>
    /// The gradient, at the model, of the rows' weighted losses (parameters x 1). With squared loss the last layer's outputs and the targets are on the scale of the target's agreed range, and the
    /// gradient is that of halves of losses, times the target's deviation there.
    /// </summary>
    public async ValueTask<T> GradientAsync<T>(IArithmetic<T> math, Blocks<T> model, Blocks<T> rows, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        T features = rows["features"], last = model["weights_2"];
        var sums = await math.MultiplyAsync(features, model["weights_1"], cancellationToken) + model["biases_1"].RepeatRows(features.Rows);
        var (activated, slopes) = await ActivateAsync(math, sums, cancellationToken);
        var residuals = await ResidualsAsync(math, model, activated, rows["targets"], cancellationToken);
        if (rows.Find("weights") is { } weights) residuals = await math.HadamardAsync(Spread(weights, residuals.Columns), residuals, cancellationToken);
        var ofLast = await math.MultiplyAsync(activated.Transpose(), residuals, cancellationToken);
        T ofFirst;
        if (last.Columns == 1)
        {
            // Residuals and slopes have few digits: their product needs none dropped. The weights behind it are the same for all rows and wait for the sums.
            var sloped = await math.HadamardAsync(Spread(residuals, slopes.Columns), slopes, cancellationToken);
            var unweighted = (await math.MultiplyAsync(features.Transpose(), sloped, cancellationToken)).Above(sloped.ColumnSums());
            ofFirst = await math.HadamardAsync(last.Transpose().RepeatRows(unweighted.Rows), unweighted, cancellationToken);
        }
        else
        {
            var sloped = await math.HadamardAsync(await math.MultiplyAsync(residuals, last.Transpose(), cancellationToken), slopes, cancellationToken);
            ofFirst = (await math.MultiplyAsync(features.Transpose(), sloped, cancellationToken)).Above(sloped.ColumnSums());
        }
        return FlatParameters.Of([ofFirst, ofLast, residuals.ColumnSums()]);
    }

    /// <summary>What the layer makes of its sums, and its derivatives.</summary>
    private async ValueTask<(T Activated, T Slopes)> ActivateAsync<T>(IArithmetic<T> math, T sums, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        if (Activation == Activation.Relu) return await math.ReluAsync(sums, cancellationToken);
        if (Activation == Activation.Sigmoid)
        {
            var activated = await math.SigmoidAsync(sums, cancellationToken);
            return (activated, activated - await math.HadamardAsync(activated, activated, cancellationToken));
        }
        // tanh x = 2 / (1 + exp(-2 x)) - 1.
        var ones = math.Public(Matrix.Create(sums.Rows, sums.Columns, static values => values.Fill(1)));
        var doubled = await math.SigmoidAsync(await math.ScaleAsync(2, sums, cancellationToken), cancellationToken);
        var tanh = await math.ScaleAsync(2, doubled, cancellationToken) - ones;
        return (tanh, ones - await math.HadamardAsync(tanh, tanh, cancellationToken));
    }

    /// <summary>Derivatives of the losses by the outputs (n x outputs).</summary>
    private async ValueTask<T> ResidualsAsync<T>(IArithmetic<T> math, Blocks<T> model, T activated, T targets, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        T last = model["weights_2"], biases = model["biases_2"];
        if (Objective == NetworkObjective.Squared)
        {
            var scale = model["scale"];
            var scaled = await math.MultiplyAsync(last.Above(biases), scale.Slice(1, 0, 1, 1), cancellationToken);
            (last, biases) = (scaled.Slice(0, 0, last.Rows, 1), scaled.Slice(last.Rows, 0, 1, 1) + scale.Slice(0, 0, 1, 1));
        }
        var outputs = await math.MultiplyAsync(activated, last, cancellationToken) + biases.RepeatRows(activated.Rows);
        return (Objective == NetworkObjective.Squared ? outputs : await math.SigmoidAsync(outputs, cancellationToken)) - targets;
    }

    private static T Spread<T>(T column, int columns) where T : class, ISecret<T> =>
        column.Columns == columns ? column : column.Transpose().RepeatRows(columns).Transpose();
}
