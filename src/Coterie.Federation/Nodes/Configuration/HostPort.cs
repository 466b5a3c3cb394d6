using System.Globalization;
using System.Net;

namespace Coterie.Federation.Nodes.Configuration;

/// <summary>A host and a port, as <c>host:port</c>; IPv6 addresses in brackets.</summary>
/// <param name="Host">A name or an address, without brackets.</param>
/// <param name="Port">0 to 65535; 0 lets the system choose where something listens.</param>
public readonly record struct HostPort(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>; null where the text is something else.</summary>
    public static HostPort? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.LastIndexOf(':');
        if (at <= 0 || !int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort) return null;
        var host = text[..at];
        if (host is ['[', .., ']']) return IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out _) ? new HostPort(host[1..^1], port) : null;
        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 ? new HostPort(host, port) : null;
    }

    /// <summary>The address to listen on; null where the host is a name other than localhost.</summary>
    public IPEndPoint? ToEndPoint() =>
        Host == "localhost" ? new IPEndPoint(IPAddress.Loopback, Port) : IPAddress.TryParse(Host, out var address) ? new IPEndPoint(address, Port) : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
