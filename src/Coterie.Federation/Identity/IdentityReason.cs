namespace Coterie.Federation.Identity;

/// <summary>Why an identity, a certificate, an invitation or a revocation list was not accepted.</summary>
public enum IdentityReason
{
    /// <summary>The certificate or list was not signed by the consortium's authority.</summary>
    UnknownAuthority,

    /// <summary>The certificate is no longer valid.</summary>
    Expired,

    /// <summary>The certificate is not valid yet; often a clock that is wrong.</summary>
    NotYetValid,

    /// <summary>The authority has revoked the certificate.</summary>
    Revoked,

    /// <summary>Bytes or text that are not what they have to be.</summary>
    Malformed,

    /// <summary>The certificate's role is unknown, or not the one needed here.</summary>
    WrongRole,

    /// <summary>The authority knows no such invitation, or the proof of it does not hold.</summary>
    InvitationUnknown,

    /// <summary>The invitation has been used.</summary>
    InvitationUsed,

    /// <summary>The invitation's time is over.</summary>
    InvitationExpired,

    /// <summary>The authority has taken the invitation back.</summary>
    InvitationWithdrawn,

    /// <summary>Another certificate holds this name or this key.</summary>
    Taken,

    /// <summary>There is something already where an identity or authority was to be created.</summary>
    AlreadyExists,

    /// <summary>There is no identity, authority or certificate where one was expected.</summary>
    NotFound,

    /// <summary>A file with a private key can be read by others.</summary>
    UnsafeFile,

    /// <summary>The revocation list is older than the one held.</summary>
    Outdated,

    /// <summary>The server cannot be reached, or does not answer as one.</summary>
    Unreachable,

    /// <summary>The server takes no more requests for the moment.</summary>
    TooManyRequests,
}
