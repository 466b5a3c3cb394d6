using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Parties;

namespace Coterie.Federation.Tasks;

/// <summary>The rows of a task, read, checked and dealt.</summary>
/// <param name="Schema">Features and target; totals and undeclared ranges are agreed later.</param>
/// <param name="Participants">Training rows by participant, in the roster's order.</param>
/// <param name="Test">The test rows, in file order; null without a test part.</param>
/// <param name="Validation">The validation rows, in file order; null without a validation part.</param>
public sealed record TaskData(Schema Schema, ImmutableArray<ParticipantData> Participants, Shard? Test, Shard? Validation)
{
    /// <summary>Where each test row came from; empty without a test part.</summary>
    public ImmutableArray<RowOrigin> TestOrigins { get; init; } = [];

    /// <summary>Where each validation row came from; empty without a validation part.</summary>
    public ImmutableArray<RowOrigin> ValidationOrigins { get; init; } = [];

    /// <summary>Reads the files of <paramref name="task"/> and deals their rows; the same seed deals them the same way.</summary>
    /// <param name="task">The task.</param>
    /// <param name="learning">What its learner predicts: decides how the target is read.</param>
    /// <param name="seed">The run's public seed.</param>
    /// <exception cref="TaskFileException">The task names a column that is not there, or leaves a participant without rows.</exception>
    /// <exception cref="Data.DataFileException">A file is absent or its content is not what the task says.</exception>
    public static TaskData Load(TaskFile task, LearningTask learning, ulong seed) => TaskDataLoader.Load(task, learning, seed, null);

    /// <summary>
    /// What participant <paramref name="self"/> reads on its own machine: where every participant has a file, only its own, and no
    /// file of test or validation rows; else the one file, of which it keeps its part. The result has one participant.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="learning">What its learner predicts: decides how the target is read.</param>
    /// <param name="seed">The run's public seed.</param>
    /// <param name="self">The participant.</param>
    /// <exception cref="TaskFileException">The task has no such participant, names a column that is not there, or leaves it without rows.</exception>
    /// <exception cref="Data.DataFileException">A file is absent or its content is not what the task says.</exception>
    public static TaskData LoadOwn(TaskFile task, LearningTask learning, ulong seed, PartyId self) => TaskDataLoader.Load(task, learning, seed, self);

    /// <summary>
    /// What participant <paramref name="self"/> reads on its own machine under columns that were offered: its own file and nothing else, and of a
    /// file that all share its part. The result has one participant and no held-out rows.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="learning">What its learner predicts.</param>
    /// <param name="seed">The run's public seed.</param>
    /// <param name="self">The participant.</param>
    /// <param name="schema">The offered columns; others in the file are not used.</param>
    /// <exception cref="TaskFileException">The task has no such participant, or leaves it without rows.</exception>
    /// <exception cref="Data.DataFileException">The file is absent, a column is missing, or a cell is outside of what is declared.</exception>
    internal static TaskData LoadOwn(TaskFile task, LearningTask learning, ulong seed, PartyId self, Schema schema) =>
        TaskDataLoader.LoadOffered(task, learning, seed, self, schema);
}
