using Coterie.Core.Parties;
using Coterie.Federation.Transports.Durable;

namespace Coterie.Federation.RunStore;

/// <summary>A message of the outbox.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Sequence">Its number among all to that peer, from 1.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Digest">SHA-256 of its content.</param>
internal sealed record SentMessage(MessageKey Key, long Sequence, long Bytes, byte[] Digest);

/// <summary>A complete message on its way into the inbox: its payload, or the spool file that holds it.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Sequence">Its number among all from that peer.</param>
/// <param name="Witness">What the peer wants to see again.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Payload">Its content, or null.</param>
/// <param name="File">The spool file, or null.</param>
internal sealed record ReceivedMessage(MessageKey Key, long Sequence, byte[] Witness, long Bytes, byte[]? Payload, string? File);

/// <summary>What became of a message that arrived.</summary>
internal enum Arrival
{
    /// <summary>It is in the inbox.</summary>
    Stored,

    /// <summary>Nobody will ask for it: its step is finished, its receive was given up, or there is one of that name.</summary>
    Dropped,

    /// <summary>Its number is not the next.</summary>
    OutOfOrder,
}

/// <summary>Where the messages with one peer stand.</summary>
internal sealed record PeerCounters(PartyId Peer, long Sent, long Acknowledged, byte[] AcknowledgedWitness, long Received, byte[] ReceivedWitness);

/// <summary>Why a receive was given up.</summary>
internal sealed record Absence(string Reason, bool TimedOut);
