using System.Collections.Immutable;

namespace Coterie.Core.Catalogues;

/// <summary>What a parameter's value looks like in a task file.</summary>
public enum ParameterKind
{
    /// <summary>A real number.</summary>
    Number,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>One of a list of words.</summary>
    Choice,

    /// <summary>true or false.</summary>
    Flag,

    /// <summary>Any word.</summary>
    Word,

    /// <summary>A list of words, for example column names.</summary>
    Names,

    /// <summary>A mapping from words to numbers, for example class weights, or one of the choices.</summary>
    NumberMap,
}

/// <summary>A parameter of a catalogue entry: enough to check a task file and to print help.</summary>
/// <param name="Name">Name in task files, kebab-case.</param>
/// <param name="Kind">What its value looks like.</param>
/// <param name="Default">double, int (as long), string, bool, list of strings or null: what holds when it is absent.</param>
/// <param name="Description">One sentence.</param>
public sealed record ParameterSpec(string Name, ParameterKind Kind, object? Default, string Description)
{
    /// <summary>Smallest number accepted.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>Largest number accepted.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>Whether <see cref="Minimum"/> itself is refused.</summary>
    public bool IsMinimumExclusive { get; init; }

    /// <summary>The words accepted by a choice, or beside a mapping.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>Whether there is no sense in leaving it out.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether it says something about the machine that runs the task and nothing about what is trained: it is not kept with the model.</summary>
    public bool IsLocal { get; init; }

    /// <summary>What would be accepted, for error messages and help.</summary>
    public string Accepts => Kind switch
    {
        ParameterKind.Number => "a number" + RangeText,
        ParameterKind.Integer => "a whole number" + RangeText,
        ParameterKind.Choice => "one of " + string.Join(", ", Choices),
        ParameterKind.Flag => "true or false",
        ParameterKind.Word => "a word",
        ParameterKind.Names => "a list of names",
        _ => "a mapping from names to numbers" + (Choices.IsEmpty ? "" : " or one of " + string.Join(", ", Choices)),
    };

    private string RangeText => (double.IsNegativeInfinity(Minimum), double.IsPositiveInfinity(Maximum)) switch
    {
        (true, true) => "",
        (false, true) => IsMinimumExclusive ? $" above {Minimum:R}" : $" of at least {Minimum:R}",
        (true, false) => $" of at most {Maximum:R}",
        _ => IsMinimumExclusive ? $" above {Minimum:R}, at most {Maximum:R}" : $" from {Minimum:R} to {Maximum:R}",
    };
}
