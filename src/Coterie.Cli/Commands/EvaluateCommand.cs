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

    private const string Description =
        """
        Compares a trained model's predictions with the truth.

        Example: coterie evaluate coterie-results/diabetes-ridge/model.json patients.csv
        """;

    public static Command Create()
    {
        var command = new Command("evaluate", Description) { Model, Data };
        command.SetAction(parsed => CommandRunner.Run(parsed, context => Run(parsed, context)));
        return command;
    }

    private static void Run(ParseResult parsed, CommandContext context)
    {
        var model = ModelFileReader.Read(parsed.GetRequiredValue(Model));
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
        var table = Tables.Create("metric", "value");
        foreach (var (name, value) in evaluated.Metrics.Values) table.AddRow(Format.Metric(name), Format.Number(value));
        context.Out.Write(table);
        if (model.Input.Target is { Values: { IsEmpty: false } classes } && !evaluated.Metrics.Confusion.IsEmpty)
            context.Out.Write(Confusion(classes, evaluated.Metrics.Confusion));
    }

    private static Table Confusion(IReadOnlyList<string> classes, IReadOnlyList<System.Collections.Immutable.ImmutableArray<long>> counts)
    {
        var table = Tables.Create("actual", [.. classes.Select(c => "predicted " + c)]);
        for (var k = 0; k < classes.Count; k++) table.AddRow([Markup.Escape(classes[k]), .. counts[k].Select(Format.Count)]);
        return table;
    }
}
