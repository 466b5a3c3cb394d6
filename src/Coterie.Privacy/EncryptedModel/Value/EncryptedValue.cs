using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Privacy.EncryptedModel.Metric;

namespace Coterie.Privacy.EncryptedModel.Value;

/// <summary>
/// The validation error of every coalition of trainers whose encrypted moves M_k add up to the model, w_S = w_0 - sum over k in S of M_k: a quadratic
/// function of the moves, so that the sums of e^2, e u_k and u_k u_l over validators' rows, e = y - x w_0 and u_k = x M_k, give all of them.
/// </summary>
internal static class EncryptedValue
{
    /// <summary>Every party of the roster calls this; who has no part in it returns at once.</summary>
    /// <param name="setting">Where and between whom.</param>
    /// <param name="start">w_0, (d + 1) x 1, public.</param>
    /// <param name="moves">What everybody knows of M, (d + 1) x K, a column for each trainer.</param>
    /// <param name="ciphertexts">[M], at coordinator and validators; null elsewhere.</param>
    /// <param name="mine">A validator's rows: [1 | X] and y.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>At coordinator and owner; null elsewhere.</returns>
    /// <exception cref="ArgumentException">What was agreed does not fit: shapes, roles, keys, or squares that are too long for the key.</exception>
    /// <inheritdoc cref="ProductOpening.RunAsync" path="/exception"/>
    public static async Task<CoalitionErrors?> RunAsync(
        MetricSetting setting, Matrix start, ModelReference moves, EncryptedMatrix? ciphertexts, Shard? mine, CancellationToken cancellationToken)
    {
        setting.Require();
        if (start.Rows != moves.Rows || start.Columns != 1) throw new ArgumentException($"Moves of {moves.Rows} numbers begin at {moves.Rows} x 1, not at {start.Rows} x {start.Columns}.", nameof(start));
        if (moves.Columns is < 1 or > CoalitionErrors.PlayersAtMost) throw new ArgumentException($"{moves.Columns} trainers; 1 to {CoalitionErrors.PlayersAtMost} have their coalitions counted.", nameof(moves));
        if (ciphertexts is null && (setting.IsValidator || setting.Session.IsCoordinator)) throw new ArgumentException("Coordinator and validators need the encrypted moves.", nameof(ciphertexts));
        // Columns (-w_0, 1) and (M_k, 0): a row's residual is e, and its u_k.
        var target = Matrix.Create(1, moves.Columns + 1, row => row[0] = 1);
        var vectors = EncryptedMatrix.Public(-1 * start).Beside(moves.OrZeros(ciphertexts, setting.Key)).Above(EncryptedMatrix.Public(target));
        var question = new ProductQuestion(setting, "value", vectors, writer =>
        {
            moves.Write(writer);
            writer.WriteDoubles(start.Values);
        });
        return await ProductOpening.RunAsync(setting, question, mine, "sums of products of coalitions' residuals on validators' rows", cancellationToken) is { } totals
            ? new CoalitionErrors(moves.Columns, totals.Products.AsSpan(), totals.Rows)
            : null;
    }
}
