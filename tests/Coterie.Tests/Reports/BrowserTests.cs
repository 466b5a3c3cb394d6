using System.Buffers.Binary;
using System.Diagnostics;
using Coterie.Federation.Reports;

namespace Coterie.Tests.Reports;

/// <summary>A real browser opens the page.</summary>
public sealed class BrowserTests
{
    private static readonly string[] _switches =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    [ChromiumFact]
    public void Render_OpenedInABrowser_RunsItsScriptAndPaints()
    {
        var folder = Directory.CreateTempSubdirectory("coterie-report-");
        try
        {
            var page = Path.Combine(folder.FullName, "report.html");
            File.WriteAllText(page, HtmlReport.Render(Samples.Binary()));
            var picture = Path.Combine(folder.FullName, "out.png");

            // One start of the browser does both.
            var dom = Run(folder.FullName, $"--screenshot={picture}", "--window-size=1200,2400", "--dump-dom", new Uri(page).AbsoluteUri);

            Assert.Contains("data-script=\"ready\"", dom);      // the script's last statement: no error before it, and its hash agrees with the policy
            Assert.DoesNotContain("hidden=\"hidden\"", dom);
            Assert.Contains("colours</button>", dom);
            var bytes = File.ReadAllBytes(picture);
            Assert.Equal(1200, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)));
            Assert.Equal(2400, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20)));
            Assert.InRange(bytes.Length, 60_000, 5_000_000);    // an unstyled or blank page compresses to less
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Run(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(ChromiumFactAttribute.Path!) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in _switches.Append($"--user-data-dir={Path.Combine(folder, "profile")}").Concat(arguments)) start.ArgumentList.Add(argument);
        using var browser = Process.Start(start)!;
        var errors = browser.StandardError.ReadToEndAsync();
        var output = browser.StandardOutput.ReadToEndAsync();
        if (!browser.WaitForExit(TimeSpan.FromSeconds(60)))
        {
            browser.Kill(entireProcessTree: true);
            Assert.Fail("The browser did not end within a minute.");
        }

        return Task.WaitAll([output, errors], TimeSpan.FromSeconds(10)) ? output.Result : throw new TimeoutException("The browser's output did not end.");
    }
}
