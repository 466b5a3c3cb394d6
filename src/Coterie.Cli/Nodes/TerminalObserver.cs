using System.Globalization;
using Coterie.Cli.Running;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Approval;

namespace Coterie.Cli.Nodes;

/// <summary>A person watches: sentences on standard error, questions where there is a terminal.</summary>
internal sealed class TerminalObserver(CommandContext context) : INodeObserver
{
    public void Listening(string address) => Say($"Listening on {address}.");

    public void Say(string sentence) => Console.Error.WriteLine(Printable.Of(sentence));

    public void Warn(Exception problem)
    {
        foreach (var line in CommandRunner.Lines(problem)) Console.Error.WriteLine("error: " + line);
    }

    public void Report(RunProgress value)
    {
        if (context.Verbose)
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value.Stage}: round {value.Round + 1} of at most {value.MaximumRounds}, {value.Survivors} participants"));
    }

    public async Task<bool> ConsentAsync(TaskSummary task, CancellationToken cancellationToken)
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            Say($"Nobody can be asked about the task {task.Task} here: agree with --approve {task.Task}, or let the policy approve it with ask: false.");
            return false;
        }
        Console.Out.WriteLine();
        Console.Out.WriteLine($"Run {Printable.Of(task.Run)}: take part in the task {Printable.Of(task.Task)}?");
        var width = task.Facts.Max(f => f.Key.Length);
        foreach (var (word, text) in task.Facts) Console.Out.WriteLine($"  {word.PadRight(width)}  {text}");
        Console.Out.Write("Take part? [y/N] ");
        var answer = await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
        return answer?.Trim() is "y" or "Y" or "yes";
    }
}
