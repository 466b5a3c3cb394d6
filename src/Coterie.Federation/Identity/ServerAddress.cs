namespace Coterie.Federation.Identity;

/// <summary>The address of the node that speaks for an authority: <c>https://host:port</c>.</summary>
internal static class ServerAddress
{
    /// <summary>No address is longer.</summary>
    public const int MaximumLength = 256;

    /// <summary>Reads an address.</summary>
    /// <exception cref="IdentityException">It is not https, or has more than host and port.</exception>
    public static Uri Parse(string text) =>
        text.Length <= MaximumLength && Uri.TryCreate(text, UriKind.Absolute, out var address)
            && address.Scheme == Uri.UriSchemeHttps && address is { PathAndQuery: "/", UserInfo: "", Fragment: "", Host.Length: > 0 }
            ? address
            : throw new IdentityException(IdentityReason.Malformed, "The server's address has to be https://HOST or https://HOST:PORT, and nothing after it.");
}
