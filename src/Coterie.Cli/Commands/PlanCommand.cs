using System.CommandLine;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Federation.Runs;
using Coterie.Federation.Runs.Planning;
using Coterie.Federation.Tasks;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie plan</c>: what a run will open and send.</summary>
internal static class PlanCommand
{
    private static readonly Argument<string> Task = new("TASK.yaml") { Description = "The task file." };
    private static readonly Option<ulong> Seed = CommandLine.Seed();

    public static Command Create()
    {
        var command = new ExampleCommand(
            "plan", "Shows who would learn what, and predicts rounds and bytes, before a task runs.",
            "coterie plan samples/01-diabetes-ridge/task.yaml")
        { Task, Seed };
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(parsed, context => RunAsync(parsed, context, stop)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        var task = PreparedTask.Prepare(TaskFile.Load(parsed.GetRequiredValue(Task)), parsed.GetValue(Seed));
        var plan = await RowErrors.LocatedAsync(task, () => RunPlan.OfAsync(task, cancellationToken));
        if (context.Json) CommandContext.WriteJson(json => PlanJson.Write(json, plan));
        else PlanOutput.Write(context.Out, plan);
    }
}
