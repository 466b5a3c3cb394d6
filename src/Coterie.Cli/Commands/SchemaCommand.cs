using System.CommandLine;
using System.Text.Json;
using Coterie.Cli.Running;
using Coterie.Federation.Data;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie schema</c>: drafts what a task for several machines has to declare.</summary>
internal static class SchemaCommand
{
    private static readonly Argument<string> Data = new("DATA.csv") { Description = "One party's table: .csv, .tsv or .libsvm, each also with .gz." };
    private static readonly Option<bool> Ranges = new("--ranges") { Description = "Also print smallest and largest numbers and the values of text columns, which say something about the rows." };

    public static Command Create()
    {
        var command = new ExampleCommand(
            "schema", "Prints the schema section that a task over several machines declares, drafted from one file.",
            "coterie schema samples/data/diabetes_raw.csv")
        { Data, Ranges };
        command.SetAction(parsed => CommandRunner.Run(parsed, context => Run(parsed, context)));
        return command;
    }

    private static void Run(ParseResult parsed, CommandContext context)
    {
        var ranges = parsed.GetValue(Ranges);
        var columns = SchemaText.Draft(DataFile.Read(parsed.GetRequiredValue(Data)));
        if (context.Json) CommandContext.WriteJson(json => Write(json, columns, ranges));
        else Console.Out.Write(SchemaText.ToYaml(columns, ranges));
    }

    private static void Write(Utf8JsonWriter json, IEnumerable<ColumnSketch> columns, bool ranges)
    {
        json.WriteStartObject();
        foreach (var column in columns)
        {
            json.WriteStartObject(column.Name);
            json.WriteString("type", SchemaText.Word(column.Type));
            if (ranges && double.IsFinite(column.Minimum))
            {
                json.WriteStartArray("range");
                json.WriteNumberValue(column.Minimum);
                json.WriteNumberValue(column.Maximum);
                json.WriteEndArray();
            }
            if (ranges && !column.Values.IsEmpty)
            {
                json.WriteStartArray("values");
                foreach (var value in column.Values) json.WriteStringValue(value);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
