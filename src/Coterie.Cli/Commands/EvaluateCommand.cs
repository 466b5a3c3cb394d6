using System.CommandLine;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Core.Learning;
using Coterie.Federation.Models;
using Coterie.Federation.Runs;
using Spectre.Console;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie evaluate</c>: a trained model's figures on rows whose target is known.</summary>
internal static class EvaluateCommand
{
    private static readonly Argument<string> Model = new("MODEL.json") { Description = "The model.json of a finished run." };
    private static readonly Argument<string> Data = new("DATA.csv") { Description = "Rows with the model's columns and its target. Also .tsv, .libsvm, .gz." };

    private static readonly Option<string?> External = ExternalOption.Create();

    public static Command Create()
    {
        var command = new ExampleCommand(
            "evaluate", "Compares a trained model's predictions with the truth.",
            "coterie evaluate coterie-results/diabetes-ridge/model.json patients.csv")
        { Model, Data, External };
        command.SetAction(parsed => CommandRunner.Run(parsed, context => Run(parsed, context)));
        return command;
    }

    private static void Run(ParseResult parsed, CommandContext context)
    {
        var (model, programs) = ExternalOption.Allow(ModelFileReader.Read(parsed.GetRequiredValue(Model)), parsed.GetValue(External), context);
        using var ended = programs;
        var rows = ModelRows.Read(parsed.GetRequiredValue(Data), model, withTarget: model.Learner.Task != LearningTask.Clustering);
        var evaluated = rows.Located(() => ModelEvaluation.Evaluate(model, rows.Shard));
        if (context.Json)
        {
            CommandContext.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("learner", model.Learner.Name);
                json.WriteNumber("rows", rows.Shard.Rows);
                json.WritePropertyName("metrics");
                MetricsJson.WriteMetrics(json, evaluated.Metrics);
                json.WriteEndObject();
            });
            return;
        }
        context.Out.WriteLine($"{model.Learner.Name} on {Format.Plural(rows.Shard.Rows, "row")}");
        context.Out.WriteLine();
        Tables.Figures(context.Out, ["metric", "value"], [.. evaluated.Metrics.Values.Select(v => (string[])[Format.Metric(v.Key), Format.Number(v.Value)])]);
        if (model.Input.Target is not { Values: { IsEmpty: false } classes } || evaluated.Metrics.Confusion.IsEmpty) return;
        context.Out.WriteLine();
        Tables.Figures(
            context.Out, ["actual", .. classes.Select(c => "predicted " + c)],
            [.. evaluated.Metrics.Confusion.Select((counts, k) => (string[])[classes[k], .. counts.Select(Format.Count)])]);
    }
}
