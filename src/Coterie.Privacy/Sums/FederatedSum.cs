using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;

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
            var values = ContributionCodec.Flatten(request, mine, session.Self);
            await session.Channel.SendVectorAsync(
                session.Roster.Coordinator, step, values.Length, (start, piece) => MemoryMarshal.Cast<double, ulong>(values.AsSpan(start, piece.Length)).CopyTo(piece), cancellationToken);
            return new SumOutcome(null, []);
        }

        var arrived = await session.Channel.CollectVectorsAsync(session.Roster.Participants, step, request.Length, cancellationToken);
        SumPolicy.RequireMinimum(session.Roster, arrived.Length, request.Step);
        var total = new double[request.Length];
        foreach (var contribution in arrived)
        {
            await using (contribution)
                await contribution.ReadAsync((start, piece) => Add(request, contribution.Sender, start, MemoryMarshal.Cast<ulong, double>(piece), total), cancellationToken);
            session.Transcript.Record(new Opening("single contributions in clear", session.Self, step, request.Length, 1));
        }
        return new SumOutcome(ContributionCodec.Unflatten(request.Layout, total), [.. arrived.Select(a => a.Sender)]);
    }

    private static void Add(SumRequest request, PartyId sender, int start, ReadOnlySpan<double> piece, double[] total)
    {
        ContributionCodec.Check(request, start, piece, sender);
        var target = total.AsSpan(start, piece.Length);
        TensorPrimitives.Add(target, piece, target);
    }
}
