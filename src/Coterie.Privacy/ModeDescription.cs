using System.Collections.Immutable;
using Coterie.Core.Modes;

namespace Coterie.Privacy;

/// <summary>What a kind of party learns in a mode, beyond its own input, the roster, the schema and the hyper-parameters.</summary>
/// <param name="Party">The kind of party.</param>
/// <param name="Learns">A sentence.</param>
public sealed record Knowledge(string Party, string Learns);

/// <summary>A mode as people choose it.</summary>
/// <param name="Name">Name in task files.</param>
/// <param name="AlsoKnownAs">What others call it.</param>
/// <param name="Tier">A: the sum is hidden; B: the arithmetic is hidden.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Learns">Who learns what.</param>
/// <param name="Assumes">What has to hold for that.</param>
/// <param name="HasThreshold">Whether the task chooses how many participants open a sum.</param>
public sealed record ModeDescription(
    string Name, string AlsoKnownAs, char Tier, string Summary, ImmutableArray<Knowledge> Learns, string Assumes, bool HasThreshold)
{
    /// <summary>Whether the task chooses how masked vectors travel.</summary>
    public bool HasTopology { get; init; }

    /// <summary>Whether the task chooses how long Paillier keys are.</summary>
    public bool HasKeyBits { get; init; }

    /// <summary>Whether rounds may take a part of the participants.</summary>
    public bool HasSampling { get; init; }

    /// <summary>Whether the task may name an owner of the model besides the coordinator.</summary>
    public bool HasModelOwner { get; init; }

    /// <summary>Whether a run needs a helper: a party without data that does not work together with the coordinator.</summary>
    public bool HasHelper { get; init; }

    /// <summary>Who may be given the model; the first where the task does not say.</summary>
    public ImmutableArray<ModelAudience> ModelTo { get; init; } = [ModelAudience.Owner, ModelAudience.Everyone];

    /// <summary>Whether participants move the model and the coordinator never knows it.</summary>
    public bool HidesModel => ModelTo.Contains(ModelAudience.Participants);
}
