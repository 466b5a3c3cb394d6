using Coterie.Federation.Tasks.Yaml;

namespace Coterie.Federation.Tasks;

/// <summary>
/// Sections whose features are not there yet: their keys are checked, and whatever is not the default is refused, because
/// training without it would silently promise less than the task asks for.
/// </summary>
internal static class LaterSections
{
    private const string NotYet = "is not available yet; remove it from the task.";

    public static void Check(MappingReader root)
    {
        if (Open(root, "differential-privacy") is { } noise)
        {
            noise.Number("epsilon", "a number above 0", e => e > 0, isRequired: true);
            noise.Number("delta", "a number from 0 to below 1", d => d is >= 0 and < 1);
            noise.Choice("where", [("central", 0), ("distributed", 0), ("local", 0)]);
            noise.Choice("unit", [("row", 0), ("participant", 0)]);
            Refuse(root, noise, isDefault: false);
        }
        if (Open(root, "aggregation") is { } aggregation)
        {
            var rule = aggregation.Word("rule", "the name of an aggregation rule", isRequired: true);
            aggregation.Whole("byzantine", 0, 100_000);
            Refuse(root, aggregation, isDefault: rule == "mean");
        }
        if (Open(root, "start") is { } start)
        {
            start.Word("model", "the path of a model file", isRequired: true);
            Refuse(root, start, isDefault: false);
        }
    }

    private static MappingReader? Open(MappingReader root, string key) =>
        root.Take(key) is { } value ? MappingReader.Open(root.Problems, key, value, "a mapping") : null;

    private static void Refuse(MappingReader root, MappingReader section, bool isDefault)
    {
        section.Finish();
        if (!isDefault) root.Tell(root.Problems.Lines[section.Field], section.Field, NotYet);
    }
}
