using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Privacy.Keys;
using Coterie.Privacy.Sums;

namespace Coterie.Privacy;

/// <summary>The modes, by their names in task files.</summary>
public static class ModeCatalogue
{
    /// <summary>The name of the mode in which contributions travel in clear.</summary>
    public const string Federated = "federated";

    /// <summary>The name of the mode in which only sums are opened.</summary>
    public const string SecureAggregation = "secure-aggregation";

    /// <summary>The name of the mode in which only participants open sums, under a key that they share.</summary>
    public const string SharedKey = "shared-key";

    /// <summary>The name of the mode in which only participants open sums, each under a key of its own.</summary>
    public const string SeparateKeys = "separate-keys";

    /// <summary>The name of the mode in which participants compute on a model that they cannot read.</summary>
    public const string EncryptedModel = "encrypted-model";

    /// <summary>The name of the mode in which the coordinator and a helper compute on rows that neither sees.</summary>
    public const string EncryptedData = "encrypted-data";

    /// <summary>The name of the mode in which the coordinator and each participant compute on shares.</summary>
    public const string SecretSharing = "secret-sharing";

    /// <summary>What a helper is called unless the task names it.</summary>
    private const string DefaultHelper = "helper";

    /// <summary>All modes.</summary>
    public static ImmutableArray<ModeDescription> All { get; } =
    [
        new(
            Federated, "POM1, MC2 federated", 'A',
            "Rows stay with their participants; the coordinator sees every participant's contribution in clear.",
            [
                new("coordinator", "every single contribution, every sum and the model, in every round"),
                new("participants", "the model the coordinator broadcasts in every round, and who stayed where participants remember from round to round; nothing of each other"),
            ],
            "The participants trust the coordinator with their contributions, from which rows can often be inferred.", HasThreshold: false) { HasSampling = true },
        new(
            SecureAggregation, "MC2 secure aggregation", 'A',
            "Contributions are doubly masked; only their sum over all participants that stay is opened.",
            [
                new("coordinator", "the sum over the participants that stay, who stayed, and the model, in every round; no single contribution"),
                new("participants", "the model the coordinator broadcasts in every round and who stayed; nothing of each other"),
            ],
            "Fewer participants than the threshold t work together with the coordinator; with a coordinator that lies about who left, fewer than 2t - n. With more than about fifty participants, masks follow a sparse graph: at most a fifth of them.", HasThreshold: true) { HasTopology = true, HasSampling = true },
        new(
            SharedKey, "POM2", 'A',
            "Contributions are doubly masked, and masked again under a key that only participants share; participants open the sums and move the model themselves.",
            [
                new("coordinator", "who stayed, how long contributions are and when a stage ends, in every round; no contribution, no sum, no model"),
                new("participants", "the sum over the participants that stay, who stayed, and the model, in every round, preprocessing included; no single contribution"),
            ],
            "No participant gives the participants' key to the coordinator: with it, the coordinator reads sums and model. For single contributions: fewer participants than the threshold t work together with the coordinator; with a coordinator that lies about who left, fewer than 2t - n.",
            HasThreshold: true) { ModelTo = [ModelAudience.Participants] },
        new(
            SeparateKeys, "POM3", 'A',
            "Every participant has a Paillier key of its own; contributions are doubly masked and encrypted under each key, and participants open the sums and move the model themselves.",
            [
                new("coordinator", "who stayed, how long contributions are and when a stage ends, in every round; no contribution, no sum, no model"),
                new("participants", "the sum over the participants that stay, who stayed, and the model, in every round, preprocessing included; no single contribution"),
            ],
            "No participant opens sums for the coordinator: one that does gives it sums and model, and no single contribution. For single contributions: fewer participants than the threshold t work together with the coordinator; with a coordinator that lies about who left, fewer than 2t - n. Paillier's assumption hides from the coordinator alone; masks hide from it with participants.",
            HasThreshold: true) { ModelTo = [ModelAudience.Participants], HasKeyBits = true },
        new(
            EncryptedData, "POM4", 'B',
            "Participants split their rows, or what follows from them alone, into additive shares for the coordinator and for a helper; the two compute on shares of data and model, and only the final model is opened.",
            [
                new("coordinator", "what preprocessing is applied; how many rows each participant has; the final model; nothing in between"),
                new("helper", "what preprocessing is applied and how many rows each participant has; nothing of rows and nothing of the model"),
                new("participants", "what preprocessing is applied; nothing of the model and nothing of each other"),
            ],
            "Coordinator and helper do not work together: their shares put together are the rows. Both follow the protocol: one that computes something else spoils the model, or opens something else. For preprocessing, which is opened: fewer participants than the threshold t work together with the coordinator; with a coordinator that lies about who left, fewer than 2t - n.",
            HasThreshold: true) { ModelTo = [ModelAudience.Owner], HasHelper = true },
        new(
            EncryptedModel, "POM5, DeltaML", 'B',
            "The model travels encrypted under its owner's Paillier key; participants compute on it with their clear rows and re-randomise what they send. Non-linear steps are computed as shares between the coordinator and each participant.",
            [
                new("coordinator", "where it owns the model: the sum over the participants that stay and the model, in every round, and for learners with non-linear steps how many rows each participant has; with a model owner of its own: ciphertexts, and once the weight of all rows; who stayed; no single contribution"),
                new("model owner, where it is another", "what preprocessing is applied, models under masks, and the final model"),
                new("participants", "what preprocessing is applied, who stayed and when training ends; nothing of the model and nothing of each other"),
            ],
            "A model owner of its own and the coordinator do not work together: they would open single contributions. Where the coordinator owns the model: no participant gets it from the coordinator, and in non-linear steps parties follow the protocol. For single contributions: fewer participants than the threshold t work together with the coordinator; with a coordinator that lies about who left, fewer than 2t - n. The coordinator chooses models as training has it: sums at models of its own choice would tell it as much.",
            HasThreshold: true) { ModelTo = [ModelAudience.Owner], HasKeyBits = true, HasModelOwner = true },
        new(
            SecretSharing, "POM6", 'B',
            "The coordinator, which owns the model, and each participant, which owns its rows, compute shares of its contribution by oblivious transfer and garbled circuits; only the sum over participants is opened.",
            [
                new("coordinator", "the sum over the participants that stay and the model, in every round; who stayed; how many rows each participant has; no single contribution"),
                new("participants", "what preprocessing is applied, who stayed and when training ends; nothing of the model and nothing of each other"),
            ],
            "Parties follow the protocol: a coordinator that garbles or transfers something else computes something else on rows. No participant gets the model from the coordinator. For single contributions: fewer participants than the threshold t work together with the coordinator; with a coordinator that lies about who left, fewer than 2t - n. The coordinator chooses models as training has it: sums at models of its own choice would tell it as much.",
            HasThreshold: true) { ModelTo = [ModelAudience.Owner] },
    ];

    /// <summary>The mode of that name, or null.</summary>
    public static ModeDescription? Find(string name) => All.FirstOrDefault(m => m.Name == name);

    /// <summary>The mode ready to run; every party makes its own.</summary>
    /// <exception cref="ArgumentException">No such mode, or options it does not have.</exception>
    public static IPrivacyMode Create(ModeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (Find(options.Mode) is { HasTopology: false } && options.Topology != Topology.Star)
            throw new ArgumentException(
                $"'topology' belongs to {SecureAggregation}; {(options.Mode == Federated ? $"in {Federated} contributions are not masked and would be read by neighbours" : $"in {options.Mode} vectors travel as on a star")}.", nameof(options));
        if (options.KeyBits is { } bits && Find(options.Mode) is { HasKeyBits: var hasKeyBits } && !(hasKeyBits && PaillierKeySize.IsSafe(bits)))
            throw new ArgumentException(hasKeyBits ? $"'key-bits' is {bits}; 2048 or 3072 are accepted." : $"'key-bits' belongs to {SeparateKeys} and {EncryptedModel}; in {options.Mode} nobody has a Paillier key.", nameof(options));
        if (options.ModelOwner is not null && Find(options.Mode) is { HasModelOwner: false })
            throw new ArgumentException($"'model-owner' belongs to {EncryptedModel}; in {options.Mode} no party but the coordinator or the participants can own the model.", nameof(options));
        if (options.Helper is not null && Find(options.Mode) is { HasHelper: false })
            throw new ArgumentException($"'helper' belongs to {EncryptedData}; in {options.Mode} there is none.", nameof(options));
        return options.Mode switch
        {
            Federated => new SumMode(new FederatedSum()),
            SecureAggregation => new SumMode(new SecureAggregationSum(options.Topology)),
            SharedKey => new HiddenSumMode(new SharedKeySum()),
            SeparateKeys => new HiddenSumMode(new SeparateKeysSum(SizeOf(options))),
            EncryptedData => new EncryptedDataMode(),
            EncryptedModel => new EncryptedModelMode(SizeOf(options), isHardened: !options.ReadsTablesByIndex),
            SecretSharing => new SecretSharingMode(),
            _ => throw new ArgumentException($"No mode '{options.Mode}'; there are: {string.Join(", ", All.Select(m => m.Name))}.", nameof(options)),
        };
    }

    /// <summary>Why nothing can be prepared ahead of a run's rounds in a mode; null where something can, if the learner has steps between two parties.</summary>
    public static string? PreparationRefusal(ModeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Mode is SecretSharing or EncryptedData || (options.Mode == EncryptedModel && options.ModelOwner is null)
            ? null
            : $"the mode {options.Mode}{(options.ModelOwner is null ? "" : " with a model owner of its own")} has no steps between two parties that could be prepared; {SecretSharing}, {EncryptedData} and {EncryptedModel} with the coordinator as owner have.";
    }

    /// <summary>Why a learner cannot be trained in a mode; null where it can.</summary>
    public static string? Refusal(ModeOptions options, ILearner learner)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(learner);
        return options.Mode switch
        {
            EncryptedData => EncryptedDataMode.Refusal(learner),
            EncryptedModel => EncryptedModelMode.Refusal(learner, options.ModelOwner is not null),
            SecretSharing => SecretSharingMode.Refusal(learner),
            _ => null,
        };
    }

    /// <summary>Why a part of the participants will not do in a round; null where it will.</summary>
    /// <param name="options">The mode.</param>
    /// <param name="learner">What is trained.</param>
    /// <param name="fraction">Which part of them, above 0, at most 1.</param>
    public static string? SamplingRefusal(ModeOptions options, ILearner learner, double fraction)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(learner);
        if (fraction == 1) return null;
        if (Find(options.Mode) is not { HasSampling: true })
            return $"the mode {options.Mode} takes all participants in every round; {string.Join(" and ", All.Where(m => m.HasSampling).Select(m => m.Name))} can take a part of them";
        return learner.ToleratesSampling
            ? null
            : $"{learner.Name}, as it is set here, moves by sums over all rows, which a part of the participants does not have, or from which single contributions could be solved; learners that take small steps accept it (for example logistic-regression with solver: gradient-descent)";
    }

    /// <summary>Why a task may not stop by a tolerance; null where it may.</summary>
    public static string? ToleranceRefusal(ModeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Mode == EncryptedData) return EncryptedDataMode.NoTolerance;
        return options.ModelOwner is null ? null : "with a model owner of its own nobody sees how far a step goes; a number of rounds is accepted";
    }

    /// <summary>The party without data that a run needs besides its coordinator; null where there is none.</summary>
    public static NamedParty? NamedPartyFor(ModeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (Find(options.Mode) is { HasHelper: true }) return new NamedParty(options.Helper ?? new PartyId(DefaultHelper), PartyRole.Helper);
        return options.ModelOwner is { } owner ? new NamedParty(owner, PartyRole.ModelOwner) : null;
    }

    /// <summary>Bits of participants' Paillier keys; 0 in modes that have none.</summary>
    public static int KeyBitsFor(ModeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Find(options.Mode) is { HasKeyBits: true } ? SizeOf(options).Bits : 0;
    }

    internal static PaillierKeySize SizeOf(ModeOptions options) => new(options.InsecureKeyBits ?? options.KeyBits ?? PaillierKeySize.DefaultBits, options.InsecureKeyBits is not null);

    /// <summary>Who is given the model: as asked for, else as the mode has it.</summary>
    /// <exception cref="ArgumentException">No such mode, or nobody can be given the model so in it.</exception>
    public static ModelAudience AudienceFor(ModeOptions options, ModelAudience? asked)
    {
        ArgumentNullException.ThrowIfNull(options);
        var mode = Find(options.Mode) ?? throw new ArgumentException($"No mode '{options.Mode}'.", nameof(options));
        if (asked is not { } audience) return mode.ModelTo[0];
        return mode.ModelTo.Contains(audience)
            ? audience
            : throw new ArgumentException($"In the mode {mode.Name} the model goes to {string.Join(" or ", mode.ModelTo)}, not to {audience}.", nameof(asked));
    }

    /// <summary>The threshold a roster of that size gets: the task's, else the smallest that participants accept; 0 where there is none.</summary>
    /// <exception cref="ArgumentException">The threshold is too low or too high for the roster.</exception>
    public static int ThresholdFor(ModeOptions options, int participants)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (Find(options.Mode) is { HasThreshold: false })
            return options.Threshold is null ? 0 : throw new ArgumentException($"'threshold' has no meaning in {options.Mode}.", nameof(options));
        var smallest = SumPolicy.SmallestThreshold(participants);
        var threshold = options.Threshold ?? smallest;
        return threshold >= smallest && threshold <= participants
            ? threshold
            : throw new ArgumentException($"A threshold of {threshold} does not fit {participants} participants: {smallest} (more than two thirds) to {participants} are accepted.", nameof(options));
    }
}
