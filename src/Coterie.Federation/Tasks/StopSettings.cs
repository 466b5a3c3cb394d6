using Coterie.Core.Learning;

namespace Coterie.Federation.Tasks;

/// <summary>The <c>stop</c> section of a task file.</summary>
/// <param name="Rounds">At most so many rounds of the learner; null: the learner's default.</param>
/// <param name="Tolerance">Largest relative step that ends training; null: the learner's default.</param>
public sealed record StopSettings(int? Rounds = null, double? Tolerance = null)
{
    /// <summary>The learner's rule with what the task says put over it.</summary>
    public StopRule Over(StopRule learner)
    {
        ArgumentNullException.ThrowIfNull(learner);
        return new StopRule(Rounds ?? learner.Rounds, Tolerance ?? learner.Tolerance);
    }
}
