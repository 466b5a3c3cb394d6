using System.Globalization;
using System.Text;

namespace Coterie.Benchmarks.Reports;

/// <summary>What a benchmark found, as it is printed and committed.</summary>
/// <param name="Name">The subcommand.</param>
/// <param name="Title">A headline.</param>
/// <param name="Method">How it was measured, and what the columns mean.</param>
internal sealed record Report(string Name, string Title, string Method)
{
    private readonly StringBuilder _body = new();

    /// <summary>Appends a paragraph or a list.</summary>
    public void Add(string text) => _body.Append(text).Append("\n\n");

    /// <summary>Appends a table.</summary>
    public void Add(MarkdownTable table) => Add(table.ToString());

    /// <summary>Appends a target beside what was measured.</summary>
    public void Target(string what, double measured, double atMost, string unit) => Add(string.Create(
        CultureInfo.InvariantCulture, $"Target: {what} at most {atMost:0.###}{unit}; measured {measured:0.###}{unit}: {(measured <= atMost ? "met" : "missed")}."));

    /// <summary>The whole in Markdown.</summary>
    public string ToMarkdown(string command) =>
        $"# {Title}\n\n`{command}`, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {MachineFacts.Describe()}.\n\n{Method}\n\n{_body}".TrimEnd() + "\n";
}
