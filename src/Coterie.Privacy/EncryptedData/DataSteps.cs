using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Privacy.TwoParty;
using Coterie.Privacy.TwoParty.Preparing;

namespace Coterie.Privacy.EncryptedData;

/// <summary>The steps of rounds on shares of data and model, by running them one after the other on zeros: where digits are dropped depends on the rounds before.</summary>
/// <param name="learner">The learner.</param>
/// <param name="format">Whose view.</param>
/// <param name="data">Shares of everybody's rows, of which shapes matter.</param>
/// <param name="first">The first model.</param>
/// <param name="isContribution">Whether <paramref name="data"/> are contributions.</param>
internal sealed class DataSteps<TModel>(IHiddenLearner<TModel> learner, TwoPartyFormat format, SharedData data, Blocks<Matrix> first, bool isContribution) where TModel : class
{
    private readonly SharedData _zeros = data with
    {
        Kinds = [.. data.Kinds.Select(k => k.Select(v => TwoPartyMatrix.Shared(format, new RingMatrix(v.Rows, v.Columns, new ulong[v.Count]), v.FractionBits)))],
    };

    private Blocks<TwoPartyMatrix> _model = first.Select(m => TwoPartyMatrix.Known(format, ValueHolder.Both, m.Rows, m.Columns, m));
    private int _next;

    /// <summary>A round's steps; rounds are asked for in their order.</summary>
    public async ValueTask<IReadOnlyList<PreparedStep>> OfAsync(Round round, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var notes = new StepNotes();
            using var link = TwoPartyLink.Noting(notes, format);
            _model = await SharedRound.ComputeAsync(learner, new RefinedArithmetic(new TwoPartyArithmetic(link, notes)), _zeros, _model, round with { Index = _next }, isContribution, cancellationToken);
            if (_next++ == round.Index) return notes.Steps;
        }
    }
}
