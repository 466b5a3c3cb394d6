using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Privacy.Sums;
using Coterie.Privacy.TwoParty;

namespace Coterie.Privacy.EncryptedData;

/// <summary>The only opening: the helper sends its shares of the final model's blocks, and the coordinator adds its own. What was kept besides for further rounds stays shared.</summary>
/// <param name="session">This party.</param>
/// <param name="step">Names the step.</param>
/// <param name="names">The final model's blocks.</param>
internal sealed class FinalStep(Session session, StepTag step, ImmutableArray<string> names)
{
    /// <summary>The coordinator's side.</summary>
    public async Task<Blocks<Matrix>> OpenAsync(Blocks<TwoPartyMatrix> model, string learner, CancellationToken cancellationToken)
    {
        var mine = Shares(model);
        await using var theirs = await ArrivedVector.ReceiveAsync(session.Channel, session.Roster.Helper!.Value, step, mine.Length, cancellationToken)
            ?? throw new PeerUnavailableException(session.Roster.Helper.Value, step, "it has not given its shares of the model, which nobody else has");
        await theirs.ReadAsync((at, piece) =>
        {
            for (var i = 0; i < piece.Length; i++) mine[at + i] = unchecked(mine[at + i] + piece[i]);
        }, cancellationToken);
        session.Transcript.Record(new Opening($"final model of {learner}", session.Self, step, mine.Length, 0));
        var (at, values) = (0, new Matrix[names.Length]);
        for (var i = 0; i < values.Length; i++)
        {
            var block = model[names[i]];
            values[i] = TwoPartyFormat.Decode(new RingMatrix(block.Rows, block.Columns, mine[at..(at += block.Count)]), block.FractionBits);
        }
        return new Blocks<Matrix>(names, [.. values]);
    }

    /// <summary>The helper's side.</summary>
    public async Task GiveAsync(Blocks<TwoPartyMatrix> model, CancellationToken cancellationToken)
    {
        var mine = Shares(model);
        await session.Channel.SendVectorAsync(session.Roster.Coordinator, step, mine.Length, (at, piece) => mine.AsSpan(at, piece.Length).CopyTo(piece), cancellationToken);
    }

    private ulong[] Shares(Blocks<TwoPartyMatrix> model) => [.. names.SelectMany(name => model[name].ToShare(model[name].FractionBits).Values.ToArray())];
}
