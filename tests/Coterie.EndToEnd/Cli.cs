using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Coterie.EndToEnd;

/// <summary>What a process left behind.</summary>
public sealed record CliResult(int ExitCode, string Output, string Error)
{
    /// <summary>Standard output as the one JSON document it has to be.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement.Clone();
}

/// <summary>Starts the program as people start it.</summary>
public static class Cli
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "coterie.dll");

    /// <summary>Runs it in <paramref name="folder"/> and waits for its end.</summary>
    public static async Task<CliResult> RunAsync(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await process.WaitForExitAsync(patience.Token);
        return new CliResult(process.ExitCode, await output, await error);
    }

    /// <summary>Runs it and insists on success.</summary>
    public static async Task<CliResult> SucceedAsync(string folder, params string[] arguments)
    {
        var result = await RunAsync(folder, arguments);
        Assert.True(result.ExitCode == 0, $"coterie {string.Join(' ', arguments)} ended with {result.ExitCode}:\n{result.Error}\n{result.Output}");
        return result;
    }

    /// <summary>Runs it and insists on a refusal: exit code 2, one line per problem, no stack trace, and these words.</summary>
    public static async Task<CliResult> RefuseAsync(string folder, string[] arguments, params string[] words)
    {
        var result = await RunAsync(folder, arguments);
        Assert.True(result.ExitCode == 2, $"coterie {string.Join(' ', arguments)} ended with {result.ExitCode}:\n{result.Error}\n{result.Output}");
        Assert.DoesNotContain("at Coterie.", result.Error, StringComparison.Ordinal);
        Assert.All(result.Error.TrimEnd().Split('\n'), line => Assert.StartsWith("error: ", line, StringComparison.Ordinal));
        Assert.All(words, word => Assert.Contains(word, result.Error, StringComparison.Ordinal));
        return result;
    }

    /// <summary>Starts it with its output kept.</summary>
    public static Process Start(string folder, params string[] arguments) => Process.Start(StartInfo(folder, arguments))!;

    /// <summary>How it is started.</summary>
    public static ProcessStartInfo StartInfo(string folder, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(Program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        MakeBrief(start);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }

    /// <summary>
    /// Tests start many processes on few processors, and none lives long: only what is called a thousand times (in hexadecimal) is compiled a second
    /// time, without measuring it before.
    /// </summary>
    public static void MakeBrief(ProcessStartInfo start)
    {
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_CallCountThreshold"] = "400";
    }
}
