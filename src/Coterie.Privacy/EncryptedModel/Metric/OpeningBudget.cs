using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>
/// How many totals may be opened in a run. Totals at many models of somebody's choice are equations in the second moments of validators' rows; so every
/// validator and the model owner count, durably: each total takes a place that is claimed once only, and asking again after a restart finds the same place.
/// </summary>
internal static class OpeningBudget
{
    /// <summary>Takes the places of a question's totals before anything about them leaves.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorCode.AlreadyReleased"/>: there are not that many left.</exception>
    public static async ValueTask SpendAsync(MetricSetting setting, ProductQuestion question, CancellationToken cancellationToken)
    {
        var place = 0;
        for (var i = 0; i < question.Products; i++)
        {
            var writer = new WireWriter();
            writer.WriteBytes(question.Context);
            writer.WriteInt32(i);
            var digest = SHA256.HashData(writer.WrittenMemory.Span);
            do
            {
                if (place == setting.Terms.OpeningsAtMost)
                    throw new ProtocolException(
                        ProtocolErrorCode.AlreadyReleased, $"The run may open {setting.Terms.OpeningsAtMost} totals over validators' rows; {setting.Step} would be more.", setting.Step.Path);
            }
            while (!await TryClaimAsync(setting, place++, digest, cancellationToken));
        }
    }

    private static async ValueTask<bool> TryClaimAsync(MetricSetting setting, int place, byte[] digest, CancellationToken cancellationToken)
    {
        try
        {
            await setting.Session.OnceOnly.ClaimAsync($"{setting.Session.Roster.RunId}/opened-totals/{place}", digest, cancellationToken);
            return true;
        }
        catch (ProtocolException taken) when (taken.Code == ProtocolErrorCode.AlreadyReleased)
        {
            return false;
        }
    }
}
