using System.CommandLine;
using Coterie.Cli.Running;
using Coterie.Federation.Models.Encrypted;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie predict read</c>: the owner of rows takes the masks off.</summary>
internal static class PredictRead
{
    private static readonly Argument<string> Model = PredictAsk.EncryptedModelArgument();
    private static readonly Argument<string> Answer = new("ANSWER") { Description = "The answer that the model's owner sent." };
    private static readonly Option<string> Masks = new("--masks") { Description = "The private file that 'ask' wrote; remove it afterwards.", HelpName = "FILE", Required = true };
    private static readonly Option<string?> Out = PredictCommand.OutOption();

    public static Command Create()
    {
        var command = new ExampleCommand(
            "read", "The owner of rows takes the masks off an answer and has predictions, as from a model in clear.",
            "coterie predict read diabetes.encrypted patients.answer --masks patients.question.masks --out predictions.csv")
        { Model, Answer, Masks, Out };
        command.SetAction(parsed => CommandRunner.Run(parsed, context => Run(parsed, context)));
        return command;
    }

    private static void Run(ParseResult parsed, CommandContext context)
    {
        var model = EncryptedModel.Read(parsed.GetRequiredValue(Model));
        PredictCommand.Show(context, model.Scores, RowsOwner.Read(model, parsed.GetRequiredValue(Answer), parsed.GetRequiredValue(Masks)), parsed.GetValue(Out));
    }
}
