using System.Diagnostics;
using Coterie.Testing;

namespace Coterie.EndToEnd;

/// <summary>A fact that needs python3 with scikit-learn; skipped by name where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScikitLearnFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Found = new(() => Candidates().FirstOrDefault(HasScikitLearn));

    public ScikitLearnFactAttribute() => Skip = Requirement.SkipUnless(Folder is not null, "python3 with scikit-learn");

    /// <summary>The folder of a python3 that has it, or null. Another one may come first in PATH.</summary>
    internal static string? Folder => Found.Value;

    private static IEnumerable<string> Candidates() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Append("/usr/bin").Distinct().Where(folder => File.Exists(Path.Combine(folder, "python3")));

    private static bool HasScikitLearn(string folder)
    {
        var start = new ProcessStartInfo(Path.Combine(folder, "python3")) { UseShellExecute = false, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("import sklearn");
        using var process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        return process.WaitForExit(TimeSpan.FromSeconds(60)) && process.ExitCode == 0;
    }
}
