using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Transports.Carriers.Packets;
using Coterie.Federation.Transports.Carriers.Sessions;
using Google.Protobuf;

namespace Coterie.Tests.Transports.Carriers.Sessions;

/// <summary>Both ends of a session and what is on its way between them, in the hands of the test. Time stands.</summary>
internal sealed class SessionPair
{
    private readonly NodeIdentity[] _identities;

    public SessionPair(NodeIdentity first, NodeIdentity second, SessionTimings? timings = null)
    {
        _identities = [first, second];
        Timings = timings ?? new SessionTimings { Burst = 1_000 };
        Ends = [New(0), New(1)];
    }

    public MovableTime Time { get; } = new(TimeSpan.Zero, stands: true);

    public SessionTimings Timings { get; }

    public PeerSession[] Ends { get; }

    public List<Transit> Wire { get; } = [];

    public List<string> Problems { get; } = [];

    /// <summary>Sessions begun and ended, as each end's user was told.</summary>
    public int[] Ups { get; } = [0, 0];

    public int[] Downs { get; } = [0, 0];

    public Party?[] Peers { get; } = [null, null];

    /// <summary>Frames that each end has opened.</summary>
    public List<byte[]>[] Opened { get; } = [[], []];

    public bool BothUp => Ends[0].IsUp && Ends[1].IsUp;

    /// <summary>The end is another process now.</summary>
    public void Restart(int end)
    {
        if (Ends[end].Reset()) Downs[end]++;
        Ends[end] = New(end);
    }

    public void Present(int end, bool up = true) => Apply(end, Ends[end].Presence(up));

    /// <summary>Time passes and both ends look after what is unanswered.</summary>
    public void Pass(TimeSpan by)
    {
        Time.Move(by);
        for (var end = 0; end < 2; end++)
            if (Ends[end].IsBusy) Apply(end, Ends[end].Tick());
    }

    public bool Send(int end, byte[] frame) => Ends[end].TrySend(frame, packet =>
    {
        var relay = RelayView.Read(PacketView.Read(packet.Memory.ToArray()).Body);
        Assert.Equal(_identities[1 - end].Name, relay.Peer);
        Wire.Add(new Transit(1 - end, relay.Kind, relay.Body.ToArray()));
        packet.Release();
        return true;
    });

    public void Deliver(Transit transit)
    {
        var end = transit.To;
        if (transit.Kind != RelayKind.Sealed) Apply(end, Ends[end].Receive(transit.Kind, transit.Body));
        else if (Ends[end].Open(SealedView.Read(transit.Body.ToArray()), out var frame, out var reaction)) Opened[end].Add(frame.ToArray());
        else Apply(end, reaction);
    }

    public Transit Take()
    {
        var first = Wire[0];
        Wire.RemoveAt(0);
        return first;
    }

    public void DeliverAll()
    {
        while (Wire.Count > 0) Deliver(Take());
    }

    /// <summary>Both present, and a session between them.</summary>
    public SessionPair Agree()
    {
        Present(0);
        Present(1);
        DeliverAll();
        Assert.True(BothUp);
        return this;
    }

    public void Apply(int end, SessionReaction reaction)
    {
        if (reaction.WentDown) Downs[end]++;
        if (reaction.Problem is { } problem) Problems.Add(problem);
        if (reaction.Message is { } message) Wire.Add(new Transit(1 - end, reaction.Kind!.Value, message.ToByteArray()));
        if (reaction.CameUp is not { } party) return;
        Ups[end]++;
        Peers[end] = party;
        Ends[end].Begun();
        Assert.Equal(Ups[end], Downs[end] + 1);   // up and down take turns
    }

    private PeerSession New(int end) => new(_identities[end], _identities[1 - end].Name, Timings, Time);
}

/// <summary>Something on its way.</summary>
internal sealed record Transit(int To, RelayKind Kind, byte[] Body);
