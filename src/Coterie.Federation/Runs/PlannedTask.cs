using Coterie.Core.Catalogues;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Federation.Tasks;
using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Learning.Preprocessing;
using Coterie.Privacy;
using Coterie.Privacy.Sums;

namespace Coterie.Federation.Runs;

/// <summary>A task file checked against the catalogues, without its data: what a party knows of a task before it opens a file.</summary>
/// <param name="File">The task file.</param>
/// <param name="Plan">What is trained.</param>
/// <param name="Mode">How contributions are hidden.</param>
public sealed record PlannedTask(TaskFile File, TrainingPlan Plan, ModeOptions Mode)
{
    /// <summary>Checks names and parameters.</summary>
    /// <exception cref="TaskFileException">The task names something that is not there, or asks for what is not accepted.</exception>
    public static PlannedTask Of(TaskFile file, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(file);
        var learner = file.Learner.Build(file, LearnerCatalogue.All, "learner");
        file = WithFeatures(file);
        var preprocessors = file.Preprocessing.Select(p => p.Build(file, PreprocessorCatalogue.All, "preprocessor"));
        var plan = new TrainingPlan([.. preprocessors], learner, file.Stop.Over(learner.DefaultStop), seed, AudienceOf(file)) { SampleFraction = file.SampleFraction };
        var mode = ModeOf(file);
        if (ModeCatalogue.Refusal(mode, learner) is { } refusal) throw file.Error("learner", refusal);
        if (ModeCatalogue.SamplingRefusal(mode, learner, plan.SampleFraction) is { } whole) throw file.Error("sampling", whole);
        if (plan.Stop.Tolerance is not null && ModeCatalogue.ToleranceRefusal(mode) is { } blind) throw file.Error("stop.tolerance", blind);
        return new PlannedTask(file, plan, mode);
    }

    /// <summary>The task with the preprocessor, if there is one, that belongs to its learner.</summary>
    private static TaskFile WithFeatures(TaskFile file)
    {
        if (LearnerCatalogue.Find(file.Learner.Name) is not { Features: { } features } entry || file.Preprocessing.Any(p => p.Field == file.Learner.Field)) return file;
        var (name, parameters) = features(ParameterValues.Check(entry.Name, entry.Parameters, file.Learner.Parameters));
        return file with { Preprocessing = file.Preprocessing.Add(new NamedParameters(name, file.Learner.Field, parameters)) };
    }

    /// <summary>Insists on enough participants for the mode and its threshold, and on a helper or owner of the model that is none of them.</summary>
    /// <param name="names">The participants.</param>
    /// <exception cref="TaskFileException">They are too few, or one of them is named as helper or as the model's owner.</exception>
    public void RequireRoster(IReadOnlyCollection<PartyId> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        RequireNamedApart(names);
        var participants = names.Count;
        if (participants < SumPolicy.MinimumRoster && !Mode.AllowSmallRoster)
            throw File.Error(
                "data.participants",
                $"{participants} participants are too few: a sum over one is that participant, over two each learns the other's; use at least {SumPolicy.MinimumRoster}, or 'allow-small-roster: true' under 'privacy' where that does not matter");
        try
        {
            ModeCatalogue.ThresholdFor(Mode, participants);
        }
        catch (ArgumentException refused)
        {
            throw File.Error("privacy.threshold", refused.Message, refused);
        }
    }

    /// <summary>Insists on a helper or owner of the model, where the run has one, that is none of these parties.</summary>
    /// <param name="others">Parties with another role in the run.</param>
    /// <exception cref="TaskFileException">One of them is named so.</exception>
    internal void RequireNamedApart(IEnumerable<PartyId> others)
    {
        if (ModeCatalogue.NamedPartyFor(Mode) is { } named && others.Contains(named.Id))
            throw File.Error($"privacy.{named.Key}", $"{named.Id} has another role in the run; a party that neither coordinates nor takes part with rows is accepted");
    }

    private const string KeyBits = "key-bits", ModelOwner = "model-owner", Helper = "helper";

    private static ModeOptions ModeOf(TaskFile file)
    {
        var privacy = file.Privacy;
        if (ModeCatalogue.Find(privacy.Mode) is not { } mode)
            throw file.Error("privacy.mode", $"there is no mode '{privacy.Mode}'; there are: {string.Join(", ", ModeCatalogue.All.Select(m => m.Name))}");
        foreach (var key in privacy.ModeKeys.Keys.Where(k => k != "model-to" && !(k == KeyBits && mode.HasKeyBits) && !(k == ModelOwner && mode.HasModelOwner) && !(k == Helper && mode.HasHelper)))
            throw file.Error($"privacy.{key}", $"'{key}' has no meaning in the mode {privacy.Mode}");
        var options = new ModeOptions(privacy.Mode)
        {
            Threshold = privacy.Threshold,
            AllowSmallRoster = privacy.AllowSmallRoster,
            Topology = privacy.Topology ?? Topology.Star,
            KeyBits = KeyBitsOf(file),
            ModelOwner = PartyOf(file, ModelOwner, "buyer"),
            Helper = PartyOf(file, Helper, "helper"),
        };
        try
        {
            ModeCatalogue.Create(options);
        }
        catch (ArgumentException refused)
        {
            throw file.Error("privacy.topology", refused.Message, refused);
        }
        return options;
    }

    /// <summary>Null where the task leaves it to the mode.</summary>
    private static int? KeyBitsOf(TaskFile file) => file.Privacy.ModeKeys.GetValueOrDefault(KeyBits) switch
    {
        null => null,
        2048L => 2048,
        3072L => 3072,
        var other => throw file.Error($"privacy.{KeyBits}", $"'{other}' is no length of a participant's key; 2048 and 3072 are accepted"),
    };

    /// <summary>Null where the task names no such party.</summary>
    private static PartyId? PartyOf(TaskFile file, string key, string example) => file.Privacy.ModeKeys.GetValueOrDefault(key) switch
    {
        null => null,
        string name when PartyId.IsValid(name) && name != FederatedTraining.Coordinator.Name => new PartyId(name),
        var other => throw file.Error($"privacy.{key}", $"'{other}' is no name of a party besides the coordinator; letters, digits and '-' are accepted, for example '{example}'"),
    };

    /// <summary>The word for it in task files.</summary>
    internal static string WordFor(ModelAudience audience) => audience switch
    {
        ModelAudience.Owner => "owner",
        ModelAudience.Everyone => "all",
        _ => "participants",
    };

    /// <summary>Null where the task leaves it to the mode.</summary>
    private static ModelAudience? AudienceOf(TaskFile file)
    {
        if (file.Privacy.ModeKeys.GetValueOrDefault("model-to") is not { } word || ModeCatalogue.Find(file.Privacy.Mode) is not { } mode) return null;
        foreach (var audience in mode.ModelTo)
            if (WordFor(audience).Equals(word)) return audience;
        var accepted = mode.ModelTo.Select(WordFor).ToArray();
        throw file.Error("privacy.model-to", $"'{word}' is not available in the mode {mode.Name}; {string.Join(" and ", accepted)} {(accepted.Length == 1 ? "is" : "are")}");
    }
}
