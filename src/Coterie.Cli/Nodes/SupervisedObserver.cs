using System.Text.Json;
using Coterie.Cli.Output;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Approval;

namespace Coterie.Cli.Nodes;

/// <summary>Another process watches: one JSON object per line on standard output.</summary>
internal sealed class SupervisedObserver : INodeObserver
{
    private readonly Lock _writing = new();

    public void Listening(string address) => Write("listening", json => json.WriteString("address", address));

    public void Say(string sentence) => Write("said", json => json.WriteString("sentence", sentence));

    public void Warn(Exception problem) => Console.Error.WriteLine("error: " + Printable.Of(problem.Message));

    public void Report(RunProgress value) => Write("round", json =>
    {
        json.WriteString("stage", value.Stage);
        json.WriteString("step", value.Step.Path);
        json.WriteNumber("round", value.Round);
        json.WriteNumber("maximum", value.MaximumRounds);
        if (value.Loss is { } loss && double.IsFinite(loss)) json.WriteNumber("loss", loss);
        if (double.IsFinite(value.Change)) json.WriteNumber("change", value.Change);
        json.WriteNumber("survivors", value.Survivors);
    });

    /// <summary>Rounds are prepared, and the run stands still.</summary>
    public void Prepared(PreparedRounds prepared) => Write("prepared", json => PreparedJson.WriteMembers(json, prepared));

    public Task<bool> ConsentAsync(TaskSummary task, CancellationToken cancellationToken) => Task.FromResult(false);

    private void Write(string kind, Action<Utf8JsonWriter> content)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("event", kind);
            content(json);
            json.WriteEndObject();
        }
        lock (_writing)
        {
            Console.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
            Console.Out.Flush();
        }
    }
}
