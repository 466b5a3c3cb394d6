using Coterie.Federation.Transports.Carriers.Packets;
using Coterie.Federation.Transports.Carriers.Sessions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>Waits and bounds of connections between a party and the coordinator.</summary>
internal sealed record LinkOptions
{
    /// <summary>What is used.</summary>
    public static LinkOptions Default { get; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where connections and refusals are told of; never what they carried.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;

    /// <summary>Longest time for connecting, for the handshake, and for the first packets each.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First wait before connecting again, doubled after each failure; the true wait is a random part, half at least.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest such wait.</summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Silence after which the peer is asked for a sign of life.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long that sign may take: a dead network is noticed after both.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Bytes that wait for one connection at most, a packet more or less: some large frames, and affordable times a thousand parties.</summary>
    public int OutboxBytes { get; init; } = 2 << 20;

    /// <summary>How long the coordinator stops reading from a party because another one takes nothing; then the frame is dropped and both are told.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one packet may take to leave; then the connection is given up.</summary>
    public TimeSpan LongestSend { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>By how much clocks may differ: certificates and deadlines are judged by them.</summary>
    public TimeSpan LargestSkew { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Parties that one party may ask for: the bound of what it can make others remember.</summary>
    public int MostWanted { get; init; } = 4_096;

    /// <summary>
    /// Connections of one address at once whose parties are not known yet; more are broken off. Well above what parties behind one address need to
    /// connect at about the same time, well below what the coordinator takes of everybody.
    /// </summary>
    public int MostStrangers { get; init; } = 256;

    /// <summary>Version of packets that is spoken; tests speak others.</summary>
    public uint Version { get; init; } = PacketLimits.Version;

    /// <summary>When end-to-end sessions try again and are replaced.</summary>
    public SessionTimings Sessions { get; init; } = SessionTimings.Default;
}
