namespace Coterie.Federation.Identity;

/// <summary>An identity, a certificate, an invitation or a revocation list cannot be accepted; the message says what would be.</summary>
public sealed class IdentityException : Exception
{
    /// <summary>Describes the refusal.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="message">A sentence for people; no secrets.</param>
    /// <param name="cause">What it follows from, where that is known.</param>
    public IdentityException(IdentityReason reason, string message, Exception? cause = null)
        : base(message, cause) => Reason = reason;

    /// <summary>Why.</summary>
    public IdentityReason Reason { get; }
}
