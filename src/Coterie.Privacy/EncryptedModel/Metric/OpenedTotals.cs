using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>What coordinator and model owner have learned.</summary>
/// <param name="Rows">Of all validators.</param>
/// <param name="Products">Sums over all rows, for each pair in order; each within the sum of the validators' noise, at most half of rows x target bound^2 x 2^-bits.</param>
internal sealed record OpenedTotals(long Rows, ImmutableArray<double> Products)
{
    /// <exception cref="ProtocolException">A total is beyond what rows within their bounds can give: a validator has sent something else than it should.</exception>
    public static OpenedTotals Of(MetricSetting setting, ProductQuestion question, Plaintexts totals, long rows)
    {
        var products = ImmutableArray.CreateBuilder<double>(question.Products);
        for (var i = 0; i < question.Products; i++)
            products.Add(question.ValueOf(totals, i) ?? throw new ProtocolException(
                ProtocolErrorCode.Inconsistent,
                $"Total {i} at {setting.Step} is out of range: {(setting.Validators.Length == 1 ? "the validator has" : "one of the validators, which cannot be told, has")} sent what is under another key, or masks that do not come off.",
                setting.Step.Path, setting.Validators.AsSpan()));
        return new OpenedTotals(rows, products.MoveToImmutable());
    }
}
