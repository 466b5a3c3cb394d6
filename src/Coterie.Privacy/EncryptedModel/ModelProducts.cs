using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.TwoParty;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>How a party multiplies in the rounds of a stage that is trained on shares under the coordinator's key: the coordinator with what it encrypts in a round, a participant with tables that serve all rounds.</summary>
/// <param name="session">This party.</param>
/// <param name="key">The coordinator's.</param>
/// <param name="stage">The stage, for which what has to be the same after a restart is kept.</param>
internal sealed class ModelProducts(Session session, OwnerKey key, StepTag stage)
{
    private Rerandomizer? _rerandomizer;

    /// <summary>In a round; one at a time.</summary>
    public async ValueTask<ICrossProducts> InAsync(StepTag round, CancellationToken cancellationToken)
    {
        if (key.Secret is { } secret)
            return ProductsByPaillier.OfOwner(new EncryptedFactors(secret, await TwoPartySeeds.DurableSecretAsync(session, round.Then("factor-secret"), cancellationToken), key.Computing));
        return ProductsByPaillier.OfHolder(key.Public, RerandomizerAsync, key.Computing, (number, digest, cancel) => session.OnceOnly.ClaimAsync(round.Then("blinded").Then(number).Path, digest, cancel));
    }

    /// <summary>Made when it is needed first: learners whose products all go by oblivious transfer do without the tables. Answers are packed, some dozens of values in a ciphertext.</summary>
    private async ValueTask<Rerandomizer> RerandomizerAsync(CancellationToken cancellationToken)
    {
        if (_rerandomizer is { } made) return made;
        var drawn = await TwoPartySeeds.DurableSecretAsync(session, stage.Then("pair").Then("rerandomizing"), cancellationToken);
        return _rerandomizer = new Rerandomizer(key.Public, CryptographicRandom.Expanding(drawn.Span), key.Computing, forFew: true);
    }
}
