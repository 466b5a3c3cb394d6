using Coterie.Core.Parties;
using Microsoft.Extensions.Logging;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>What connections tell the log: who and why, never what they carried.</summary>
internal static partial class LinkLog
{
    [LoggerMessage(1, LogLevel.Information, "{Party} is connected from {Address}.")]
    public static partial void Connected(ILogger log, PartyId party, string address);

    [LoggerMessage(2, LogLevel.Information, "{Party} is disconnected: {Reason}")]
    public static partial void Disconnected(ILogger log, PartyId party, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Refused a connection from {Address}: {Reason}")]
    public static partial void Refused(ILogger log, string address, string reason);

    [LoggerMessage(4, LogLevel.Warning, "{Destination} takes nothing; a frame of {Source} was dropped.")]
    public static partial void Dropped(ILogger log, PartyId destination, PartyId source);

    [LoggerMessage(5, LogLevel.Warning, "No connection to the coordinator at {Address}: {Reason}")]
    public static partial void Unreachable(ILogger log, string address, string reason);

    [LoggerMessage(6, LogLevel.Information, "Connected to the coordinator {Coordinator} at {Address}.")]
    public static partial void Reached(ILogger log, PartyId coordinator, string address);

    [LoggerMessage(8, LogLevel.Warning, "Refused a connection from {Address}: it has {Most} connections whose parties are not known yet.")]
    public static partial void Crowded(ILogger log, string address, int most);

    [LoggerMessage(7, LogLevel.Warning, "The session with {Peer}: {Problem}")]
    public static partial void Session(ILogger log, PartyId peer, string problem);
}
