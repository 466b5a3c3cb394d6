using System.Collections.Immutable;

namespace Coterie.Core.Parties;

/// <summary>Why a protocol failed.</summary>
public enum ProtocolErrorCode
{
    /// <summary>A message could not be parsed or breaks its bounds.</summary>
    MalformedMessage,

    /// <summary>A signature does not verify.</summary>
    BadSignature,

    /// <summary>The parties hold different rosters or terms.</summary>
    RosterMismatch,

    /// <summary>Fewer participants than the mode needs.</summary>
    RosterTooSmall,

    /// <summary>Too few participants are left to finish.</summary>
    BelowThreshold,

    /// <summary>A party was told two different things, or the coordinator's story does not hold.</summary>
    Inconsistent,

    /// <summary>A contribution is of the wrong shape, not finite or out of range.</summary>
    InvalidContribution,

    /// <summary>Something that may be released once was asked for again in another form.</summary>
    AlreadyReleased,

    /// <summary>Another party stopped the run.</summary>
    Aborted,
}

/// <summary>A peer broke the protocol, or the protocol cannot go on.</summary>
public sealed class ProtocolException : Exception
{
    /// <summary>Describes the failure.</summary>
    /// <param name="code">What went wrong.</param>
    /// <param name="message">A sentence for people.</param>
    /// <param name="round">The step it happened in.</param>
    /// <param name="culprits">Who is to blame, where that is known.</param>
    public ProtocolException(ProtocolErrorCode code, string message, string round = "", params ReadOnlySpan<PartyId> culprits)
        : base(message)
    {
        Code = code;
        Round = round;
        Culprits = [.. culprits];
    }

    /// <summary>What went wrong.</summary>
    public ProtocolErrorCode Code { get; }

    /// <summary>The step it happened in.</summary>
    public string Round { get; }

    /// <summary>Who is to blame; empty where nobody can be named.</summary>
    public ImmutableArray<PartyId> Culprits { get; }
}
