using System.CommandLine;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Federation.Tasks;
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
        command.SetAction(parsed => CommandRunner.Run(parsed, context => CatalogueOutput.Write(context, "learner", LearnerCatalogue.All, parsed.GetValue(Name), Example)));
        return command;
    }

    private static string Example(CatalogueEntry<ILearner> entry) =>
        $"learner: {{ name: {entry.Name}{string.Concat(entry.Example.Select(p => $", {p.Key}: {NamedParameters.TextOf(p.Value)}"))} }}";
}
