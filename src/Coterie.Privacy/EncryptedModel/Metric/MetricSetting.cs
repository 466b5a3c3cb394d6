using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>Where and between whom something about validators' rows is opened.</summary>
/// <param name="Session">This party.</param>
/// <param name="Step">The step; never used twice in a run.</param>
/// <param name="Validators">Participants that have rows to validate with, in the order all parties use.</param>
/// <param name="Key">The model owner's key, as it was imported: with its proof.</param>
/// <param name="SecretKey">The same, at the model owner; null at all others.</param>
/// <param name="Terms">What was agreed.</param>
/// <param name="Transcript">A hash over everything public in the run so far, the same at every party; the hash of the encrypted model is among it.</param>
internal sealed record MetricSetting(
    Session Session, StepTag Step, ImmutableArray<PartyId> Validators, PaillierPublicKey Key, PaillierSecretKey? SecretKey, MetricTerms Terms, ReadOnlyMemory<byte> Transcript)
{
    public PaillierOptions Options { get; init; } = PaillierOptions.Default;

    public PartyId Coordinator => Session.Roster.Coordinator;

    public PartyId Owner => Session.Roster.ModelOwner;

    public bool IsValidator => Validators.Contains(Session.Self);

    /// <exception cref="ArgumentException">Roles that do not fit: one party may not be both coordinator and key owner.</exception>
    public void Require()
    {
        Terms.Require();
        var roster = Session.Roster;
        if (Owner == Coordinator) throw new ArgumentException("The coordinator must not hold the key: the roster needs a model owner of its own.", nameof(Session));
        if (Validators.IsDefaultOrEmpty || Validators.Distinct().Count() != Validators.Length || Validators.Any(v => roster.IndexOf(v) < 0))
            throw new ArgumentException("Validators are one or more different participants of the roster.", nameof(Validators));
        if (Session.IsModelOwner != SecretKey is not null) throw new ArgumentException("The secret key is the model owner's, and nobody else's.", nameof(SecretKey));
        if (SecretKey is { } secret && !secret.PublicKey.KeyId.SequenceEqual(Key.KeyId)) throw new ArgumentException("The secret key is not that of the public one.", nameof(SecretKey));
    }
}
