using Coterie.Federation.Nodes.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Coterie.Federation.Observability;

/// <summary>Log lines on standard error, as text or as one JSON object per line.</summary>
internal static class NodeLogging
{
    /// <summary>Opens the log; disposing it writes what is left.</summary>
    public static ServiceProvider Open(LogSettings settings)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging =>
        {
            logging.SetMinimumLevel(settings.Level);
            if (settings.IsJson)
                logging.AddJsonConsole(json =>
                {
                    json.UseUtcTimestamp = true;
                    json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
                    json.IncludeScopes = true;
                });
            else
                logging.AddSimpleConsole(text =>
                {
                    text.SingleLine = true;
                    text.UseUtcTimestamp = true;
                    text.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff ";
                    text.ColorBehavior = LoggerColorBehavior.Disabled;
                });
            logging.Services.Configure<ConsoleLoggerOptions>(console =>
            {
                console.LogToStandardErrorThreshold = LogLevel.Trace;
                // A reader that is slow must not stop a protocol.
                console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            });
        });
        return services.BuildServiceProvider();
    }
}
