using System.CommandLine;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Federation.Models.Encrypted;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie predict ask</c>: the owner of rows asks about them without showing them.</summary>
internal static class PredictAsk
{
    private static readonly Argument<string> Model = EncryptedModelArgument();
    private static readonly Argument<string> Data = PredictCommand.DataArgument();
    private static readonly Option<string> Out = new("--out") { Description = "Where the question goes, for the model's owner.", HelpName = "FILE", Required = true };
    private static readonly Option<string?> Masks = new("--masks") { Description = "Where the masks go; they stay with you. [default: <out>.masks]", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new ExampleCommand(
            "ask", "The owner of rows computes masked scores under the model owner's key. The model's owner will see how many rows there are, and uniform numbers.",
            "coterie predict ask diabetes.encrypted patients.csv --out patients.question")
        { Model, Data, Out, Masks };
        command.SetAction(parsed => CommandRunner.Run(parsed, context => Run(parsed, context)));
        return command;
    }

    /// <summary>Names an encrypted model.</summary>
    public static Argument<string> EncryptedModelArgument() => new("MODEL.encrypted") { Description = "The encrypted model that its owner published." };

    private static void Run(ParseResult parsed, CommandContext context)
    {
        var (place, file) = (parsed.GetRequiredValue(Out), parsed.GetRequiredValue(Model));
        var masks = parsed.GetValue(Masks) ?? place + ".masks";
        var model = EncryptedModel.Read(file);
        var rows = ModelRows.Read(parsed.GetRequiredValue(Data), model.Scores, withTarget: false);
        rows.Located(() =>
        {
            RowsOwner.Ask(model, rows.Shard, place, masks, PredictPublish.Options);
            return true;
        });
        if (context.Json)
        {
            CommandContext.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("question", place);
                json.WriteString("masks", masks);
                json.WriteNumber("rows", rows.Shard.Rows);
                json.WriteNumber("bytes", new FileInfo(place).Length);
                json.WriteEndObject();
            });
            return;
        }
        context.Out.WriteWhole($"Question about {Format.Plural(rows.Shard.Rows, "row")}, for the model's owner: {place} ({Format.Bytes(new FileInfo(place).Length)})");
        context.Out.WriteWhole($"Masks, to keep until the answer is read:   {masks}");
        context.Out.WriteWhole($"Next:    the model's owner runs 'coterie predict answer {Path.GetFileName(place)} --owner FILE --out FILE', then 'coterie predict read {file} ANSWER --masks {masks}'");
    }
}
