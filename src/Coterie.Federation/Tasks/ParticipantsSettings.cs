using System.Collections.Immutable;

namespace Coterie.Federation.Tasks;

/// <summary>How the training rows come to participants.</summary>
public abstract record ParticipantsSettings;

/// <summary>The rows of one file are dealt.</summary>
/// <param name="Count">Number of participants.</param>
/// <param name="By">How.</param>
/// <param name="Alpha">Concentration of the Dirichlet draw: the smaller, the more the labels differ between participants; used by <see cref="DealRule.Dirichlet"/> only.</param>
public sealed record DealtParticipants(int Count, DealRule By, double Alpha = double.NaN) : ParticipantsSettings;

/// <summary>One participant per value of a column, which is no feature.</summary>
/// <param name="Column">The column.</param>
/// <param name="Values">The values that train, in the roster's order; empty: all, ascending.</param>
public sealed record ColumnParticipants(string Column, ImmutableArray<string> Values) : ParticipantsSettings;

/// <summary>One file per participant.</summary>
/// <param name="Files">Names and paths, in the roster's order.</param>
public sealed record FileParticipants(ImmutableArray<ParticipantFile> Files) : ParticipantsSettings;

/// <summary>A participant's own file.</summary>
/// <param name="Name">The participant's name.</param>
/// <param name="File">Absolute path.</param>
public sealed record ParticipantFile(string Name, string File);

/// <summary>How the rows of one file are dealt to participants.</summary>
public enum DealRule
{
    /// <summary>Training row j goes to participant j mod n.</summary>
    RoundRobin,

    /// <summary>Equal stretches in file order; the first participants hold one row more where it does not divide.</summary>
    Contiguous,

    /// <summary>Every class is split by proportions drawn from a symmetric Dirichlet distribution.</summary>
    Dirichlet,

    /// <summary>Equal stretches after a stable sort by target.</summary>
    Label,
}
