using Coterie.Core.Randomness;

namespace Coterie.Core.Parties;

/// <summary>Everything a party brings to a run besides its rows.</summary>
public sealed class Session
{
    /// <summary>This party.</summary>
    public required PartyId Self { get; init; }

    /// <summary>Who takes part, under which terms.</summary>
    public required Roster Roster { get; init; }

    /// <summary>The network.</summary>
    public required IChannel Channel { get; init; }

    /// <summary>This party's identity key.</summary>
    public required ISigner Signer { get; init; }

    /// <summary>Durable state of the run.</summary>
    public required ICheckpoints Checkpoints { get; init; }

    /// <summary>Durable record of what was released.</summary>
    public required IOnceOnly OnceOnly { get; init; }

    /// <summary>What was opened to this party.</summary>
    public Transcript Transcript { get; init; } = new();

    /// <summary>Told after every round; may be null.</summary>
    public IProgress<RunProgress>? Progress { get; init; }

    /// <summary>
    /// Whether this party knows a peer from elsewhere (a name it was given, an authority it trusts). Only such peers count toward the
    /// minimum roster, so that invented identities do not.
    /// </summary>
    public Func<Party, bool> IsPinned { get; init; } = _ => true;

    /// <summary>Randomness for keys and masks.</summary>
    public CryptographicRandom Random { get; init; } = CryptographicRandom.Instance;

    /// <summary>Where this party's time goes.</summary>
    public TimeLedger Times { get; init; } = new(TimeProvider.System);

    /// <summary>At a coordinator that is to prepare rounds ahead and no more; else null.</summary>
    public Preparation? Preparation { get; init; }

    /// <summary>The same party under another roster.</summary>
    public Session Under(Roster roster) => new()
    {
        Self = Self,
        Roster = roster,
        Channel = Channel,
        Signer = Signer,
        Checkpoints = Checkpoints,
        OnceOnly = OnceOnly,
        Transcript = Transcript,
        Progress = Progress,
        IsPinned = IsPinned,
        Random = Random,
        Times = Times,
        Preparation = Preparation,
    };

    /// <summary>Whether this party coordinates.</summary>
    public bool IsCoordinator => Self == Roster.Coordinator;

    /// <summary>Whether this party may read the final model.</summary>
    public bool IsModelOwner => Self == Roster.ModelOwner;

    /// <summary>Whether this party owns rows.</summary>
    public bool IsParticipant => Roster[Self].Role == PartyRole.Participant;
}
