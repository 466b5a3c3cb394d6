using System.Globalization;
using System.Text.RegularExpressions;

namespace Coterie.Federation.Tasks.Yaml;

/// <summary>A value in a task file, with its 1-based line.</summary>
internal abstract record YamlValue(int Line)
{
    /// <summary>What it is, for messages.</summary>
    public abstract string Describe { get; }
}

/// <summary>A single value. Plain ones are numbers, true, false or null where they look like it (YAML 1.2 core schema); quoted ones are text.</summary>
internal sealed partial record YamlScalar(int Line, string Text, bool IsPlain) : YamlValue(Line)
{
    private readonly bool _isNull = IsPlain && Text is "" or "~" or "null";

    public override string Describe => IsNull ? "nothing" : $"'{(Text.Length > 40 ? Text[..40] + "..." : Text)}'";

    public bool IsNull => IsPlain && _isNull;

    public bool? Flag => !IsPlain ? null : Text switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => null,
    };

    public long? Whole => IsPlain && WholePattern().IsMatch(Text) && long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    public double? Number => IsPlain && NumberPattern().IsMatch(Text) && double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    /// <summary>null, bool, long, double or string.</summary>
    public object? Resolved => IsNull ? null : Flag ?? Whole ?? (object?)Number ?? Text;

    [GeneratedRegex("^[-+]?[0-9]{1,19}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex WholePattern();

    [GeneratedRegex(@"^[-+]?(\.[0-9]{1,400}|[0-9]{1,400}(\.[0-9]{0,400})?)([eE][-+]?[0-9]{1,4})?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex NumberPattern();
}

/// <summary>A list.</summary>
internal sealed record YamlList(int Line, IReadOnlyList<YamlValue> Items) : YamlValue(Line)
{
    public override string Describe => "a list";
}

/// <summary>A mapping; keys are distinct.</summary>
internal sealed record YamlMapping(int Line, IReadOnlyList<YamlEntry> Entries) : YamlValue(Line)
{
    public override string Describe => "a mapping";
}

/// <summary>A key with its line, and its value.</summary>
internal sealed record YamlEntry(string Key, int Line, YamlValue Value);
