using System.Net;
using System.Text;
using Coterie.Federation.Nodes.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coterie.Federation.Observability;

/// <summary>Serves <c>/healthz</c> and <c>/metrics</c> in plain HTTP, for whoever watches the machine.</summary>
internal sealed class HealthEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HealthEndpoint(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Begins to listen.</summary>
    /// <exception cref="IOException">The address is in use or not this machine's.</exception>
    public static async Task<HealthEndpoint> StartAsync(HostPort address, NodeFigures figures, NodeMetrics metrics, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = [] });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 32;
            kestrel.Listen(address.ToEndPoint() ?? new IPEndPoint(IPAddress.Loopback, address.Port));
        });
        var app = builder.Build();
        app.MapGet("/metrics", () => Results.Text(metrics.ToPrometheus(), "text/plain; version=0.0.4", Encoding.UTF8));
        app.MapGet("/healthz", () => Results.Text(
            $$"""{"live":true,"ready":{{(figures.IsReady ? "true" : "false")}}}""", "application/json", Encoding.UTF8, figures.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable));
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception failed) when (failed is IOException or System.Net.Sockets.SocketException)
        {
            await app.DisposeAsync();
            throw new IOException($"metrics: cannot listen on {address}: {failed.Message}", failed);
        }
        return new HealthEndpoint(app);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }
}
