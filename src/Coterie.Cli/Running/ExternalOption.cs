using System.CommandLine;
using System.CommandLine.Parsing;
using Coterie.Federation.External;
using Coterie.Federation.Training;
using Coterie.Learning.External;

namespace Coterie.Cli.Running;

/// <summary><c>--external</c>: the program that a model of an external learner is asked with. It comes from the command line alone: a model file brings none.</summary>
internal static class ExternalOption
{
    /// <summary>The option.</summary>
    public static Option<string?> Create() => new("--external")
    {
        Description = "For a model of an external learner: the program that predicts with it, with its arguments, as one word, for example \"python3 train.py\". No shell reads it; double quotes keep spaces.",
        HelpName = "COMMAND",
    };

    /// <summary>The model, with the program where it needs one; dispose the program at the end.</summary>
    /// <exception cref="UsageException">The model needs a program and none is given, or the other way round.</exception>
    public static (TrainedModel Model, IDisposable? Programs) Allow(TrainedModel model, string? command, CommandContext context)
    {
        if (model.Learner is not ExternalLearner)
            return command is null ? (model, null) : throw new UsageException($"--external has no meaning for a model of {model.Learner.Name}.");
        if (command is null)
            throw new UsageException("the model was trained by an external program, and nothing that a model file says is run; say with --external COMMAND which program is to predict, for example --external \"python3 train.py\".");
        string[] words = [.. CommandLineParser.SplitCommandLine(command)];
        if (words is not [{ Length: > 0 }, ..]) throw new UsageException("--external names no program.");
        var programs = new ExternalPrograms([.. words], Environment.CurrentDirectory, context.Verbose ? line => Console.Error.WriteLine("program: " + line) : null);
        return (model with { Learner = ExternalPrograms.Allow(model.Learner, programs) }, programs);
    }
}
