using System.Collections.Immutable;
using System.Globalization;

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

    /// <summary>A list of whole numbers, for example the widths of layers.</summary>
    Integers,

    /// <summary>A mapping from words to numbers, for example class weights, or one of the choices.</summary>
    NumberMap,
}

/// <summary>A parameter of a catalogue entry: enough to check a task file and to print help.</summary>
/// <param name="Name">Name in task files, kebab-case.</param>
/// <param name="Kind">What its value looks like.</param>
/// <param name="Default">double, int (as long), string, bool, list of strings, list of whole numbers (as long) or null: what holds when it is absent.</param>
/// <param name="Description">One sentence.</param>
public sealed record ParameterSpec(string Name, ParameterKind Kind, object? Default, string Description)
{
    /// <summary>Smallest number accepted, or smallest item of a list.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>Largest number accepted, or largest item of a list.</summary>
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
        ParameterKind.Integers => "a list of whole numbers" + RangeText,
        _ => "a mapping from names to numbers" + (Choices.IsEmpty ? "" : " or one of " + string.Join(", ", Choices)),
    };

    /// <summary>The default as a task file would write it; "none" where there is none, "required" where there has to be a value.</summary>
    public string DefaultText => Default switch
    {
        null => IsRequired ? "required" : "none",
        bool flag => flag ? "true" : "false",
        ImmutableArray<string> names => $"[{string.Join(", ", names)}]",
        ImmutableArray<long> numbers => $"[{string.Join(", ", numbers)}]",
        var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private string RangeText => (double.IsNegativeInfinity(Minimum), double.IsPositiveInfinity(Maximum)) switch
    {
        (true, true) => "",
        (false, true) => IsMinimumExclusive ? $" above {Minimum:R}" : $" of at least {Minimum:R}",
        (true, false) => $" of at most {Maximum:R}",
        _ => IsMinimumExclusive ? $" above {Minimum:R}, at most {Maximum:R}" : $" from {Minimum:R} to {Maximum:R}",
    };
}
