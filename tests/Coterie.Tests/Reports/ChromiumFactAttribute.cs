using Coterie.Testing;

namespace Coterie.Tests.Reports;

/// <summary>A fact that needs a Chromium browser; skipped by name where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = Requirement.SkipUnless(Path is not null, "Chromium");

    /// <summary>The browser, or null.</summary>
    internal static string? Path { get; } = new[] { "/usr/bin/chromium" }
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => System.IO.Path.Combine(folder, name))))
        .FirstOrDefault(File.Exists);
}
