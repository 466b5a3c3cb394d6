using System.CommandLine;
using System.Text.RegularExpressions;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Data;
using Coterie.Federation.Identity;
using Coterie.Federation.Models;
using Coterie.Federation.Nodes;
using Coterie.Federation.Tasks;
using Coterie.Learning.External;

namespace Coterie.Cli.Running;

/// <summary>Runs a command and turns what goes wrong into one line per problem and an exit code.</summary>
internal static partial class CommandRunner
{
    public static async Task<int> RunAsync(ParseResult parsed, Func<CommandContext, Task> command)
    {
        var context = new CommandContext(parsed.GetValue(CommandLine.Json), parsed.GetValue(CommandLine.Verbose));
        try
        {
            await command(context);
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("cancelled: nothing was written.");
            return ExitCode.Failed;
        }
        catch (StoppedException stopped)
        {
            await Console.Error.WriteLineAsync(stopped.Message);
            return ExitCode.Failed;
        }
        catch (Exception error) when (CodeOf(error) is { } code)
        {
            foreach (var line in Lines(error)) await Console.Error.WriteLineAsync("error: " + line);
            if (error is ExternalProgramException { LastLines: var said })
                foreach (var line in said) await Console.Error.WriteLineAsync("program: " + line);
            if (context.Verbose) await Console.Error.WriteLineAsync(error.ToString());
            return code;
        }
    }

    public static int Run(ParseResult parsed, Action<CommandContext> command) => RunAsync(parsed, context =>
    {
        command(context);
        return Task.CompletedTask;
    }).GetAwaiter().GetResult();

    /// <summary>Null for nothing: also a defect of this program ends with a sentence and not with a trace.</summary>
    private static int? CodeOf(Exception error) => error switch
    {
        UsageException or PreparationException or TaskFileException or DataFileException or ModelFileException or ShardException => ExitCode.WrongUsage,
        IdentityException { Reason: not (IdentityReason.Unreachable or IdentityReason.TooManyRequests) } => ExitCode.WrongUsage,
        // What a participant contributes on this machine comes from the data it was given.
        ProtocolException { Code: ProtocolErrorCode.InvalidContribution } => ExitCode.WrongUsage,
        _ => ExitCode.Failed,
    };

    /// <summary>What .NET adds to the message of an argument's error; no reader of a task file knows that name.</summary>
    [GeneratedRegex(@" \(Parameter '\w+'\)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ArgumentName();

    /// <summary>What went wrong, one line per problem.</summary>
    public static IEnumerable<string> Lines(Exception error)
    {
        var text = error switch
        {
            UsageException or PreparationException or TaskFileException or DataFileException or ModelFileException or ShardException or IOException or InvalidDataException or UnauthorizedAccessException
                or IdentityException or RunFailedException or ExternalProgramException => error.Message,
            ProtocolException { Culprits: { IsEmpty: false } culprits } failure => $"{failure.Message} (named: {string.Join(", ", culprits)})",
            ProtocolException => error.Message,
            _ => $"unexpected {error.GetType().Name}: {error.Message} (--verbose shows where)",
        };
        // Files are named as people typed them where they lie below the current folder.
        var here = Environment.CurrentDirectory + Path.DirectorySeparatorChar;
        // Only a task file's problems come one per line.
        string[] lines = error is TaskFileException ? text.Split('\n') : [text.ReplaceLineEndings(" ")];
        // A reason may have come over the network; a path or a cell may hold anything.
        return lines.Select(line => Printable.Of(ArgumentName().Replace(line.Replace(here, "", StringComparison.Ordinal), "")));
    }
}
