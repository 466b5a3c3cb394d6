using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>The mean squared error of an encrypted linear model on validators' rows: with v = (-w, 1), the sum of ([X | y] v)^2 over all rows, by their number.</summary>
internal static class EncryptedMetric
{
    /// <summary>Every party of the roster calls this; who has no part in it returns at once.</summary>
    /// <param name="setting">Where and between whom.</param>
    /// <param name="model">What everybody knows of w, (d + 1) x 1, intercept first.</param>
    /// <param name="ciphertexts">[w], at coordinator and validators; null elsewhere.</param>
    /// <param name="mine">A validator's rows: [1 | X] and y.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>At coordinator and owner the error, to the target bound's square times 2^-<see cref="MetricTerms.FractionBits"/>; null elsewhere.</returns>
    /// <exception cref="ArgumentException">What was agreed does not fit: shapes, roles, keys, or squares that are too long for the key.</exception>
    /// <inheritdoc cref="ProductOpening.RunAsync" path="/exception"/>
    public static async Task<double?> RunAsync(MetricSetting setting, ModelReference model, EncryptedMatrix? ciphertexts, Shard? mine, CancellationToken cancellationToken)
    {
        var question = QuestionOf(setting, model, ciphertexts);
        return await ProductOpening.RunAsync(setting, question, mine, "squared error of the encrypted model on validators' rows", cancellationToken) is { } totals
            ? Math.Max(0, totals.Products[0]) / totals.Rows
            : null;
    }

    /// <summary>What this party takes for the question.</summary>
    /// <exception cref="ArgumentException">What was agreed does not fit.</exception>
    public static ProductQuestion QuestionOf(MetricSetting setting, ModelReference model, EncryptedMatrix? ciphertexts)
    {
        setting.Require();
        if (model.Columns != 1) throw new ArgumentException($"A linear model has one column, not {model.Columns}.", nameof(model));
        if (ciphertexts is null && (setting.IsValidator || setting.Session.IsCoordinator)) throw new ArgumentException("Coordinator and validators need the encrypted model.", nameof(ciphertexts));
        var residual = (-model.OrZeros(ciphertexts, setting.Key)).Above(EncryptedMatrix.Public(Matrix.Scalar(1)));
        return new ProductQuestion(setting, "metric", residual, model.Write);
    }
}
