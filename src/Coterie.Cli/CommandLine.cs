using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using Coterie.Cli.Commands;
using Coterie.Cli.Running;

namespace Coterie.Cli;

/// <summary>The commands and what all of them share.</summary>
internal static class CommandLine
{
    /// <summary>Prints one JSON document on standard output instead of text.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print one JSON document instead of text.", Recursive = true };

    /// <summary>The public seed of a run.</summary>
    public static Option<ulong> Seed(string description = "Public seed of the run: the same seed and data give the same model.")
    {
        var option = new Option<ulong>("--seed")
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        option.CustomParser = given =>
        {
            if (ulong.TryParse(given.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)) return seed;
            given.AddError($"--seed: '{given.Tokens[0].Value}' is no whole number from 0 to {ulong.MaxValue}.");
            return 0;
        };
        return option;
    }

    /// <summary>Prints every round and, after an error, the stack trace, on standard error.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Print every round, and stack traces after errors, on standard error.", Recursive = true };

    /// <summary>How long a command may take to end cleanly after Ctrl-C or SIGTERM.</summary>
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(10);

    private const string Description =
        """
        Coterie trains one model over the data of several parties, none of whom shows its rows to another.

        Start with 'coterie demo'; then 'coterie train TASK.yaml' runs your own task.
        """;

    /// <summary>Parses and runs; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Create().Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Action is not ParseErrorAction) return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = ShutdownTime });
        var problems = parsed.UnmatchedTokens.Count > 0 && parsed.CommandResult.Command is RootCommand
            ? [$"there is no command '{parsed.UnmatchedTokens[0]}'; there are: {string.Join(", ", parsed.CommandResult.Command.Subcommands.Select(c => c.Name))}."]
            : parsed.Errors.Select(e => e.Message);
        foreach (var problem in problems) await Console.Error.WriteLineAsync($"error: {problem}");
        await Console.Error.WriteLineAsync($"'{CommandPath(parsed)} --help' shows what is accepted.");
        return ExitCode.WrongUsage;
    }

    private static RootCommand Create()
    {
        var root = new RootCommand(Description)
        {
            DemoCommand.Create(),
            TrainCommand.Create(),
            PrepareCommand.Create(),
            PredictCommand.Create(),
            EvaluateCommand.Create(),
            PlanCommand.Create(),
            IdentityCommand.Create(),
            LearnersCommand.Create(),
            PreprocessorsCommand.Create(),
            ModesCommand.Create(),
            SchemaCommand.Create(),
            GenerateCommand.Create(),
            BenchCommand.Create(),
            CoordinatorCommand.Create(),
            ParticipantCommand.Create(),
            HelperCommand.Create(),
            ModelOwnerCommand.Create(),
        };
        root.Options.Add(Json);
        root.Options.Add(Verbose);
        ExampleCommand.ShowExamples(root);
        return root;
    }

    private static string CommandPath(ParseResult parsed)
    {
        var path = new Stack<string>();
        for (var at = parsed.CommandResult; at is not null; at = at.Parent as CommandResult) path.Push(at.Command is RootCommand ? "coterie" : at.Command.Name);
        return string.Join(' ', path);
    }
}
