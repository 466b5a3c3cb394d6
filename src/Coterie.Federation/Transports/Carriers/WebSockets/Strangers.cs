using System.Net;
using System.Net.Sockets;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>
/// Counts connections whose party is not known yet, by address, so that one address cannot take all places. IPv6 addresses count by their first 64 bits:
/// whoever has one has as many as it likes of the rest. Thread-safe.
/// </summary>
/// <param name="most">Such connections of one address at once.</param>
internal sealed class Strangers(int most)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _counts = [];

    /// <summary>Takes a place for a connection from <paramref name="address"/>; null when the address has as many as there are.</summary>
    public Place? TryEnter(IPAddress address)
    {
        var origin = OriginOf(address);
        lock (_gate)
        {
            var count = _counts.GetValueOrDefault(origin);
            if (count >= most) return null;
            _counts[origin] = count + 1;
        }
        return new Place(this, origin);
    }

    private static IPAddress OriginOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private void Leave(IPAddress origin)
    {
        lock (_gate)
        {
            var count = _counts[origin] - 1;
            if (count == 0) _counts.Remove(origin);
            else _counts[origin] = count;
        }
    }

    /// <summary>One connection's place, until its party is known or it has ended.</summary>
    public sealed class Place(Strangers strangers, IPAddress origin) : IDisposable
    {
        private int _left;

        /// <summary>Gives the place back, once.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) strangers.Leave(origin);
        }
    }
}
