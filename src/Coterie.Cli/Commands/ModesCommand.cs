using System.CommandLine;
using System.Text.Json;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Privacy;
using Spectre.Console;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie modes</c>: how contributions can be hidden, and who learns what.</summary>
internal static class ModesCommand
{
    private static readonly Argument<string?> Name = new("NAME") { Description = "Show one mode with who learns what.", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        var command = new ExampleCommand(
            "modes", "Lists the privacy modes that a task file can name: what is hidden from whom, and what has to be trusted for it.",
            "coterie modes secure-aggregation")
        { Name };
        command.SetAction(parsed => CommandRunner.Run(parsed, context => Run(parsed, context)));
        return command;
    }

    private static void Run(ParseResult parsed, CommandContext context)
    {
        var name = parsed.GetValue(Name);
        var chosen = ModeCatalogue.All.Where(m => name is null || m.Name == name).ToArray();
        if (chosen.Length == 0) throw new UsageException($"there is no mode '{name}'; there are: {string.Join(", ", ModeCatalogue.All.Select(m => m.Name))}.");
        if (context.Json)
        {
            CommandContext.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (var mode in chosen) WriteJson(json, mode);
                json.WriteEndArray();
            });
            return;
        }
        foreach (var mode in chosen) Write(context.Out, mode);
        if (name is null) context.Out.WriteLine("In a task file: privacy: { mode: NAME }. 'coterie plan TASK.yaml' shows what a mode costs for a task.");
    }

    private static void Write(IAnsiConsole console, ModeDescription mode)
    {
        console.MarkupLineInterpolated($"[bold]{mode.Name}[/] (also known as {mode.AlsoKnownAs})");
        console.WriteLine(mode.Summary);
        ModeOutput.WriteKnowledge(console, mode);
        console.WriteLine();
    }

    private static void WriteJson(Utf8JsonWriter json, ModeDescription mode)
    {
        json.WriteStartObject();
        json.WriteString("name", mode.Name);
        json.WriteString("also_known_as", mode.AlsoKnownAs);
        json.WriteString("tier", mode.Tier.ToString());
        json.WriteString("summary", mode.Summary);
        ModeOutput.WriteKnowledge(json, mode);
        json.WriteBoolean("has_threshold", mode.HasThreshold);
        json.WriteEndObject();
    }
}
