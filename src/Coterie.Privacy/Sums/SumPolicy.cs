using Coterie.Core.Parties;

namespace Coterie.Privacy.Sums;

/// <summary>What every party insists on before and during a sum.</summary>
public static class SumPolicy
{
    /// <summary>A sum over one participant is that participant, over two each learns the other's: three are the minimum.</summary>
    public const int MinimumRoster = 3;

    /// <summary>The smallest threshold a participant accepts: above 2n/3, so that a coordinator that lies about drop-outs needs more than n/3 accomplices.</summary>
    public static int SmallestThreshold(int participants) => (2 * participants / 3) + 1;

    /// <summary>The contributors a sum needs under a roster's terms.</summary>
    public static int MinimumContributors(Roster roster)
    {
        ArgumentNullException.ThrowIfNull(roster);
        return roster.AllowSmallRoster ? 1 : MinimumRoster;
    }

    /// <summary>Insists on enough contributors.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorCode.BelowThreshold"/>.</exception>
    public static void RequireMinimum(Roster roster, int contributors, StepTag step)
    {
        ArgumentNullException.ThrowIfNull(roster);
        var needed = Math.Max(MinimumContributors(roster), roster.Threshold);
        if (contributors < needed)
            throw new ProtocolException(ProtocolErrorCode.BelowThreshold, $"{contributors} of {roster.Participants.Length} participants are left at {step}; the terms ask for at least {needed}.", step.Path);
    }
}
