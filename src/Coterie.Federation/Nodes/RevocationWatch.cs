using System.Security.Cryptography;
using Coterie.Federation.Identity;
using Coterie.Federation.Observability;
using Microsoft.Extensions.Logging;

namespace Coterie.Federation.Nodes;

/// <summary>
/// Looks again and again for a newer revocation list while a node runs: in its identity's folder, where another command may have left one, and now and
/// then at the authority. With a new one everybody who is connected is judged anew.
/// </summary>
/// <param name="identity">Whose list it is.</param>
/// <param name="folder">The identity's folder.</param>
/// <param name="recheck">Judges everybody anew.</param>
/// <param name="log">Where failures go: they are told and tried again.</param>
internal sealed class RevocationWatch(NodeIdentity identity, string folder, Action recheck, ILogger log)
{
    /// <summary>How often the folder is looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Looks at the folder until the authority is asked once more.</summary>
    private const int LooksPerQuestion = 10;

    /// <summary>Asks the authority; null where nobody knows its address.</summary>
    public Func<CancellationToken, Task<byte[]>>? Ask { get; init; }

    /// <summary>Looks until cancelled.</summary>
    public async Task RunAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        for (var looks = 0; ; looks++)
        {
            await LookAsync(looks % LooksPerQuestion == 0, cancellationToken);
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Looks once; with a newer list everybody is judged anew.</summary>
    public async Task LookAsync(bool ask, CancellationToken cancellationToken)
    {
        var held = identity.Peers.Revocations.Number;
        Try(() => identity.Peers.Install(new IdentityFolder(folder).ReadPeers(identity.Time).Revocations.Encoded.Span));
        if (ask && Ask is { } question)
        {
            try
            {
                var list = await question(cancellationToken);
                Try(() => identity.InstallRevocations(list));
            }
            catch (Exception failed) when (IsExpected(failed) || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                NodeLog.RevocationsUnread(log, failed.Message);
            }
        }
        if (identity.Peers.Revocations.Number == held) return;
        NodeLog.RevocationsNew(log, identity.Peers.Revocations.Number);
        recheck();
    }

    private void Try(Action install)
    {
        try
        {
            install();
        }
        catch (Exception failed) when (IsExpected(failed))
        {
            NodeLog.RevocationsUnread(log, failed.Message);
        }
    }

    private static bool IsExpected(Exception failed) => failed is IdentityException or IOException or UnauthorizedAccessException or CryptographicException or HttpRequestException;
}
