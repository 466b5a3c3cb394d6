using Coterie.Core.Learning;
using Coterie.Privacy.TwoParty;
using Coterie.Privacy.TwoParty.Preparing;

namespace Coterie.Privacy.SecretSharing;

/// <summary>The steps of a round between the coordinator and a participant, by running the learner on nothing: shapes of rows and model are all that both know.</summary>
internal static class SharedSteps
{
    /// <summary>The steps that can be prepared.</summary>
    /// <param name="learner">The learner.</param>
    /// <param name="rows">The participant's.</param>
    /// <param name="told">The model's shapes.</param>
    /// <param name="round">The round.</param>
    /// <param name="products">How the two multiply in it.</param>
    public static IReadOnlyList<PreparedStep> Of<TModel>(IHiddenLearner<TModel> learner, RowShapes rows, ToldShapes told, Round round, ICrossProducts products) where TModel : class
    {
        var notes = new StepNotes(products.IsPreparable);
        using var link = TwoPartyLink.Noting(notes, new TwoPartyFormat(IsFirst: true));
        var math = new TwoPartyArithmetic(link, notes);
        var local = AtOnce.Of(learner.PrepareAsync(math, rows.Unseen(math), CancellationToken.None));
        AtOnce.Of(learner.ContributeAsync(math, told.Zeros!.Select(m => math.Known(ValueHolder.First, m.Rows, m.Columns, m)), local, round, CancellationToken.None));
        return notes.Steps;
    }
}
