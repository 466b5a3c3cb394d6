using System.CommandLine;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Learning;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie learners</c>: what can be trained.</summary>
internal static class LearnersCommand
{
    private static readonly Argument<string?> Name = new("NAME") { Description = "Show one learner with its parameters.", Arity = ArgumentArity.ZeroOrOne };

    private const string Description =
        """
        Lists the learners that a task file can name, with their parameters and defaults.

        Example: coterie learners ridge-regression
        """;

    public static Command Create()
    {
        var command = new Command("learners", Description) { Name };
        command.SetAction(parsed => CommandRunner.Run(parsed, context => CatalogueOutput.Write(context, "learner", LearnerCatalogue.All, parsed.GetValue(Name), e => Example(e.Name))));
        return command;
    }

    private static string Example(string name) => $"learner: {{ name: {name} }}";
}
