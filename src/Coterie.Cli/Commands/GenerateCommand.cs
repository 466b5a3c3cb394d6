using System.CommandLine;
using Coterie.Cli.Generating;
using Coterie.Cli.Running;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie generate</c>: makes up data for samples that no real data may be shipped for.</summary>
internal static class GenerateCommand
{
    private const int LeastRows = 100, MostRows = 10_000_000;

    private static readonly Argument<string> Folder = new("FOLDER") { Description = "Where the files go; it is made where it is missing." };

    private static readonly Option<int> Rows = new("--rows")
    {
        Description = $"Rows of all parties together, {LeastRows} to {MostRows}.",
        HelpName = "N",
        DefaultValueFactory = _ => 20_000,
    };

    private static readonly Option<ulong> Seed = CommandLine.Seed("The same seed gives the same rows.");

    public static Command Create()
    {
        Rows.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && !(int.TryParse(token.Value, out var rows) && rows is >= LeastRows and <= MostRows)) given.AddError($"--rows: '{token.Value}' is no whole number from {LeastRows} to {MostRows}.");
        });
        var telecom = new ExampleCommand(
            "telecom", "Radio cells of five operators: figures of a cell, and whether its hardware fails, it sleeps, and how many calls it drops.",
            "coterie generate telecom samples/09-telecom/data")
        { Folder, Rows, Seed };
        telecom.SetAction(parsed => CommandRunner.Run(parsed, context => Telecom(parsed, context)));
        return new Command("generate", "Makes up data for a sample.") { telecom };
    }

    private static void Telecom(ParseResult parsed, CommandContext context)
    {
        var folder = Directory.CreateDirectory(parsed.GetRequiredValue(Folder)).FullName;
        var written = new List<(string File, int Rows)>();
        foreach (var (name, csv) in TelecomGenerator.Generate(parsed.GetValue(Rows), parsed.GetValue(Seed)))
        {
            var file = Path.Combine(folder, $"{name}.csv");
            File.WriteAllText(file, csv);
            written.Add((file, csv.Count(c => c == '\n') - 1));
        }
        if (context.Json)
        {
            CommandContext.WriteJson(json =>
            {
                json.WriteStartObject();
                foreach (var (file, rows) in written) json.WriteNumber(file, rows);
                json.WriteEndObject();
            });
            return;
        }
        foreach (var (file, rows) in written) Console.Out.WriteLine($"{file}: {rows} rows");
    }
}
