using Coterie.Core.Parties;
using Microsoft.Extensions.Logging;

namespace Coterie.Federation.Observability;

/// <summary>
/// Every sentence a node logs. Arguments are names, counts and states: no cells, no models, no contributions, no keys, and no message of an
/// exception that might quote one.
/// </summary>
internal static partial class NodeLog
{
    [LoggerMessage(1, LogLevel.Information, "{Role} {Party} version {Version} starts")]
    public static partial void Starts(ILogger logger, string role, PartyId party, string version);

    [LoggerMessage(2, LogLevel.Information, "Listening on {Address}")]
    public static partial void Listens(ILogger logger, string address);

    [LoggerMessage(3, LogLevel.Information, "Connecting to {Address}")]
    public static partial void Connects(ILogger logger, string address);

    [LoggerMessage(4, LogLevel.Information, "{Peer} ({Role}) is connected")]
    public static partial void Up(ILogger logger, PartyId peer, string role);

    [LoggerMessage(5, LogLevel.Information, "{Peer} is not connected")]
    public static partial void Down(ILogger logger, PartyId peer);

    [LoggerMessage(6, LogLevel.Information, "Run {Run}: task offered to {Peer}")]
    public static partial void Offered(ILogger logger, string run, PartyId peer);

    [LoggerMessage(7, LogLevel.Information, "Run {Run}: {Peer} takes part")]
    public static partial void Accepted(ILogger logger, string run, PartyId peer);

    [LoggerMessage(8, LogLevel.Warning, "Run {Run}: {Peer} declines: {Reason}")]
    private static partial void WriteDeclined(ILogger logger, string run, PartyId peer, string reason);

    public static void Declined(ILogger logger, string run, PartyId peer, string reason) => WriteDeclined(logger, run, peer, Short(reason));

    [LoggerMessage(9, LogLevel.Information, "Run {Run} begins with {Participants} participants")]
    public static partial void Begins(ILogger logger, string run, int participants);

    [LoggerMessage(10, LogLevel.Information, "Run {Run} goes on after a restart")]
    public static partial void GoesOn(ILogger logger, string run);

    [LoggerMessage(11, LogLevel.Debug, "Run {Run}: {Stage}, round {Round} of at most {Maximum}, {Survivors} participants")]
    public static partial void Round(ILogger logger, string run, string stage, int round, int maximum, int survivors);

    [LoggerMessage(12, LogLevel.Information, "Run {Run} is finished")]
    public static partial void Finished(ILogger logger, string run);

    [LoggerMessage(13, LogLevel.Error, "Run {Run} failed: {Reason}")]
    private static partial void WriteFailed(ILogger logger, string run, string reason);

    public static void Failed(ILogger logger, string run, string reason) => WriteFailed(logger, run, Short(reason));

    [LoggerMessage(14, LogLevel.Information, "Run {Run} stops here and can be resumed by the same command")]
    public static partial void Stopped(ILogger logger, string run);

    [LoggerMessage(15, LogLevel.Warning, "{Peer} sent a control that is not accepted: {Reason}")]
    private static partial void WriteRefused(ILogger logger, PartyId peer, string reason);

    public static void Refused(ILogger logger, PartyId peer, string reason) => WriteRefused(logger, peer, Short(reason));

    [LoggerMessage(16, LogLevel.Information, "Run {Run}: the task keeps all limits of the policy and waits for consent")]
    public static partial void WaitsForConsent(ILogger logger, string run);

    [LoggerMessage(17, LogLevel.Information, "Run {Run}: {Rows} rows are ready")]
    public static partial void RowsReady(ILogger logger, string run, int rows);

    [LoggerMessage(18, LogLevel.Error, "Run {Run}: this participant's file cannot be used ({Kind}); standard error says why")]
    public static partial void RowsRefused(ILogger logger, string run, string kind);

    [LoggerMessage(19, LogLevel.Warning, "{Peer} is connected, but no task here names it")]
    public static partial void NotNamed(ILogger logger, PartyId peer);

    [LoggerMessage(20, LogLevel.Error, "The durable store failed: {Reason}")]
    private static partial void WriteStoreFailed(ILogger logger, string reason);

    public static void StoreFailed(ILogger logger, string reason) => WriteStoreFailed(logger, Short(reason));

    [LoggerMessage(22, LogLevel.Warning, "The revocation list cannot be read: {Reason}")]
    private static partial void WriteRevocationsUnread(ILogger logger, string reason);

    public static void RevocationsUnread(ILogger logger, string reason) => WriteRevocationsUnread(logger, Short(reason));

    [LoggerMessage(23, LogLevel.Information, "Revocation list {Number} is taken up; everybody is judged anew")]
    public static partial void RevocationsNew(ILogger logger, long number);

    /// <summary>The one sentence that this party does not choose: its own program does, and may quote rows. It is for who looks for a defect, and asks for it.</summary>
    [LoggerMessage(24, LogLevel.Debug, "Run {Run}: its program says: {Line}")]
    public static partial void ProgramSays(ILogger logger, string run, string line);

    [LoggerMessage(21, LogLevel.Information, "Health and metrics on {Address}")]
    public static partial void Metrics(ILogger logger, string address);

    /// <summary>Reasons may come from others, and nothing in them is to look like another line of the log.</summary>
    private static string Short(string reason) => Nodes.Printable.Of(reason, Nodes.Printable.ReasonLength);
}
