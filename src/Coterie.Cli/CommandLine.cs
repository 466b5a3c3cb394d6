using System.CommandLine;
using System.CommandLine.Invocation;
using Coterie.Cli.Commands;
using Coterie.Cli.Running;

namespace Coterie.Cli;

/// <summary>The commands and what all of them share.</summary>
internal static class CommandLine
{
    /// <summary>Prints one JSON document on standard output instead of text.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print one JSON document instead of text.", Recursive = true };

    /// <summary>Prints every round and, after an error, the stack trace, on standard error.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Print every round, and stack traces after errors, on standard error.", Recursive = true };

    private const string Description =
        """
        Coterie trains one model over the data of several parties, none of whom shows its rows to another.

        Start with 'coterie demo'; then 'coterie train TASK.yaml' runs your own task.
        """;

    /// <summary>Parses and runs; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Create().Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Action is not ParseErrorAction) return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync($"error: {error.Message}");
        await Console.Error.WriteLineAsync($"Usage: '{CommandPath(parsed)} --help' shows what is accepted.");
        return ExitCode.WrongUsage;
    }

    private static RootCommand Create()
    {
        var root = new RootCommand(Description)
        {
            DemoCommand.Create(),
            TrainCommand.Create(),
            PredictCommand.Create(),
            EvaluateCommand.Create(),
            PlanCommand.Create(),
            LearnersCommand.Create(),
            PreprocessorsCommand.Create(),
            ModesCommand.Create(),
        };
        root.Options.Add(Json);
        root.Options.Add(Verbose);
        ExampleCommand.ShowExamples(root);
        return root;
    }

    private static string CommandPath(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? "coterie" : "coterie " + parsed.CommandResult.Command.Name;
}
