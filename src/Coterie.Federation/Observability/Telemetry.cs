using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Coterie.Federation.Observability;

/// <summary>Sends metrics and traces to an OTLP collector, where one is configured.</summary>
internal sealed class Telemetry : IDisposable
{
    private readonly MeterProvider? _metrics;
    private readonly TracerProvider? _traces;

    public Telemetry(Uri? collector, string party)
    {
        if (collector is null) return;
        var resource = ResourceBuilder.CreateEmpty().AddService("coterie", serviceVersion: NodeMetrics.Version, serviceInstanceId: party);
        // The port registered for OTLP over HTTP, or a path, which gRPC has no room for.
        var isHttp = collector.Port == 4318 || collector.AbsolutePath.Length > 1;
        Action<OtlpExporterOptions> To(string signal) => options =>
        {
            options.Endpoint = isHttp ? new Uri($"{collector.AbsoluteUri.TrimEnd('/')}/v1/{signal}") : collector;
            options.Protocol = isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        };
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(NodeMetrics.SourceName).AddOtlpExporter(To("metrics")).Build();
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(NodeMetrics.SourceName).AddOtlpExporter(To("traces")).Build();
    }

    /// <summary>Spans of runs: an activity per run, an event per round.</summary>
    public static ActivitySource Activities { get; } = new(NodeMetrics.SourceName, NodeMetrics.Version);

    public void Dispose()
    {
        _metrics?.Dispose();
        _traces?.Dispose();
    }
}
