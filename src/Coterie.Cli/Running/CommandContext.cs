using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace Coterie.Cli.Running;

/// <summary>Where a command writes.</summary>
internal sealed class CommandContext
{
    public CommandContext(bool json, bool verbose)
    {
        Json = json;
        Verbose = verbose;
        Out = Open(Console.Out, Console.IsOutputRedirected);
        Status = Open(Console.Error, Console.IsErrorRedirected);
    }

    /// <summary>Whether standard output is one JSON document.</summary>
    public bool Json { get; }

    /// <summary>Whether rounds and stack traces are wanted.</summary>
    public bool Verbose { get; }

    /// <summary>Tables and text, on standard output.</summary>
    public IAnsiConsole Out { get; }

    /// <summary>Progress, on standard error, so that standard output can be piped.</summary>
    public IAnsiConsole Status { get; }

    /// <summary>Whether progress bars make sense.</summary>
    public bool ShowsProgress => !Verbose && Status.Profile.Capabilities is { Ansi: true, Interactive: true };

    /// <summary>Writes the command's only document.</summary>
    public static void WriteJson(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true })) write(json);
        Console.Out.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    /// <summary>No escape codes unless a person looks at it and has not asked for none (https://no-color.org).</summary>
    private static IAnsiConsole Open(TextWriter writer, bool isRedirected)
    {
        var isPlain = isRedirected || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isPlain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isPlain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = isPlain ? InteractionSupport.No : InteractionSupport.Detect,
        });
        // Files and pipes have no width: wide enough for every table, narrow enough to read.
        if (isRedirected) console.Profile.Width = 110;
        return console;
    }
}
