using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Privacy.Sums;

/// <summary>
/// The mode <c>federated</c>: contributions travel in clear to the coordinator, which adds them in roster order, so the sum is the
/// same to the bit whatever the order of arrival. The coordinator learns every contribution; participants learn nothing of each other.
/// </summary>
public sealed class FederatedSum : ISecureSum
{
    /// <inheritdoc/>
    public async ValueTask<SumOutcome> SumAsync(Session session, SumRequest request, Blocks<Matrix>? mine, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(request);
        var step = request.Step.Then("contribution");
        if (!session.IsCoordinator)
        {
            if (mine is null) return new SumOutcome(null, []);
            var writer = new WireWriter((request.Length * sizeof(double)) + 16);
            writer.WriteDoubles(ContributionCodec.Flatten(request, mine, session.Self));
            await session.Channel.SendAsync(session.Roster.Coordinator, step, writer.WrittenMemory, cancellationToken);
            return new SumOutcome(null, []);
        }

        var contributions = new Dictionary<PartyId, double[]>();
        var survivors = await session.Channel.CollectAsync(
            session.Roster.Participants, step, (request.Length * sizeof(double)) + 16, (sender, message) => contributions[sender] = Read(request, sender, step, message), cancellationToken);
        SumPolicy.RequireMinimum(session.Roster, survivors.Length, request.Step);
        var total = new double[request.Length];
        foreach (var survivor in survivors)
        {
            System.Numerics.Tensors.TensorPrimitives.Add(total, contributions[survivor], total);
            session.Transcript.Record(new Opening("single contributions in clear", session.Self, step, request.Length, 1));
        }
        return new SumOutcome(ContributionCodec.Unflatten(request.Layout, total), survivors);
    }

    private static double[] Read(SumRequest request, PartyId sender, StepTag step, ReadOnlyMemory<byte> message)
    {
        var reader = new WireReader(message.Span, sender, step);
        var values = new double[request.Length];
        reader.ReadDoubles(values);
        reader.End();
        ContributionCodec.Check(request, values, sender);
        return values;
    }
}
