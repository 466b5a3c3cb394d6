using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Cryptography.Commitments;
using Coterie.Cryptography.Identity;
using Coterie.Privacy.EncryptedModel;
using Coterie.Privacy.Keys;
using Coterie.Privacy.Sums;
using Coterie.Privacy.Sums.SecureAggregation;
using Coterie.Privacy.Sums.SeparateKeys;
using Coterie.Privacy.TwoParty;

namespace Coterie.Privacy.Traffic;

/// <summary>
/// Predicts the payload bytes of a run in a summing mode from the formats of its messages: exact while nobody drops out.
/// Transports add their own framing and encryption to it.
/// </summary>
public sealed class TrafficModel
{
    private readonly ModeOptions _mode;
    private readonly PartyId _coordinator;
    private readonly ImmutableArray<PartyId> _participants;

    /// <summary>Describes who runs what.</summary>
    /// <param name="mode">How contributions are hidden.</param>
    /// <param name="coordinator">The coordinator's name, which travels on a ring.</param>
    /// <param name="participants">In roster order; at least one.</param>
    /// <exception cref="ArgumentException">The mode is not one whose messages are known here.</exception>
    public TrafficModel(ModeOptions mode, PartyId coordinator, ImmutableArray<PartyId> participants)
    {
        ArgumentNullException.ThrowIfNull(mode);
        if (mode.Mode is not (ModeCatalogue.Federated or ModeCatalogue.SecureAggregation or ModeCatalogue.SharedKey or ModeCatalogue.SeparateKeys or ModeCatalogue.EncryptedData or ModeCatalogue.EncryptedModel or ModeCatalogue.SecretSharing))
            throw new ArgumentException($"The messages of {mode.Mode} are not known to the plan.", nameof(mode));
        _mode = mode;
        _coordinator = coordinator;
        _participants = participants;
    }

    /// <summary>How a learner's stage sends; null where it does as every other stage.</summary>
    /// <param name="learner">What is trained.</param>
    /// <param name="schema">The agreed schema.</param>
    /// <param name="round">Any round.</param>
    /// <param name="shards">The participants' rows, of which only the shapes matter.</param>
    public StageTraffic? OfLearner<TModel>(ISummed<TModel> learner, Schema schema, Round round, IReadOnlyList<Shard> shards) where TModel : class
    {
        ArgumentNullException.ThrowIfNull(learner);
        ArgumentNullException.ThrowIfNull(round);
        if (_mode.Mode == ModeCatalogue.EncryptedData && learner is IHiddenLearner<TModel> split)
        {
            var data = new EncryptedDataTraffic<TModel>(split, schema, round with { Index = 0 }, shards);
            return new StageTraffic(data.Beginning, data.Round, default, data.End) { Prepared = data.Prepared, AheadOnce = EncryptedDataTraffic<TModel>.AheadOnce };
        }
        if (_mode.Mode is not (ModeCatalogue.EncryptedModel or ModeCatalogue.SecretSharing)) return null;
        var (isEncrypted, degree) = (_mode.Mode == ModeCatalogue.EncryptedModel, HiddenDegree.Of(learner, schema));
        var isShared = isEncrypted ? degree is null && !HasOwner : degree != 0;
        if (isShared && learner is IHiddenLearner<TModel> shared)
        {
            ICrossProducts products = isEncrypted ? ProductsByPaillier.Counting(Size.Bits) : ProductsByTransfers.Instance;
            var shares = new SecretSharingTraffic<TModel>(shared, schema, shared.Told(shared.Pack(shared.Initialize(schema, round.Seed))), shards, products);
            var beginning = isEncrypted ? EncryptedModelTraffic.Key(Participants, Size, isSeparate: false) + shares.Beginning : shares.Beginning;
            return new StageTraffic(beginning + shares.Told, (r, layout) => shares.Shares(r, layout) + Sum(layout.Sum(b => (long)b.Length)), shares.Told, shares.End)
            {
                AheadOnce = shares.AheadOnce,
                Prepared = (r, layout) => shares.Prepared(r, layout) is var prepared ? prepared with { Sum = prepared.Sum + Sum(layout.Sum(b => (long)b.Length)) } : prepared,
            };
        }
        if (!isEncrypted || degree != 1) return null;
        var hidden = HiddenDegree.BlocksOf((IHiddenLearner<TModel>)learner, schema).Where(b => b.IsHidden || !HasOwner).Select(b => b.Name).ToHashSet();
        var first = learner.Initialize(schema, round.Seed);
        var told = EncryptedModelTraffic.Model(Participants, Size, learner.Pack(first));
        var key = EncryptedModelTraffic.Key(Participants, Size, HasOwner);
        var known = learner.Layout(schema, first, round).Where(b => !hidden.Contains(b.Name)).Sum(b => (long)b.Length);
        return new StageTraffic(
            known > 0 ? key + told + Sum(known) : key + told,
            (_, layout) => Contributed(EncryptedModelTraffic.Contribution(Size, layout.Where(b => hidden.Contains(b.Name)))),
            told, EncryptedModelTraffic.End(Participants));
    }

    /// <summary>The same among the first so many participants.</summary>
    public TrafficModel Among(int participants) => new(_mode, _coordinator, _participants[..participants]);

    /// <summary>What preprocessing gave, told to a helper, which has no part in its sums; nothing in modes without one.</summary>
    public TrafficEstimate ToldToHelper(Blocks<Matrix> result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return HasHelper ? new(0, MessageSizes.Blocks(result)) { Messages = new(0, 1), Chain = MessageChain.Of(ChainParty.Coordinator, ChainParty.Helper) } : default;
    }

    private bool HasHelper => ModeCatalogue.Find(_mode.Mode) is { HasHelper: true };

    private bool HasOwner => _mode.ModelOwner is not null;

    private int Participants => _participants.Length;

    private bool IsMasked => _mode.Mode != ModeCatalogue.Federated;

    private bool HasOwnKeys => _mode.Mode == ModeCatalogue.SeparateKeys;

    private bool IsHidden => HasOwnKeys || _mode.Mode == ModeCatalogue.SharedKey;

    private PaillierKeySize Size => ModeCatalogue.SizeOf(_mode);

    private TrafficEstimate Standing => HasOwnKeys ? SharedKeyTraffic.Standing(Participants, Participants * PairTags.PartLength) : SharedKeyTraffic.Standing(Participants);

    /// <summary>Once per run: the signatures under the roster.</summary>
    public TrafficEstimate Agreement
    {
        get
        {
            var signature = MessageSizes.Bytes(Signatures.Length);
            if (!HasHelper) return TrafficEstimate.FromEach(signature) + TrafficEstimate.ToEach(Participants, (Participants + 1L) * signature);
            return new(signature, (Participants + 1L) * (Participants + 2) * signature)
            {
                Helper = signature,
                Messages = new(1, Participants + 1, 1),
                Chain = MessageChain.Of(ChainParty.Participants, ChainParty.Coordinator).Sent(ChainParty.Helper, ChainParty.Coordinator).Sent(ChainParty.Coordinator, ChainParty.Participants).Sent(ChainParty.Coordinator, ChainParty.Helper),
            };
        }
    }

    /// <summary>Once per run with at least one sum: the seed of sparse graphs, on rosters that need one.</summary>
    public TrafficEstimate GraphSeed
    {
        get
        {
            if (!IsMasked || Neighbourhoods.IsComplete(Participants)) return default;
            var part = MessageSizes.Bytes(HashCommitment.Length + Signatures.Length) + MessageSizes.Bytes(2 * HashCommitment.Length);
            return new(part, (long)Participants * Participants * part) { Messages = new(2, 2 * Participants), Chain = SecureAggregationTraffic.Exchange.Repeated(2) };
        }
    }

    /// <summary>Once per run with at least one sum: the key that participants share, or the keys that each has, in the modes that have any.</summary>
    public TrafficEstimate ParticipantKeys =>
        HasOwnKeys ? SeparateKeysTraffic.Exchange(Participants, Size) : IsHidden ? SharedKeyTraffic.Agreement(Participants) : default;

    /// <summary>Before the first round of a stage that has one: where participants stand, in a mode that hides the model.</summary>
    public TrafficEstimate Beginning => IsHidden ? Standing : default;

    /// <summary>The end of a round: the model, or nothing but the round's number where it is not told. In a mode that hides it, where participants stand.</summary>
    /// <param name="told">The blocks that are told.</param>
    /// <param name="namesAdded">Whether participants are told whose contributions were added; see <see cref="ISummed.Remembers"/>.</param>
    public TrafficEstimate Broadcast(Blocks<Matrix> told, bool namesAdded = false)
    {
        ArgumentNullException.ThrowIfNull(told);
        if (IsHidden) return Standing;
        return TrafficEstimate.ToEach(Participants, sizeof(int) + sizeof(byte) + MessageSizes.Blocks(told) + (namesAdded ? MessageSizes.Set(Participants) : 0));
    }

    /// <summary>One sum of contributions.</summary>
    /// <param name="entries">Entries of a contribution.</param>
    public TrafficEstimate Sum(long entries)
    {
        var clear = TrafficEstimate.FromEach(MessageSizes.Vector(entries));
        if (!IsMasked) return clear;
        if (HasOwnKeys) return SecureAggregationTraffic.Sum(Participants, SeparateKeysTraffic.Input(Participants, Size, entries)) + SeparateKeysTraffic.Total(Participants, Size, entries);
        if (IsHidden) return SecureAggregationTraffic.Sum(Participants, clear) + SharedKeyTraffic.Total(Participants, entries);
        return SecureAggregationTraffic.Sum(Participants, _mode.Topology == Topology.Ring ? SecureAggregationTraffic.Ring(_coordinator, _participants, entries) : clear);
    }

    /// <summary>What a contribution of ciphertexts takes: the model's owner sees sums only, a coordinator that is not the owner decrypts nothing.</summary>
    private TrafficEstimate Contributed(TrafficEstimate contribution) => HasOwner ? contribution : SecureAggregationTraffic.Sum(Participants, contribution);
}
