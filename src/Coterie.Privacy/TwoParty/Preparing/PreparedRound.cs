using Coterie.Core.Arithmetic;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.GarbledCircuits;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>
/// A round's steps with what was prepared for them, one after the other, each once. Steps that were not prepared run as ever.
/// </summary>
internal sealed class PreparedRound : ICircuitSteps, ICrossProducts, IDisposable
{
    private readonly PreparedPieces _pieces;
    private readonly PreparedClaim _claim;
    private readonly CircuitEvaluator? _evaluator;
    private readonly ICrossProducts _products;
    private readonly StepTag _place;

    private PreparedRound(PreparedPieces pieces, PreparedClaim claim, CircuitEvaluator? evaluator, ICrossProducts products, StepTag place) =>
        (_pieces, _claim, _evaluator, _products, _place) = (pieces, claim, evaluator, products, place);

    /// <summary>Opens a round's link, with what was prepared where both have it; whoever has none, or another, gets a round with fresh randomness.</summary>
    /// <param name="session">This party.</param>
    /// <param name="peer">The other one.</param>
    /// <param name="isFirst">Whether this party garbles.</param>
    /// <param name="seeds">The two parties' seeds.</param>
    /// <param name="step">The round.</param>
    /// <param name="products">How the two multiply what is not prepared.</param>
    /// <param name="secret">Where in the round this party's secret lies, from which its randomness comes.</param>
    /// <param name="wasOrdered">Whether the round was to be prepared.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ProtocolException">The other party sent what is no message of this step; or this party began the round otherwise before.</exception>
    public static async Task<(TwoPartyLink Link, ICrossProducts Products)> OpenAsync(
        Session session, PartyId peer, bool isFirst, TwoPartySeeds seeds, StepTag step, StepTag secret, ICrossProducts products, bool wasOrdered, CancellationToken cancellationToken)
    {
        var drawn = await TwoPartySeeds.DurableSecretAsync(session, secret, cancellationToken);
        var random = CryptographicRandom.Expanding(drawn.Span);
        if (!wasOrdered) return (await TwoPartyLink.OpenAsync(session.Channel, peer, isFirst, seeds, step.Then("shares"), random, cancellationToken), products);
        var place = PreparedHead.PlaceOf(step, peer);
        var head = await PreparedHead.LoadAsync(session.Checkpoints, place, cancellationToken);
        var name = head?.Name ?? ReadOnlyMemory<byte>.Empty;
        var claim = new PreparedClaim(session.OnceOnly, place);
        // Whoever comes back without its material, or with it again, does not begin the same round in another way.
        await claim.BeginAsync(name, cancellationToken);
        var link = await TwoPartyLink.OpenAsync(session.Channel, peer, isFirst, seeds, step.Then("shares"), random, name, cancellationToken);
        if (!link.IsPrepared) return (link, products);
        var round = new PreparedRound(new PreparedPieces(session.Checkpoints, place), claim, isFirst ? null : new CircuitEvaluator(head!.Start.Span), products, place);
        link.Circuits = round;
        return (link, round);
    }

    /// <inheritdoc/>
    public async ValueTask<RingMatrix> ApplyAsync(GarbledFunction function, TwoPartyLink link, RingMatrix values, ulong[]? marks, CancellationToken cancellationToken)
    {
        var circuit = new CircuitStep(function, values.Rows);
        await NextAsync(circuit, cancellationToken);
        return await PreparedCircuit.ApplyAsync(link, _evaluator, circuit, values, marks, _pieces, _claim, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<RingMatrix[]> ShareAsync(TwoPartyLink link, IReadOnlyList<CrossProduct> products, CancellationToken cancellationToken)
    {
        if (!_products.IsPreparable(products)) return await _products.ShareAsync(link, products, cancellationToken);
        await NextAsync(ProductStep.Of(products), cancellationToken);
        return await PreparedProducts.ShareAsync(link, products, _pieces, _claim, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _pieces.Dispose();

    private async ValueTask NextAsync(PreparedStep step, CancellationToken cancellationToken)
    {
        _claim.Next();
        var prepared = await _pieces.ReadAsync(PreparedAnswer.NameLength, cancellationToken);
        if (!prepared.AsSpan().SequenceEqual(step.Digest())) throw new InvalidDataException($"What was prepared at {_place} is for other steps than those that the round takes.");
    }
}
