using System.Diagnostics;
using System.Text;

namespace Coterie.Cli.Nodes;

/// <summary>This program, started again as another process.</summary>
internal static class OwnProgram
{
    private const string ProblemWord = "error: ";

    /// <summary>Starts it with what it writes redirected, and with <paramref name="withInput"/> what it reads.</summary>
    /// <exception cref="IOException">It could not be started.</exception>
    public static Process Start(IEnumerable<string> arguments, bool withInput)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            RedirectStandardInput = withInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new IOException($"no process could be started for '{string.Join(' ', start.ArgumentList)}'");
    }

    /// <summary>The problems among what it wrote to standard error, without the word that introduces them.</summary>
    public static string[] Problems(IEnumerable<string> errors) =>
        [.. errors.Where(l => l.StartsWith(ProblemWord, StringComparison.Ordinal)).Select(l => l[ProblemWord.Length..].TrimEnd())];
}
