using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Privacy.TwoParty;
using Coterie.Privacy.TwoParty.Preparing;

namespace Coterie.Privacy.SecretSharing;

/// <summary>The other party of a participant or of the coordinator, over all rounds of a stage, and what is kept of the rows between them.</summary>
/// <param name="session">This party.</param>
/// <param name="id">The other one.</param>
/// <param name="isFirst">Whether this party is the coordinator.</param>
/// <param name="seeds">The two parties' seeds.</param>
/// <param name="rows">The participant's rows as this party sees them.</param>
/// <param name="preparedRounds">Rounds that were to be prepared, from the first.</param>
/// <param name="kept">Bytes of what was prepared: this party's, and the other's.</param>
internal sealed class SharedPeer(
    Session session, PartyId id, bool isFirst, TwoPartySeeds seeds, Func<TwoPartyArithmetic, Blocks<TwoPartyMatrix>> rows, int preparedRounds = 0, (long Mine, long Theirs) kept = default) : IDisposable
{
    private Blocks<TwoPartyMatrix>? _local;

    public PartyId Id => id;

    /// <summary>Bytes of what was prepared: this party's, and the other's.</summary>
    public (long Mine, long Theirs) Kept => kept;

    /// <summary>This party's share of what the participant adds in a round.</summary>
    /// <param name="learner">The learner.</param>
    /// <param name="products">How the two multiply in this round.</param>
    /// <param name="model">The model, which the first party knows, as this party sees it.</param>
    /// <param name="round">The round.</param>
    /// <param name="step">Names the round.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PeerUnavailableException">The other party is gone.</exception>
    /// <exception cref="ArithmeticException">A parameter of the model, which this party knows, is too large.</exception>
    /// <exception cref="ShardException">A number of the rows, which this party knows, is too large.</exception>
    public async Task<SharedContribution> ContributeAsync<TModel>(
        IHiddenLearner<TModel> learner, ICrossProducts products, Func<TwoPartyArithmetic, Blocks<TwoPartyMatrix>> model, Round round, StepTag step, CancellationToken cancellationToken)
        where TModel : class
    {
        try
        {
            return await ShareAsync(learner, products, model, round, step, cancellationToken);
        }
        catch (ValueOutOfRangeException)
        {
            // Which number it is says nothing here that may be written down.
            throw isFirst
                ? new ArithmeticException($"A parameter of the model has left the range of 2^20 at {step}: training diverges. A smaller step or standardised features would help.")
                : new ShardException($"A number that the learner makes of this participant's rows has left the range of 2^20 at {step}. Standardised features would help (preprocessing: [ standardize ]).");
        }
    }

    private async Task<SharedContribution> ShareAsync<TModel>(
        IHiddenLearner<TModel> learner, ICrossProducts products, Func<TwoPartyArithmetic, Blocks<TwoPartyMatrix>> model, Round round, StepTag step, CancellationToken cancellationToken)
        where TModel : class
    {
        var (link, multiplying) = await PreparedRound.OpenAsync(
            session, id, isFirst, seeds, step, step.Then("secret").Then(id.Name), products, wasOrdered: round.Index < preparedRounds, cancellationToken);
        using var opened = link;
        var math = new TwoPartyArithmetic(link, multiplying);
        _local ??= await learner.PrepareAsync(math, rows(math), cancellationToken);
        // Caches are made anew by whoever restarts, alone: they must not take the other party.
        if (link.Steps > 0) throw new InvalidOperationException($"{learner.Name} prepares rows by steps between two parties, which cannot be resumed.");
        var (contribution, local) = await learner.ContributeAsync(math, model(math), _local, round, cancellationToken);
        if (local.Values.Any(v => v.IsShared)) throw new InvalidOperationException($"{learner.Name} keeps shared values between rounds, which cannot be resumed.");
        _local = local;
        return SharedContribution.Of(contribution);
    }

    /// <inheritdoc/>
    public void Dispose() => seeds.Dispose();
}
