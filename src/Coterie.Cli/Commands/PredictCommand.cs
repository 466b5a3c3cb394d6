using System.CommandLine;
using System.Text;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Core.Numerics;
using Coterie.Federation.Models;
using Coterie.Federation.Runs;
using Coterie.Federation.Training;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie predict</c>: a trained model on new rows, in clear or encrypted.</summary>
internal static class PredictCommand
{
    private static readonly Argument<string> Model = new("MODEL.json") { Description = "The model.json of a finished run." };
    private static readonly Argument<string> Data = DataArgument();
    private static readonly Option<string?> Out = OutOption();
    private static readonly Option<bool> Encrypted = new("--encrypted")
    {
        Description = "Predict as between two owners, of whom one never sees the model and the other neither rows nor predictions. Here both are this machine's processes; on two machines their steps are the commands below.",
    };

    private static readonly Option<string?> External = ExternalOption.Create();
    private static readonly Option<int?> KeyBits = PredictPublish.KeyBitsOption();

    public static Command Create()
    {
        var command = new ExampleCommand(
            "predict", "Predicts with a trained model, its preprocessing included: a number, a class with its probabilities, or a cluster per row.",
            "coterie predict coterie-results/diabetes-ridge/model.json patients.csv --out predictions.csv",
            "coterie predict coterie-results/diabetes-ridge/model.json patients.csv --encrypted")
        {
            Model, Data, Out, Encrypted, KeyBits, External,
            PredictPublish.Create(), PredictAsk.Create(), PredictAnswer.Create(), PredictRead.Create(),
        };
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(parsed, context => RunAsync(parsed, context, stop)));
        return command;
    }

    /// <summary>Names a file of rows.</summary>
    public static Argument<string> DataArgument() => new("DATA.csv") { Description = "Rows with the model's columns, found by name; others are ignored. Also .tsv, .libsvm, .gz." };

    /// <summary>Says where predictions go.</summary>
    public static Option<string?> OutOption() => new("--out") { Description = "Where to write the predictions. [default: standard output]", HelpName = "FILE" };

    /// <summary>Shows predictions, wherever they come from.</summary>
    public static void Show(CommandContext context, TrainedModel model, Matrix predictions, string? place)
    {
        if (place is not null)
        {
            using var file = new StreamWriter(place, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
            PredictionsCsv.Write(file, model, predictions, null);
        }
        if (context.Json) CommandContext.WriteJson(json => PredictionJson.Write(json, model, predictions, place));
        else if (place is null) PredictionsCsv.Write(Console.Out, model, predictions, null);
        else context.Out.WriteWhole($"{Format.Plural(predictions.Rows, "prediction")}: {place}");
    }

    private static async Task RunAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        var (path, data, place) = (parsed.GetRequiredValue(Model), parsed.GetRequiredValue(Data), parsed.GetValue(Out));
        if (parsed.GetValue(Encrypted))
        {
            if (parsed.GetValue(External) is not null) throw new UsageException("--external has no meaning with --encrypted.");
            await PredictEncrypted.RunAsync(context, path, data, place, parsed.GetValue(KeyBits), cancellationToken);
            return;
        }
        if (parsed.GetValue(KeyBits) is not null) throw new UsageException("--key-bits has no meaning without --encrypted.");
        var (model, programs) = ExternalOption.Allow(ModelFileReader.Read(path), parsed.GetValue(External), context);
        using var ended = programs;
        var rows = ModelRows.Read(data, model, withTarget: false);
        Show(context, model, rows.Located(() => model.Predict(rows.Shard)), place);
    }
}
