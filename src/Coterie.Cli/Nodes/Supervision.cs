using System.CommandLine;

namespace Coterie.Cli.Nodes;

/// <summary>How a node is run by another process of this program.</summary>
internal static class Supervision
{
    /// <summary>The folder through which the two exchange files; also: events go to standard output, and the end of standard input ends the node.</summary>
    public static Option<string?> Option() => new("--supervised") { Description = "Run for another process of this program.", HelpName = "DIR", Hidden = true };

    /// <summary>Cancelled when whoever started this process is gone.</summary>
    public static CancellationTokenSource Watch(CancellationToken cancellationToken)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = Task.Run(
            async () =>
            {
                var buffer = new byte[256];
                await using var input = Console.OpenStandardInput();
                while (await input.ReadAsync(buffer, CancellationToken.None) > 0)
                {
                    // Nothing is asked for this way; only the end matters.
                }
                await stop.CancelAsync();
            },
            CancellationToken.None);
        return stop;
    }
}
