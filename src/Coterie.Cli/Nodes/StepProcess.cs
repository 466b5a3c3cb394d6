using Coterie.Cli.Running;

namespace Coterie.Cli.Nodes;

/// <summary>A command of this program in a process of its own that ends by itself.</summary>
internal static class StepProcess
{
    /// <summary>Runs it; what it wrote to standard output.</summary>
    /// <exception cref="UsageException">It cannot be done as asked: what the process said.</exception>
    /// <exception cref="IOException">It failed: what the process said.</exception>
    public static async Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var process = OwnProgram.Start(arguments, withInput: false);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode == ExitCode.Done) return await output;
            throw Failure(process.ExitCode, await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static Exception Failure(int code, string error)
    {
        var problems = OwnProgram.Problems(error.Split('\n'));
        var text = problems.Length > 0 ? string.Join(" ", problems) : $"a step's process ended with {code}";
        return code == ExitCode.WrongUsage ? new UsageException(text) : new IOException(text);
    }
}
