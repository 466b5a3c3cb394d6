using System.Globalization;
using Coterie.Federation.Tasks.Yaml;

namespace Coterie.Federation.Nodes.Configuration;

/// <summary>Values that occur in configs and not in tasks.</summary>
internal static class NodeReaders
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];

    /// <summary>A duration such as <c>90s</c>, <c>10m</c> or <c>24h</c>, within bounds; null when absent or wrong.</summary>
    public static TimeSpan? Duration(this MappingReader section, string key, TimeSpan minimum, TimeSpan maximum)
    {
        var accepts = $"a duration from {Text(minimum)} to {Text(maximum)}, such as 90s, 10m or 24h,";
        if (section.Word(key, accepts) is not { } text) return null;
        if (ParseDuration(text) is { } value && value >= minimum && value <= maximum) return value;
        section.Tell(section.Problems.Lines[section.PathOf(key)], key, $"is '{text}'; {accepts} is expected.");
        return null;
    }

    /// <summary>Null where the text is no duration.</summary>
    public static TimeSpan? ParseDuration(string text)
    {
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        var unit = Units.FirstOrDefault(u => u.Unit == text[digits..]);
        return unit.Unit is not null && digits <= 12 && double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? TimeSpan.FromSeconds(Math.Min(number * unit.Seconds, 1e9)) : null;
    }

    /// <summary>A path, made absolute from <paramref name="folder"/>.</summary>
    public static string? FullPath(this MappingReader section, string key, string folder, string accepts, bool isRequired = false)
    {
        if (section.Word(key, accepts, isRequired) is not { } path) return null;
        if (!path.Contains('\0', StringComparison.Ordinal)) return Path.GetFullPath(Path.Combine(folder, path));
        section.Tell(section.Line, key, $"has a character that no path has; {accepts} is expected.");
        return null;
    }

    /// <summary>An address as <c>host:port</c>.</summary>
    public static HostPort? Address(this MappingReader section, string key, string accepts, bool isRequired = false, bool isToListen = false)
    {
        if (section.Word(key, accepts, isRequired) is not { } text) return null;
        if (HostPort.Parse(text) is { } address && (isToListen ? address.ToEndPoint() is not null : address.Port > 0)) return address;
        section.Tell(section.Problems.Lines[section.PathOf(key)], key, $"is '{text}'; {accepts} is expected.");
        return null;
    }

    private static string Text(TimeSpan value) => value switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{value.TotalDays:0}d"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{value.TotalHours:0}h"),
        { TotalSeconds: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds:0}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:0}ms"),
    };
}
