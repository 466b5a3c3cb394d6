using System.Collections.Concurrent;
using Coterie.Core.Parties;
using Coterie.Federation.Protos;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports.Carriers;

namespace Coterie.Federation.Transports.Durable;

/// <summary>One party's end of a carrier: frames of runs go to their channels, controls to the party. Thread-safe.</summary>
internal sealed class Switchboard : IFrameReceiver
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PartyId, Party> _up = [];
    private readonly ConcurrentDictionary<string, RunChannel> _channels = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<PartyId, long> _refused = new();
    private readonly ConcurrentDictionary<PartyId, ControlParts> _parts = new();
    private readonly ConcurrentDictionary<PartyId, SemaphoreSlim> _cutting = new();
    private long _controls;

    /// <summary>Stands on a carrier; <see cref="ICarrier.RunAsync"/> is called by whoever owns it, with this as the receiver.</summary>
    public Switchboard(ICarrier carrier, TimeProvider? time = null)
    {
        Carrier = carrier;
        Time = time ?? TimeProvider.System;
    }

    /// <summary>What frames travel on.</summary>
    public ICarrier Carrier { get; }

    /// <summary>This party.</summary>
    public PartyId Self => Carrier.Self;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Takes the controls peers send, one at a time per peer; the next frame of that peer waits. May come from several threads.
    /// A <see cref="ProtocolException"/> says that the control is malformed; other failures are the handler's own to deal with.</summary>
    public Func<Party, Control, CancellationToken, ValueTask>? ControlReceived { get; set; }

    /// <summary>A peer can be sent to. Told under a lock: handlers return at once.</summary>
    public event Action<Party>? Up;

    /// <summary>A peer cannot be sent to for now. Told under a lock: handlers return at once.</summary>
    public event Action<PartyId>? Down;

    /// <summary>Opens this party's end of a run; peers that are up already are asked at once to go on with it.</summary>
    /// <exception cref="ArgumentException">The run is open already, this party is not on its roster, or the store is another run's.</exception>
    /// <exception cref="StoreException">The run's state cannot be read.</exception>
    /// <exception cref="ProtocolException">The run's state is older than what was released in it.</exception>
    public RunChannel Open(RunChannelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Roster.Contains(Self)) throw new ArgumentException($"{Self} is not on the roster of {options.Roster.RunId}.", nameof(options));
        if (options.Store.Run != options.Roster.RunId) throw new ArgumentException($"The store of {options.Store.Run} is no place for {options.Roster.RunId}.", nameof(options));
        var channel = new RunChannel(this, options);
        lock (_gate)
        {
            if (!_channels.TryAdd(options.Roster.RunId, channel))
            {
                channel.Abandon();
                throw new ArgumentException($"{options.Roster.RunId} is open already.", nameof(options));
            }
            foreach (var peer in _up.Values) channel.OnUp(peer);
        }
        channel.Start();
        return channel;
    }

    /// <summary>Sends once, without repetition, a long one in parts, which only a coordinator's peers take; false when the peer is not up.</summary>
    /// <exception cref="ArgumentException">The control is longer than <see cref="ControlParts.MaximumControlBytes"/>.</exception>
    public async ValueTask<bool> SendControlAsync(PartyId to, Control control, CancellationToken cancellationToken)
    {
        var frames = ControlParts.Cut(control, unchecked((ulong)Interlocked.Increment(ref _controls)));
        if (frames is byte[][] and [var whole]) return await Carrier.SendAsync(to, whole, cancellationToken);
        // Parts of two controls must not mix.
        var cutting = _cutting.GetOrAdd(to, static _ => new SemaphoreSlim(1));
        await cutting.WaitAsync(cancellationToken);
        try
        {
            foreach (var frame in frames)
                if (!await Carrier.SendAsync(to, frame, cancellationToken)) return false;
            return true;
        }
        finally
        {
            cutting.Release();
        }
    }

    /// <summary>The peer as the carrier knows it, or null when it is not up.</summary>
    public Party? Connected(PartyId peer)
    {
        lock (_gate) return _up.GetValueOrDefault(peer);
    }

    /// <summary>How many frames of the peer were refused: malformed, or with an identity that is not the roster's.</summary>
    public long Refused(PartyId peer) => _refused.GetValueOrDefault(peer);

    /// <inheritdoc/>
    public async ValueTask OnFrameAsync(PartyId from, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        switch (FrameCodec.Read(frame.Span))
        {
            case { BodyCase: Frame.BodyOneofCase.Run } parsed:
                // Frames of a run that is not open here are lost: it asks for them when it opens.
                if (_channels.TryGetValue(parsed.Run.Run, out var channel)) await channel.OnFrameAsync(from, parsed.Run, cancellationToken);
                break;
            case { BodyCase: Frame.BodyOneofCase.Control } parsed:
                await OnControlAsync(from, parsed.Control, cancellationToken);
                break;
            case { BodyCase: Frame.BodyOneofCase.Part } parsed:
                // A coordinator has thousands of peers, and not the memory to let all of them be long.
                if (Connected(from) is { Role: PartyRole.Coordinator } && _parts.GetOrAdd(from, static _ => new ControlParts()).Take(parsed.Part, out var control))
                {
                    if (control is not null) await OnControlAsync(from, control, cancellationToken);
                }
                else Refuse(from);
                break;
            default:
                Refuse(from);
                break;
        }
    }

    /// <inheritdoc/>
    public void OnUp(Party peer)
    {
        lock (_gate)
        {
            _up[peer.Id] = peer;
            foreach (var channel in _channels.Values) channel.OnUp(peer);
            Up?.Invoke(peer);
        }
    }

    /// <inheritdoc/>
    public void OnDown(PartyId peer)
    {
        lock (_gate)
        {
            _parts.TryRemove(peer, out _);
            if (!_up.Remove(peer)) return;
            foreach (var channel in _channels.Values) channel.OnDown(peer);
            Down?.Invoke(peer);
        }
    }

    private async ValueTask OnControlAsync(PartyId from, Control control, CancellationToken cancellationToken)
    {
        if (Connected(from) is not { } party || ControlReceived is not { } handler) return;
        try
        {
            await handler(party, control, cancellationToken);
        }
        catch (ProtocolException)
        {
            Refuse(from);
        }
    }

    internal void Refuse(PartyId from) => _refused.AddOrUpdate(from, 1, (_, count) => count + 1);

    internal void Close(RunChannel channel) => _channels.TryRemove(KeyValuePair.Create(channel.Options.Roster.RunId, channel));
}
