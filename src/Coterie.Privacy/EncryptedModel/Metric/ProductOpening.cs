using Coterie.Core.Learning;
using Coterie.Core.Parties;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>
/// Opens sums of products of residuals over validators' rows to coordinator and model owner, and nothing per row. Every party runs the same; its role decides.
/// 1 Validators send masked numbers and terms. 2 The coordinator passes terms on. 3 Validators add them up and approve. 4 The coordinator asks the owner.
/// 5 The owner opens masked numbers and totals, verifiably. 6 The coordinator verifies.
/// </summary>
/// <remarks>
/// Coordinator and owner learn the totals, less noise below their precision, and numbers uniform in Z_n; the coordinator and validators how many rows each
/// validator has, the owner how many all have. Validators learn nothing of model or totals. Assumed: no validator works with the coordinator, or they read the
/// model off that validator's masked numbers. The owner together with the coordinator, or with a validator, learns the totals of each validator, and still
/// nothing per row. A validator can lie about its own rows.
/// </remarks>
internal static class ProductOpening
{
    /// <summary>Null at parties that are neither coordinator nor owner.</summary>
    /// <exception cref="ProtocolException">A party broke the protocol, or the run has no opening left.</exception>
    /// <exception cref="PeerUnavailableException">A party is gone: there is no total without it.</exception>
    public static async Task<OpenedTotals?> RunAsync(MetricSetting setting, ProductQuestion question, Shard? mine, string what, CancellationToken cancellationToken)
    {
        using var measurement = setting.Session.Times.Measure(setting.Step, Activity.Summing);
        if (setting.IsValidator)
        {
            await ValidatorStep.RunAsync(setting, question, mine ?? throw new ArgumentException("A validator needs rows.", nameof(mine)), cancellationToken);
            return null;
        }
        OpenedTotals totals;
        if (setting.Session.IsCoordinator) totals = await CoordinatorStep.RunAsync(setting, question, cancellationToken);
        else if (setting.SecretKey is { } key) totals = await OwnerStep.RunAsync(setting, question, key, cancellationToken);
        else return null;
        setting.Session.Transcript.Record(new Opening(what, setting.Session.Self, setting.Step.Then("opened"), question.Products, setting.Validators.Length));
        return totals;
    }
}
