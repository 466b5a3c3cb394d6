using System.CommandLine;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Learning;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie learners</c>: what can be trained.</summary>
internal static class LearnersCommand
{
    private static readonly Argument<string?> Name = new("NAME") { Description = "Show one learner with its parameters.", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        var command = new ExampleCommand(
            "learners", "Lists the learners that a task file can name, with their parameters and defaults.",
            "coterie learners ridge-regression")
        { Name };
        command.SetAction(parsed => CommandRunner.Run(parsed, context => CatalogueOutput.Write(context, "learner", LearnerCatalogue.All, parsed.GetValue(Name), e => Example(e.Name))));
        return command;
    }

    private static string Example(string name) => $"learner: {{ name: {name} }}";
}
