using Coterie.Federation.External;
using Coterie.Federation.Tasks;
using Coterie.Federation.Training;
using Coterie.Learning.External;
using Coterie.Privacy;
using Coterie.Privacy.Stages;

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
    /// <param name="file">The task file of this machine's user: where its learner is a program, that program is run here.</param>
    /// <param name="seed">The run's public seed.</param>
    /// <param name="log">Takes what such programs write to standard error, line by line, from other threads; null: nobody does.</param>
    public static PreparedTask Prepare(TaskFile file, ulong seed, Action<string>? log = null)
    {
        var task = PlannedTask.Of(file, seed);
        if (task.Plan.Learner is ExternalLearner { Command: { IsEmpty: false } command })
        {
            var programs = new ExternalPrograms(command, Path.GetDirectoryName(Path.GetFullPath(file.File))!, log);
            task = task with { Plan = task.Plan with { Learner = ExternalPrograms.Allow(task.Plan.Learner, programs) } };
        }
        var data = TaskData.Load(task.File, task.Plan.Learner.Task, seed);
        task.RequireRoster([.. data.Participants.Select(p => p.Name)]);
        return new PreparedTask(task.File, task.Plan, task.Mode, data);
    }

    /// <summary>The programs of an external learner that were kept for predictions, to be ended when there are no more; null where there are none.</summary>
    public IDisposable? Programs => (Plan.Learner as ExternalLearner)?.Programs as IDisposable;

    /// <summary>How many participants a round of the learner takes.</summary>
    public int ParticipantsPerRound => Sampling.CountOf(Data.Participants.Length, Plan.SampleFraction, Mode.AllowSmallRoster);

    /// <summary>What that means for who learns what; null where every round takes all.</summary>
    public string? SamplingNote => ParticipantsPerRound == Data.Participants.Length
        ? null
        : $"{ParticipantsPerRound} of {Data.Participants.Length} participants take part in a round of the learner, drawn from the run's seed. A threshold counts among them, and sums over changing sets can be compared with each other; differential privacy bounds what that says.";

    /// <summary>The task for a run in this process.</summary>
    /// <exception cref="TaskFileException">Its learner is a program, and the task does not say which one.</exception>
    public TrainingTask ToTrainingTask()
    {
        RequireProgram();
        return new()
        {
            Plan = Plan,
            Mode = Mode,
            Schema = Data.Schema,
            Participants = [.. Data.Participants.Select(p => new ParticipantShard(p.Name, p.Shard))],
        };
    }

    /// <summary>Insists on a command where the learner is a program.</summary>
    /// <exception cref="TaskFileException">There is none.</exception>
    internal void RequireProgram()
    {
        if (Plan.Learner is ExternalLearner { Programs: null })
            throw File.Error("learner.command", "on one machine the participants' program is started from here: 'command', a list such as [python3, train.py], is expected");
    }
}
