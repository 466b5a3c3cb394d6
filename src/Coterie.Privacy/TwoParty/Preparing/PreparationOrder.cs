using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>What a coordinator tells each party it computes with before the first round: how many rounds to prepare, and what both have to know for it. Decided once in a stage.</summary>
/// <param name="Rounds">How many; 0: none.</param>
/// <param name="Shapes">What the mode says besides.</param>
internal sealed record PreparationOrder(int Rounds, ReadOnlyMemory<byte> Shapes)
{
    /// <summary>Bytes of an order to prepare nothing.</summary>
    public const int NoneLength = sizeof(int);

    /// <summary>At the coordinator; the same after a restart.</summary>
    /// <param name="session">The coordinator.</param>
    /// <param name="pairs">Where a stage's pairs lie.</param>
    /// <param name="rounds">Rounds that there are.</param>
    /// <param name="shapes">What the mode says besides, where anything is prepared.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="PreparationException">Preparation is asked for in a run that has begun without.</exception>
    public static async ValueTask<PreparationOrder> DecideAsync(Session session, StepTag pairs, int rounds, Func<byte[]> shapes, CancellationToken cancellationToken)
    {
        var place = pairs.Then("order").Path;
        if (await session.Checkpoints.LoadAsync(place, cancellationToken) is { } saved)
        {
            var order = Read(saved.Span, session.Self, pairs);
            if (order.Rounds == 0) Preparation.Refuse(session, "this run has begun without. Run it to its end with 'coterie train', or begin another.");
            return order;
        }
        var decided = session.Preparation is { } wanted ? new PreparationOrder(Math.Min(wanted.Rounds ?? rounds, rounds), shapes()) : new PreparationOrder(0, default);
        await session.Checkpoints.SaveAsync(place, decided.ToBytes(), cancellationToken);
        return decided;
    }

    /// <summary>Sends it.</summary>
    public ValueTask SendAsync(Session session, PartyId peer, StepTag pairs, CancellationToken cancellationToken) => session.Channel.SendAsync(peer, pairs.Then("order"), ToBytes(), cancellationToken);

    /// <summary>Receives it.</summary>
    /// <param name="session">The other party.</param>
    /// <param name="pairs">Where a stage's pairs lie.</param>
    /// <param name="rounds">Rounds that were agreed.</param>
    /// <param name="shapeBytes">Most bytes of what the mode says besides.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ProtocolException">More rounds than were agreed.</exception>
    public static async Task<PreparationOrder> ReceiveAsync(Session session, StepTag pairs, int rounds, int shapeBytes, CancellationToken cancellationToken)
    {
        var (coordinator, step) = (session.Roster.Coordinator, pairs.Then("order"));
        var told = await session.Channel.ReceiveAsync(coordinator, step, NoneLength + shapeBytes, cancellationToken);
        var order = Read(told.Span, coordinator, step);
        return order.Rounds <= rounds
            ? order
            : throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"The coordinator asks at {step} to prepare {order.Rounds} rounds; {rounds} were agreed.", step.Path, coordinator);
    }

    public byte[] ToBytes()
    {
        var writer = new WireWriter();
        writer.WriteInt32(Rounds);
        return [.. writer.WrittenMemory.Span, .. Shapes.Span];
    }

    private static PreparationOrder Read(ReadOnlySpan<byte> bytes, PartyId sender, StepTag step)
    {
        var reader = new WireReader(bytes, sender, step);
        return new PreparationOrder(reader.ReadInt32(0, int.MaxValue), bytes[NoneLength..].ToArray());
    }
}
