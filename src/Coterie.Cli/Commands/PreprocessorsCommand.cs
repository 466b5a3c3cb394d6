using System.CommandLine;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Learning.Preprocessing;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie preprocessors</c>: what can be done to columns before training.</summary>
internal static class PreprocessorsCommand
{
    private static readonly Argument<string?> Name = new("NAME") { Description = "Show one preprocessor with its parameters.", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        var command = new ExampleCommand(
            "preprocessors", "Lists the preprocessors that a task file can name, with their parameters and defaults.",
            "coterie preprocessors impute")
        { Name };
        command.SetAction(parsed => CommandRunner.Run(parsed, context => CatalogueOutput.Write(context, "preprocessor", PreprocessorCatalogue.All, parsed.GetValue(Name), e => $"preprocessing: [ {e.Name} ]")));
        return command;
    }
}
