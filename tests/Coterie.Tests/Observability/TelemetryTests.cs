using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Coterie.Federation.Observability;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Observability;

/// <summary>What a collector receives, over HTTP and over gRPC.</summary>
public sealed class TelemetryTests
{
    [Theory]
    [InlineData("/collector", HttpProtocols.Http1, "/collector/v1/metrics", "/collector/v1/traces")]
    [InlineData("", HttpProtocols.Http2, "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "/opentelemetry.proto.collector.trace.v1.TraceService/Export")]
    public async Task Dispose_WithACollector_HasSentMetricsAndTraces(string path, HttpProtocols protocol, string metrics, string traces)
    {
        var received = new ConcurrentDictionary<string, byte[]>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, l => l.Protocols = protocol));
        await using var collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received[context.Request.Path] = body.ToArray();
            if (protocol != HttpProtocols.Http2) return;
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[5]);   // an empty message
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await collector.StartAsync();
        var address = collector.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Last();
        using var meter = new Meter(NodeMetrics.SourceName);
        using (new Telemetry(new Uri(address + path), "hospital-a"))
        {
            meter.CreateCounter<long>("coterie.test.events").Add(7);
            using var activity = Telemetry.Activities.StartActivity("run");
        }
        Assert.Equal(new[] { metrics, traces }.Order(StringComparer.Ordinal), received.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("coterie.test.events", Encoding.UTF8.GetString(received[metrics]), StringComparison.Ordinal);
        Assert.All(received.Values, sent => Assert.Contains("hospital-a", Encoding.UTF8.GetString(sent), StringComparison.Ordinal));
    }
}
