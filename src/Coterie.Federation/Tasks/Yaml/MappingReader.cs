using System.Collections.Immutable;
using System.Globalization;
using Coterie.Federation.Data;

namespace Coterie.Federation.Tasks.Yaml;

/// <summary>Takes the keys of one mapping one by one; whatever nobody took is an unknown key.</summary>
internal sealed class MappingReader
{
    private readonly Problems _problems;
    private readonly YamlMapping _mapping;
    private readonly List<string> _asked = [];

    public MappingReader(Problems problems, string field, YamlMapping mapping)
    {
        _problems = problems;
        _mapping = mapping;
        Field = field;
        foreach (var entry in mapping.Entries) problems.Lines[PathOf(entry.Key)] = entry.Line;
    }

    /// <summary>Path of the mapping.</summary>
    public string Field { get; }

    public int Line => _mapping.Line;

    public IReadOnlyList<YamlEntry> Entries => _mapping.Entries;

    public Problems Problems => _problems;

    /// <summary>The reader of <paramref name="value"/>, or null after telling that a mapping was expected.</summary>
    public static MappingReader? Open(Problems problems, string field, YamlValue value, string accepts)
    {
        if (value is YamlMapping mapping) return new MappingReader(problems, field, mapping);
        problems.Add(value.Line, field, $"is {value.Describe}; {accepts} is expected.");
        return null;
    }

    public string PathOf(string key) => Field.Length == 0 ? key : $"{Field}.{key}";

    public bool Has(string key) => _mapping.Entries.Any(e => e.Key == key);

    /// <summary>The value of a key; null when absent or empty.</summary>
    public YamlValue? Take(string key, string? required = null)
    {
        _asked.Add(key);
        var entry = _mapping.Entries.FirstOrDefault(e => e.Key == key);
        if (entry is { Value: not YamlScalar { IsNull: true } }) return entry.Value;
        if (required is not null) Tell(entry?.Line ?? Line, key, $"is missing; {required} is expected.");
        return null;
    }

    /// <summary>A word or any other single value, as written.</summary>
    public string? Word(string key, string accepts, bool isRequired = false) =>
        Take(key, isRequired ? accepts : null) is { } value ? Convert(key, value, (value as YamlScalar)?.Text is { Length: > 0 } text ? text : null, accepts) : null;

    public double? Number(string key, string accepts, Func<double, bool> isAccepted, bool isRequired = false) =>
        Take(key, isRequired ? accepts : null) is { } value
            ? Convert(key, value, (value as YamlScalar)?.Number is { } number && isAccepted(number) ? number : (double?)null, accepts) : null;

    public int? Whole(string key, int minimum, int maximum, bool isRequired = false)
    {
        var accepts = string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {maximum}");
        return Take(key, isRequired ? accepts : null) is { } value
            ? Convert(key, value, (value as YamlScalar)?.Whole is { } whole && whole >= minimum && whole <= maximum ? (int)whole : (int?)null, accepts) : null;
    }

    public bool? Flag(string key) =>
        Take(key) is { } value ? Convert(key, value, (value as YamlScalar)?.Flag, "true or false") : null;

    public T? Choice<T>(string key, IReadOnlyList<(string Word, T Value)> choices, bool isRequired = false) where T : struct
    {
        var accepts = "one of " + string.Join(", ", choices.Select(c => c.Word));
        if (Take(key, isRequired ? accepts : null) is not { } value) return null;
        foreach (var (word, meaning) in choices)
            if (value is YamlScalar scalar && scalar.Text == word) return meaning;
        Tell(value.Line, key, $"is {value.Describe}; {accepts} is expected.");
        return null;
    }

    /// <summary>A list of distinct words, or one word; empty when absent.</summary>
    public ImmutableArray<string> Words(string key, string accepts, bool isRequired = false)
    {
        if (Take(key, isRequired ? accepts : null) is not { } value) return [];
        if (value is YamlScalar { Text.Length: > 0 } one) return [one.Text];
        var words = ImmutableArray.CreateBuilder<string>();
        if (value is not YamlList list || list.Items.Count == 0)
        {
            Tell(value.Line, key, $"is {(value is YamlList ? "an empty list" : value.Describe)}; {accepts} is expected.");
            return [];
        }
        for (var i = 0; i < list.Items.Count; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{key}[{i}]");
            _problems.Lines[PathOf(path)] = list.Items[i].Line;
            if (list.Items[i] is not YamlScalar { IsNull: false, Text.Length: > 0 } item) Tell(list.Items[i].Line, path, $"is {list.Items[i].Describe}; a word is expected.");
            else if (words.Contains(item.Text)) Tell(item.Line, path, $"repeats '{item.Text}'; every value may occur once.");
            else words.Add(item.Text);
        }
        return words.ToImmutable();
    }

    public void Tell(int line, string key, string message) => _problems.Add(line, PathOf(key), message);

    /// <summary>Tells every key that was not asked for.</summary>
    public void Finish()
    {
        foreach (var entry in _mapping.Entries.Where(e => !_asked.Contains(e.Key)))
            Tell(entry.Line, entry.Key, $"is unknown{(Field.Length == 0 ? "" : " in " + Field)}; {Nearest.Advice(entry.Key, _asked)}");
    }

    private T? Convert<T>(string key, YamlValue value, T? converted, string accepts)
    {
        if (converted is null) Tell(value.Line, key, $"is {value.Describe}; {accepts} is expected.");
        return converted;
    }
}
