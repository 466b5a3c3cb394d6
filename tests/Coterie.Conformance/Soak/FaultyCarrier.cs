using Coterie.Core.Parties;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers;

namespace Coterie.Conformance.Soak;

/// <summary>A party's carrier in one life, with the faults of a plan.</summary>
internal sealed class FaultyCarrier(ICarrier inner, FaultPlan plan, Action kill, Func<ValueTask> cut) : ICarrier
{
    private volatile bool _dead;

    public PartyId Self => inner.Self;

    public Task RunAsync(IFrameReceiver receiver, CancellationToken cancellationToken) => inner.RunAsync(new Receiver(this, receiver), cancellationToken);

    public void Expect(PartyId peer) => inner.Expect(peer);

    public async ValueTask<bool> SendAsync(PartyId to, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        // A process that was killed says nothing more, not even that it leaves.
        if (_dead) throw new OperationCanceledException("killed");
        var fault = plan.At(new FrameEvent(Self, Sent: true, KindOf(frame)));
        await BeforeAsync(fault, cancellationToken);
        if (fault == Fault.Duplicate) await inner.SendAsync(to, frame, cancellationToken);
        var sent = await inner.SendAsync(to, frame, cancellationToken);
        After(fault);
        return sent;
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async ValueTask BeforeAsync(Fault fault, CancellationToken cancellationToken)
    {
        switch (fault)
        {
            case Fault.KillBefore:
                _dead = true;
                kill();
                throw new OperationCanceledException("killed");
            case Fault.Cut:
                await cut();
                break;
            case Fault.Delay:
                await Task.Delay(50, cancellationToken);
                break;
        }
    }

    private void After(Fault fault)
    {
        if (fault != Fault.KillAfter) return;
        _dead = true;
        kill();
        throw new OperationCanceledException("killed");
    }

    private static string KindOf(ReadOnlyMemory<byte> frame)
    {
        var parsed = Frame.Parser.ParseFrom(frame.Span);
        if (parsed.Run is not { } run) return "control";
        return run.BodyCase switch
        {
            RunFrame.BodyOneofCase.Chunk => LastName(run.Chunk.Step),
            var other => other.ToString().ToLowerInvariant(),
        };
    }

    private static string LastName(string step) => step.Split('/').Last(s => !s.All(char.IsAsciiDigit));

    private sealed class Receiver(FaultyCarrier carrier, IFrameReceiver receiver) : IFrameReceiver
    {
        public async ValueTask OnFrameAsync(PartyId from, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
        {
            var fault = plan.At(new FrameEvent(carrier.Self, Sent: false, KindOf(frame)));
            await carrier.BeforeAsync(fault, cancellationToken);
            if (fault == Fault.Duplicate) await receiver.OnFrameAsync(from, frame, cancellationToken);
            await receiver.OnFrameAsync(from, frame, cancellationToken);
            carrier.After(fault);
        }

        public void OnUp(Party peer) => receiver.OnUp(peer);

        public void OnDown(PartyId peer) => receiver.OnDown(peer);

        private FaultPlan plan => carrier.Plan;
    }

    private FaultPlan Plan => plan;
}
