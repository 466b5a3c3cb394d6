using System.Collections.Immutable;
using Coterie.Federation.Tasks;
using Coterie.Learning;

namespace Coterie.Federation.Models;

/// <summary>What a model file says about where the model came from, besides its parameters.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Learner">The learner as the task names it.</param>
/// <param name="Preprocessing">The preprocessors as the task names them, in order.</param>
/// <param name="Card">Facts for people: mode, participants, rows, rounds, figures.</param>
public sealed record ModelDescription(
    string Task, NamedParameters Learner, ImmutableArray<NamedParameters> Preprocessing, ImmutableArray<KeyValuePair<string, string>> Card)
{
    /// <summary>The description of a task's model.</summary>
    public static ModelDescription Of(TaskFile task, ImmutableArray<KeyValuePair<string, string>> card)
    {
        ArgumentNullException.ThrowIfNull(task);
        // What is true of the machine that ran the task only, for example a command, is nobody's business who gets the model.
        var local = LearnerCatalogue.Find(task.Learner.Name)?.Parameters.Where(p => p.IsLocal).Select(p => p.Name) ?? [];
        return new(task.Name, task.Learner with { Parameters = task.Learner.Parameters.RemoveRange(local) }, task.Preprocessing, card);
    }
}
