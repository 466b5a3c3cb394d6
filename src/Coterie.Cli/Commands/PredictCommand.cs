using System.CommandLine;
using System.Text;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Federation.Models;
using Coterie.Federation.Runs;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie predict</c>: a trained model on new rows.</summary>
internal static class PredictCommand
{
    private static readonly Argument<string> Model = new("MODEL.json") { Description = "The model.json of a finished run." };
    private static readonly Argument<string> Data = new("DATA.csv") { Description = "Rows with the model's columns, found by name; others are ignored. Also .tsv, .libsvm, .gz." };
    private static readonly Option<string?> Out = new("--out") { Description = "Where to write the predictions. [default: standard output]", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new ExampleCommand(
            "predict", "Predicts with a trained model, its preprocessing included: a number, a class with its probabilities, or a cluster per row.",
            "coterie predict coterie-results/diabetes-ridge/model.json patients.csv --out predictions.csv")
        { Model, Data, Out };
        command.SetAction(parsed => CommandRunner.Run(parsed, context => Run(parsed, context)));
        return command;
    }

    private static void Run(ParseResult parsed, CommandContext context)
    {
        var model = ModelFileReader.Read(parsed.GetRequiredValue(Model));
        var rows = ModelRows.Read(parsed.GetRequiredValue(Data), model, withTarget: false);
        var predictions = rows.Located(() => model.Predict(rows.Shard));
        var place = parsed.GetValue(Out);
        if (place is not null)
        {
            using var file = new StreamWriter(place, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
            PredictionsCsv.Write(file, model, predictions, null);
        }
        if (context.Json) CommandContext.WriteJson(json => PredictionJson.Write(json, model, predictions, place));
        else if (place is null) PredictionsCsv.Write(Console.Out, model, predictions, null);
        else context.Out.WriteWhole($"{Format.Plural(predictions.Rows, "prediction")}: {place}");
    }
}
