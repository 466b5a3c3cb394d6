using Coterie.Federation.Identity;
using Reason = Coterie.Federation.Protos.Refusal.Types.Reason;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>What is refused why, and what that means for trying again.</summary>
internal static class RefusalReasons
{
    /// <summary>Name of the header that answers a connection refused before it became a WebSocket: the reason's name, a space, a text.</summary>
    public const string Header = "Coterie-Refusal";

    /// <summary>The reason to give for a certificate that is not accepted.</summary>
    public static Reason Of(IdentityReason reason) => reason switch
    {
        IdentityReason.Revoked => Reason.Revoked,
        IdentityReason.Expired => Reason.Expired,
        IdentityReason.NotYetValid => Reason.Clock,
        IdentityReason.WrongRole => Reason.Role,
        _ => Reason.Authority,
    };

    /// <summary>Whether trying again does not help.</summary>
    public static bool IsFinal(Reason reason) => reason is Reason.Version or Reason.Revoked or Reason.Expired or Reason.Role or Reason.Authority;

    /// <summary>A header's value; what is no printable ASCII becomes a question mark.</summary>
    public static string ToHeader(Reason reason, string text) => $"{reason} {string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?'))}";

    /// <summary>Reads a header's value.</summary>
    public static (Reason Reason, string Text) FromHeader(string value)
    {
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        var known = space > 0 && Enum.TryParse<Reason>(value.AsSpan(0, space), ignoreCase: false, out var reason) && Enum.IsDefined(reason) ? reason : Reason.Unspecified;
        return (known, space >= 0 ? value[(space + 1)..] : value);
    }
}
