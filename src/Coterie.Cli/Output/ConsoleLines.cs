using Spectre.Console;

namespace Coterie.Cli.Output;

/// <summary>Lines of text.</summary>
internal static class ConsoleLines
{
    /// <summary>A line in one piece whatever the terminal's width: names of files, commands to copy.</summary>
    public static void WriteWhole(this IAnsiConsole console, string line) => console.Profile.Out.Writer.WriteLine(line);
}
