using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Coterie.Federation.Observability;

/// <summary>A node's figures under their public names: one list, read by Prometheus as text and by OpenTelemetry as instruments.</summary>
internal sealed class NodeMetrics : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string SourceName = "Coterie";

    private readonly ImmutableArray<Figure> _figures;
    private readonly Meter _meter = new(SourceName);

    public NodeMetrics(NodeFigures figures, string role)
    {
        static IEnumerable<Value> One(double value) => [new(value)];
        _figures =
        [
            new("coterie_build_info", "Version and role of the node; always 1.", false, () => [new(1, ("version", Version), ("role", role))]),
            new("coterie_ready", "Whether the node can do its work.", false, () => One(figures.IsReady ? 1 : 0)),
            new("coterie_runs", "Runs of this process life by state.", false, () => figures.RunsByState.Select(r => new Value(r.Value, ("state", r.Key)))),
            new("coterie_round", "1-based round last finished, by stage.", false, () => figures.Progress is { } p ? [new(p.Round + 1, ("stage", p.Stage))] : []),
            new("coterie_maximum_rounds", "Rounds at most, by stage.", false, () => figures.Progress is { } p ? [new(p.MaximumRounds, ("stage", p.Stage))] : []),
            new("coterie_connected_peers", "Peers that can be sent to.", false, () => One(figures.ConnectedPeers)),
            new("coterie_received_bytes_total", "Bytes of frames received.", true, () => One(figures.BytesIn)),
            new("coterie_sent_bytes_total", "Bytes of frames sent.", true, () => One(figures.BytesOut)),
            new("coterie_received_frames_total", "Frames received.", true, () => One(figures.FramesIn)),
            new("coterie_sent_frames_total", "Frames sent.", true, () => One(figures.FramesOut)),
            new("coterie_received_messages_total", "Messages of runs received.", true, () => One(figures.MessagesIn)),
            new("coterie_sent_messages_total", "Messages of runs sent.", true, () => One(figures.MessagesOut)),
            new("coterie_reconnects_total", "Times a peer came back.", true, () => One(figures.Reconnects)),
            new("coterie_waiting_seconds_total", "Seconds spent waiting for messages, added over waits that overlap.", true, () => One(figures.SecondsWaiting)),
            new("coterie_store_errors_total", "Failures of the durable store.", true, () => One(figures.StoreErrors)),
        ];
        foreach (var figure in _figures)
        {
            if (figure.IsCounter) _meter.CreateObservableCounter(figure.Name, figure.Measure, description: figure.Help);
            else _meter.CreateObservableGauge(figure.Name, figure.Measure, description: figure.Help);
        }
    }

    /// <summary>The product's version.</summary>
    public static string Version { get; } = typeof(NodeMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>Prometheus' text format, version 0.0.4.</summary>
    public string ToPrometheus()
    {
        var text = new StringBuilder();
        foreach (var figure in _figures)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {figure.Name} {figure.Help}\n# TYPE {figure.Name} {(figure.IsCounter ? "counter" : "gauge")}\n");
            foreach (var value in figure.Values())
            {
                text.Append(figure.Name);
                if (value.Labels.Length > 0) text.Append('{').AppendJoin(',', value.Labels.Select(l => $"{l.Name}=\"{Escape(l.Text)}\"")).Append('}');
                text.Append(CultureInfo.InvariantCulture, $" {value.Number:R}\n");
            }
        }
        return text.ToString();
    }

    public void Dispose() => _meter.Dispose();

    private static string Escape(string text) =>
        text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private readonly record struct Value(double Number, params (string Name, string Text)[] Labels);

    private sealed record Figure(string Name, string Help, bool IsCounter, Func<IEnumerable<Value>> Values)
    {
        public IEnumerable<Measurement<double>> Measure() =>
            Values().Select(v => new Measurement<double>(v.Number, v.Labels.Select(l => KeyValuePair.Create<string, object?>(l.Name, l.Text))));
    }
}
