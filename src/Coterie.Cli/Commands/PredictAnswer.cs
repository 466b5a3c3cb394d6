using System.CommandLine;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Federation.Models.Encrypted;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie predict answer</c>: the model's owner decrypts what it cannot read.</summary>
internal static class PredictAnswer
{
    private static readonly Argument<string> Question = new("QUESTION") { Description = "The question that the owner of rows sent." };
    private static readonly Option<string> Owner = new("--owner") { Description = "The private file that 'publish' wrote.", HelpName = "FILE", Required = true };
    private static readonly Option<string> Out = new("--out") { Description = "Where the answer goes, for who asked.", HelpName = "FILE", Required = true };

    public static Command Create()
    {
        var command = new ExampleCommand(
            "answer", "The model's owner decrypts masked scores and returns them masked. It counts rows and refuses more than it said at 'publish'; with d features, d + 1 answered rows determine a linear model, "
                + "and somebody who breaks the rules needs one question: answer only those who may know the model.",
            "coterie predict answer patients.question --owner diabetes.encrypted.owner --out patients.answer")
        { Question, Owner, Out };
        command.SetAction(parsed => CommandRunner.Run(parsed, context => Run(parsed, context)));
        return command;
    }

    private static void Run(ParseResult parsed, CommandContext context)
    {
        var place = parsed.GetRequiredValue(Out);
        var (rows, answered, most) = ModelOwner.Answer(parsed.GetRequiredValue(Question), parsed.GetRequiredValue(Owner), place, PredictPublish.Options);
        if (context.Json)
        {
            CommandContext.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("answer", place);
                json.WriteNumber("rows", rows);
                json.WriteNumber("answered", answered);
                json.WriteNumber("answers", most);
                json.WriteEndObject();
            });
            return;
        }
        context.Out.WriteWhole($"Answer for {Format.Plural(rows, "row")}, for who asked: {place} ({Format.Bytes(new FileInfo(place).Length)})");
        context.Out.WriteWhole($"Answered in all: {Format.Count(answered)} of {Format.Plural(most, "row")}.");
    }
}
