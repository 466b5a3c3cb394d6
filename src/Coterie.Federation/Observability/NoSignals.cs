using Microsoft.Extensions.Hosting;

namespace Coterie.Federation.Observability;

/// <summary>A host that leaves the process's signals to the command that runs it.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
