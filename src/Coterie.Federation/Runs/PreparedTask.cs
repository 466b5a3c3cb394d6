using Coterie.Federation.Tasks;
using Coterie.Federation.Training;
using Coterie.Privacy;

namespace Coterie.Federation.Runs;

/// <summary>A task file checked against the catalogues, with its data read: everything a local run needs.</summary>
/// <param name="File">The task file.</param>
/// <param name="Plan">What is trained.</param>
/// <param name="Mode">How contributions are hidden.</param>
/// <param name="Data">The rows, dealt to participants; of a run over several machines those that are on this one.</param>
public sealed record PreparedTask(TaskFile File, TrainingPlan Plan, ModeOptions Mode, TaskData Data)
{
    /// <summary>Checks the task and reads its data.</summary>
    /// <exception cref="TaskFileException">The task names something that is not there, or asks for what is not accepted.</exception>
    /// <exception cref="Federation.Data.DataFileException">The data cannot be used.</exception>
    public static PreparedTask Prepare(TaskFile file, ulong seed)
    {
        var task = PlannedTask.Of(file, seed);
        var data = TaskData.Load(task.File, task.Plan.Learner.Task, seed);
        task.RequireRoster([.. data.Participants.Select(p => p.Name)]);
        return new PreparedTask(task.File, task.Plan, task.Mode, data);
    }

    /// <summary>The task for a run in this process.</summary>
    public TrainingTask ToTrainingTask() => new()
    {
        Plan = Plan,
        Mode = Mode,
        Schema = Data.Schema,
        Participants = [.. Data.Participants.Select(p => new ParticipantShard(p.Name, p.Shard))],
    };
}
