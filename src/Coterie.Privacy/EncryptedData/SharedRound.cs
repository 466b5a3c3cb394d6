using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Privacy.TwoParty;

namespace Coterie.Privacy.EncryptedData;

/// <summary>One round of a learner on shares of data and model: what participants contribute, and the step.</summary>
internal static class SharedRound
{
    /// <summary>The model's blocks after a round.</summary>
    /// <param name="learner">The learner.</param>
    /// <param name="math">The two parties' arithmetic.</param>
    /// <param name="data">Everybody's local state, or contributions.</param>
    /// <param name="model">The model before the round.</param>
    /// <param name="round">The round.</param>
    /// <param name="isContribution">Whether <paramref name="data"/> are contributions.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<Blocks<TwoPartyMatrix>> ComputeAsync<TModel>(
        IHiddenLearner<TModel> learner, IArithmetic<TwoPartyMatrix> math, SharedData data, Blocks<TwoPartyMatrix> model, Round round, bool isContribution, CancellationToken cancellationToken)
        where TModel : class =>
        await learner.UpdateAsync(math, model, await SumAsync(learner, math, data, model, round, isContribution, cancellationToken), round, cancellationToken);

    /// <summary>The sum of all contributions.</summary>
    /// <inheritdoc cref="ComputeAsync" path="/param"/>
    public static async Task<Blocks<TwoPartyMatrix>> SumAsync<TModel>(
        IHiddenLearner<TModel> learner, IArithmetic<TwoPartyMatrix> math, SharedData data, Blocks<TwoPartyMatrix> model, Round round, bool isContribution, CancellationToken cancellationToken)
        where TModel : class
    {
        Blocks<TwoPartyMatrix>? total = null;
        foreach (var rows in data.Kinds)
        {
            var contribution = isContribution ? rows : await ContributeAsync(learner, math, rows, model, round, cancellationToken);
            total = total is null ? contribution : total + contribution;
        }
        return total!;
    }

    private static async Task<Blocks<TwoPartyMatrix>> ContributeAsync<TModel>(
        IHiddenLearner<TModel> learner, IArithmetic<TwoPartyMatrix> math, Blocks<TwoPartyMatrix> rows, Blocks<TwoPartyMatrix> model, Round round, CancellationToken cancellationToken)
        where TModel : class
    {
        var (contribution, local) = await learner.ContributeAsync(math, model, rows, round, cancellationToken);
        return local.Values.SequenceEqual(rows.Values)
            ? contribution
            : throw new InvalidOperationException($"{learner.Name} keeps values of rows between rounds, which training on shares of data does not.");
    }
}
