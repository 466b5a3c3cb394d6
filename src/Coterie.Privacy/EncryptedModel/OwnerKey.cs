using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.Keys;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>
/// The Paillier key that a run's model is encrypted under: its owner makes it, announces its public part with the proof of its validity, and keeps it
/// until the run has ended; everybody else checks it before anything is computed under it.
/// </summary>
internal sealed class OwnerKey : IDisposable
{
    private OwnerKey(PaillierPublicKey key, PaillierSecretKey? secret, PaillierOptions computing) => (Public, Secret, Computing) = (key, secret, computing);

    /// <summary>What everybody has.</summary>
    public PaillierPublicKey Public { get; }

    /// <summary>Null but at the owner.</summary>
    public PaillierSecretKey? Secret { get; }

    /// <summary>How secrets are computed with: on rows, and on randomness.</summary>
    public PaillierOptions Computing { get; }

    /// <summary>Makes, announces or receives the key; every party calls it once before the first round.</summary>
    /// <exception cref="ProtocolException">The owner announced what is no valid key.</exception>
    public static async Task<OwnerKey> ExchangeAsync(Session session, PaillierKeySize size, PaillierOptions computing, CancellationToken cancellationToken)
    {
        var place = PlaceOf(session.Roster);
        if (!session.IsModelOwner) return await ReceiveAsync(session, size, place, computing, cancellationToken);
        var secret = await OfAsync(session, size, place.Then("secret"), cancellationToken);
        var announced = secret.PublicKey.Export();
        foreach (var party in session.Roster.Parties.Where(p => p.Id != session.Self))
            await session.Channel.TrySendAsync(party.Id, place, announced, cancellationToken);
        return new OwnerKey(secret.PublicKey, secret, computing);
    }

    /// <summary>At the end of a run: removes the key from the disk.</summary>
    public static ValueTask ForgetAsync(Session session, CancellationToken cancellationToken) =>
        session.Checkpoints.SaveAsync($"{session.Roster.RunId}/ended", ReadOnlyMemory<byte>.Empty, PlaceOf(session.Roster), cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Secret is null) Public.Dispose();
        else Secret.Dispose();
    }

    private static StepTag PlaceOf(Roster roster) => new($"{roster.RunId}/model-key");

    private static async Task<PaillierSecretKey> OfAsync(Session session, PaillierKeySize size, StepTag place, CancellationToken cancellationToken)
    {
        var record = await DurableBytes.OnceAsync(session, place, () =>
        {
            using var measured = session.Times.Measure(PlaceOf(session.Roster), Activity.Computing);
            using var made = size.Generate();
            return made.ExportPrivateKey();
        }, cancellationToken);
        return size.ImportPrivateKey(record.Span);
    }

    private static async Task<OwnerKey> ReceiveAsync(Session session, PaillierKeySize size, StepTag place, PaillierOptions computing, CancellationToken cancellationToken)
    {
        var owner = session.Roster.ModelOwner;
        var announced = await session.Channel.ReceiveAsync(owner, place, size.PublicKeyBytes, cancellationToken);
        try
        {
            return new OwnerKey(size.Import(announced.Span), null, computing);
        }
        catch (CryptographicException refused)
        {
            throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"{owner} announced what is no key for its model: {refused.Message}", place.Path, owner);
        }
    }
}
