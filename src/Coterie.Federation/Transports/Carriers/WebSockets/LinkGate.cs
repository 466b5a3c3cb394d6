using System.Globalization;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers.Packets;
using Microsoft.AspNetCore.Http;
using Reason = Coterie.Federation.Protos.Refusal.Types.Reason;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>Who may connect to the coordinator, and what is said first.</summary>
internal static class LinkGate
{
    /// <summary>Judges the client's certificate; null when it is that of a party of the consortium that is no coordinator.</summary>
    public static Refusal? Judge(HttpContext context, NodeIdentity self, out Party? party, out X509Certificate2? certificate)
    {
        party = null;
        certificate = context.Connection.ClientCertificate;
        if (certificate is null) return Refuse(Reason.Authority, "No client certificate; one of this consortium's authority is needed.");
        try
        {
            party = self.Peers.Verify(certificate);
        }
        catch (IdentityException e)
        {
            return Refuse(RefusalReasons.Of(e.Reason), e.Message);
        }
        if (party.Role is PartyRole.Coordinator) return Refuse(Reason.Role, $"{party.Id} is a coordinator; participants, helpers and model owners are accepted here.");
        return party.Id == self.Name ? Refuse(Reason.Role, $"{party.Id} is the name of the coordinator.") : null;
    }

    /// <summary>Reads the party's first packet and answers it; what is returned is the welcome to send once the party has its place.</summary>
    /// <exception cref="LinkRefusedException">The version or the clock is not acceptable, or nothing came.</exception>
    /// <exception cref="MalformedPacketException">Something else came.</exception>
    public static async Task<(bool Standby, Packet Welcome)> GreetAsync(HubLink link, LinkOptions options)
    {
        var hello = await ReadHelloAsync(link, options);
        if (hello.Version != options.Version)
            throw new LinkRefusedException(Reason.Version, $"Version {hello.Version} of packets; the coordinator speaks version {options.Version}.");
        var now = options.Time.GetUtcNow();
        if (ClockProblem(hello.UnixMilliseconds, now, options.LargestSkew, "the party's", "the coordinator's") is { } problem)
            throw new LinkRefusedException(Reason.Clock, problem);
        return (hello.Standby, new Packet { Welcome = new Welcome { Version = options.Version, UnixMilliseconds = now.ToUnixTimeMilliseconds() } });
    }

    /// <summary>Says both times when they differ too much; null otherwise.</summary>
    public static string? ClockProblem(long peerMilliseconds, DateTimeOffset own, TimeSpan largest, string peerName, string ownName)
    {
        // A number that is no date at all is shown as the nearest that is one.
        var peer = DateTimeOffset.FromUnixTimeMilliseconds(
            Math.Clamp(peerMilliseconds, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
        return (peer - own).Duration() <= largest
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"The clocks differ by more than {largest.TotalMinutes:0.#} minutes: {peerName} says {peer:u}, {ownName} {own:u}. Set the wrong one.");
    }

    private static async Task<Hello> ReadHelloAsync(HubLink link, LinkOptions options)
    {
        using var late = new CancellationTokenSource(options.Patience, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, link.Ending);
        if (await link.Socket.ReceiveAsync(PacketLimits.ControlBytes, either.Token) is not { } packet)
            throw new WebSocketException("The party closed the connection before it said anything.");
        var view = PacketView.Read(packet.Memory);
        if (view.Kind != PacketKind.Hello) throw new MalformedPacketException($"A packet of kind {view.Kind} came first; Hello is expected.");
        var hello = ControlMessages.ParseLoosely(Hello.Parser, view.Body);
        packet.Release();
        return hello;
    }

    private static Refusal Refuse(Reason reason, string text) => new() { Reason = reason, Text = text };
}
