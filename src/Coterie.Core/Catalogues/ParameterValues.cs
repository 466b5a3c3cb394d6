using System.Collections.Immutable;

namespace Coterie.Core.Catalogues;

/// <summary>Checked parameter values of one catalogue entry, defaults filled in.</summary>
public sealed class ParameterValues
{
    private readonly ImmutableSortedDictionary<string, object?> _values;

    private ParameterValues(ImmutableSortedDictionary<string, object?> values) => _values = values;

    /// <summary>All values, by name; null where absent without a default.</summary>
    public IReadOnlyDictionary<string, object?> All => _values;

    /// <summary>
    /// Checks <paramref name="given"/> (values: double, long, int, string, bool, sequences of strings or of long, string-to-double mappings)
    /// against <paramref name="specs"/>.
    /// </summary>
    /// <exception cref="ParameterException">A name is unknown, or a value is not what its parameter accepts.</exception>
    public static ParameterValues Check(string owner, ImmutableArray<ParameterSpec> specs, IReadOnlyDictionary<string, object?> given)
    {
        ArgumentNullException.ThrowIfNull(given);
        foreach (var name in given.Keys)
            if (!specs.Any(s => s.Name == name))
                throw new ParameterException(name, $"{owner} has no parameter '{name}'" + (specs.IsEmpty ? "; it has none." : $"; it has: {string.Join(", ", specs.Select(s => s.Name))}."));
        foreach (var spec in specs)
            if (spec.IsRequired && given.GetValueOrDefault(spec.Name) is null)
                throw new ParameterException(spec.Name, $"{owner}: '{spec.Name}' is missing; {spec.Accepts} is expected.");
        var values = ImmutableSortedDictionary.CreateBuilder<string, object?>(StringComparer.Ordinal);
        foreach (var spec in specs) values[spec.Name] = given.TryGetValue(spec.Name, out var value) ? Convert(owner, spec, value) : spec.Default;
        return new ParameterValues(values.ToImmutable());
    }

    /// <summary>A number.</summary>
    public double Number(string name) => System.Convert.ToDouble(_values[name], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A number, or null.</summary>
    public double? OptionalNumber(string name) => _values[name] is null ? null : Number(name);

    /// <summary>A whole number.</summary>
    public int Integer(string name) => checked((int)(long)_values[name]!);

    /// <summary>A whole number, or null.</summary>
    public int? OptionalInteger(string name) => _values[name] is null ? null : Integer(name);

    /// <summary>A word.</summary>
    public string Choice(string name) => (string)_values[name]!;

    /// <summary>A word, or null when the value is absent or of another kind.</summary>
    public string? OptionalChoice(string name) => _values[name] as string;

    /// <summary>true or false.</summary>
    public bool Flag(string name) => (bool)_values[name]!;

    /// <summary>A list of names; empty when absent.</summary>
    public ImmutableArray<string> Names(string name) => _values[name] is ImmutableArray<string> names ? names : [];

    /// <summary>A list of whole numbers; empty when absent.</summary>
    public ImmutableArray<int> Integers(string name) => _values[name] is ImmutableArray<long> numbers ? [.. numbers.Select(n => checked((int)n))] : [];

    /// <summary>A mapping; empty when absent.</summary>
    public ImmutableSortedDictionary<string, double> NumberMap(string name) =>
        _values[name] as ImmutableSortedDictionary<string, double> ?? ImmutableSortedDictionary<string, double>.Empty;

    private static object? Convert(string owner, ParameterSpec spec, object? value)
    {
        object? converted = (spec.Kind, value) switch
        {
            (_, null) => spec.Default,
            (ParameterKind.Number, double or long or int) => InRange(spec, System.Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)),
            (ParameterKind.Integer, long or int) => InRange(spec, System.Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)) is double whole ? (long)whole : null,
            (ParameterKind.Choice, string word) => spec.Choices.Contains(word) ? word : null,
            (ParameterKind.Flag, bool flag) => flag,
            (ParameterKind.Word, string word) => word,
            (ParameterKind.Names, string name) => ImmutableArray.Create(name),
            (ParameterKind.Names, IEnumerable<string> names) => names.ToImmutableArray(),
            (ParameterKind.Integers, long or int) => AllInRange(spec, [System.Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)]),
            (ParameterKind.Integers, IEnumerable<long> numbers) => AllInRange(spec, [.. numbers]),
            (ParameterKind.Integers, IEnumerable<string> texts) => Whole(texts) is { } numbers ? AllInRange(spec, numbers) : null,
            (ParameterKind.NumberMap, string word) => spec.Choices.Contains(word) ? word : null,
            (ParameterKind.NumberMap, IEnumerable<KeyValuePair<string, double>> map) => map.ToImmutableSortedDictionary(StringComparer.Ordinal),
            _ => null,
        };
        if (converted is null && value is not null)
            throw new ParameterException(spec.Name, $"{owner}: '{spec.Name}' is {Describe(value)}; {spec.Accepts} is accepted.");
        return converted;
    }

    private static object? InRange(ParameterSpec spec, double value) =>
        double.IsFinite(value) && value <= spec.Maximum && (spec.IsMinimumExclusive ? value > spec.Minimum : value >= spec.Minimum) ? value : null;

    private static object? AllInRange(ParameterSpec spec, ImmutableArray<long> values) => values.All(v => InRange(spec, v) is not null) ? values : null;

    /// <summary>The numbers that items of a list spell, which readers of text leave as they are; null when one spells none.</summary>
    private static ImmutableArray<long>? Whole(IEnumerable<string> texts)
    {
        var numbers = ImmutableArray.CreateBuilder<long>();
        foreach (var text in texts)
        {
            if (!long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number)) return null;
            numbers.Add(number);
        }
        return numbers.ToImmutable();
    }

    private static string Describe(object value) => value switch
    {
        string text => $"'{text}'",
        double or long or int or bool => System.Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
        IEnumerable<KeyValuePair<string, double>> => "a mapping",
        System.Collections.IEnumerable => "a list",
        _ => "something else",
    };
}
